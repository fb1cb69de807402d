// A small generator decoded in the page: z to samples by the folded layers the server sends.

const ACTIVATIONS = {
  linear: (x) => x,
  relu: (x) => (x > 0 ? x : 0),
  leaky_relu: (x, slope) => (x > 0 ? x : slope * x),
  elu: (x) => (x > 0 ? x : Math.expm1(x)),
  silu: (x) => x / (1 + Math.exp(-x)),
  softplus: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  tanh: Math.tanh,
};

export class Mlp {
  /** Of a weights answer: meta {layers: [{activation, slope}], output}, arrays w0, b0, w1, ... */
  constructor({ meta, arrays }) {
    this.layers = [];
    for (let i = 0; arrays.has(`w${i}`); i += 1) {
      const { values, shape } = arrays.get(`w${i}`);
      const { activation, slope = 0 } = meta.layers[i] ?? {};
      const act = ACTIVATIONS[activation] ?? ACTIVATIONS.linear;
      const bias = arrays.get(`b${i}`).values;
      const [outputs, inputs] = shape;
      this.layers.push({ weight: values, bias, inputs, act, slope, out: new Float32Array(outputs) });
    }
    this.output = ACTIVATIONS[meta.output] ?? ACTIVATIONS.linear;
  }

  /** z [latent] -> one sample, flat, in the data's scale. Overwritten by the next call. */
  sample(z) {
    let x = z;
    for (const layer of this.layers) x = through(layer, x);
    for (let i = 0; i < x.length; i += 1) x[i] = this.output(x[i]);
    return x;
  }

  /** z [latent] -> bytes, 0 black (-1) to 255 white (+1). */
  pixels(z) {
    return Uint8ClampedArray.from(this.sample(z), (value) => 127.5 * (value + 1)); // rounds, clamps
  }

  /** z [n][latent] -> points {values, shape: [n, d]}. */
  points(latents) {
    const rows = latents.map((z) => Float32Array.from(this.sample(z)));
    const width = rows[0]?.length ?? 0;
    const values = new Float32Array(rows.length * width);
    rows.forEach((row, i) => values.set(row, i * width));
    return { values, shape: [rows.length, width] };
  }
}

function through({ weight, bias, inputs, act, slope, out }, x) {
  for (let row = 0, at = 0; row < out.length; row += 1) {
    let sum = bias[row];
    for (let i = 0; i < inputs; i += 1, at += 1) sum += weight[at] * x[i];
    out[row] = act(sum, slope);
  }
  return out;
}
