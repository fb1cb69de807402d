// A frame as ganlab/live/frames.py packs it: magic, header length, JSON header, aligned data.

const MAGIC = "GLF1";
const TYPES = { f4: Float32Array, u1: Uint8Array };

/** @returns {{meta: object, arrays: Map<string, {values: TypedArray, shape: number[]}>}} */
export function decodeFrame(buffer) {
  const view = new DataView(buffer);
  const magic = String.fromCharCode(...new Uint8Array(buffer, 0, 4));
  if (magic !== MAGIC) throw new Error("not a frame");
  const start = 8 + view.getUint32(4, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, start - 8)));
  const arrays = new Map();
  for (const [name, code, shape, offset] of header.arrays) {
    const count = shape.reduce((product, n) => product * n, 1);
    arrays.set(name, { values: new TYPES[code](buffer, start + offset, count), shape });
  }
  return { meta: header.meta, arrays };
}

/** Nested rows of a two-dimensional array, the values themselves otherwise. */
export function rows({ values, shape }) {
  if (shape.length < 2) return values;
  const [height, width] = shape;
  return Array.from({ length: height }, (_, i) => values.subarray(i * width, (i + 1) * width));
}

/** The traces of one figure: [{attribute: values}, ...], from "figure/index/attribute" names. */
export function tracesOf(arrays, figure) {
  const traces = [];
  for (const [name, array] of arrays) {
    const [owner, index, attribute] = name.split("/");
    if (owner !== figure) continue;
    traces[index] ??= {};
    traces[index][attribute] = rows(array);
  }
  return traces;
}
