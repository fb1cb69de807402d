// The latent that is being played: where a seed put it, and how far every control has moved it.

const REACH = { normal: 3, uniform: 1 }; // how far a control goes
const SWING = 4; // how far along a direction
export const MAIN = "main:"; // how the keys of the directions begin that the explorer starts with

export class Point {
  /** latent: {kind, dim, signs}; starts at zero, every sign at +1. */
  constructor(latent) {
    this.latent = latent;
    this.size = latent.dim + latent.signs;
    this.psi = 1;
    this.seed = undefined; // where the base came from, if from a seed
    this.listeners = new Set();
    this.base = new Float32Array(this.size).fill(1, latent.dim);
    this.axes = Array.from(this.base, (value, index) => this.own(index, value));
    this.byKey = new Map(this.axes.map((axis) => [axis.key, axis]));
  }

  own(index, value) {
    const { dim, kind } = this.latent;
    const common = { index, value, reset: value };
    if (index >= dim) {
      const name = index - dim + 1;
      return { key: `s${name}`, label: `sign ${name}`, kind: "sign", low: -1, high: 1, ...common };
    }
    const high = REACH[kind] ?? REACH.normal;
    const key = `z${index + 1}`;
    return { key, label: key, kind: "coordinate", low: -high, high, ...common };
  }

  axis(key) {
    return this.byKey.get(key);
  }

  /** z [latent]: coordinates, moved along the directions, drawn in by psi; signs as they are. */
  value() {
    const z = new Float32Array(this.size);
    for (const axis of this.axes) {
      if (axis.kind === "direction") add(z, axis.vector, axis.value, this.latent.dim);
      else z[axis.index] += axis.value;
    }
    for (let i = 0; i < this.latent.dim; i += 1) z[i] *= this.psi;
    return z;
  }

  /** |z| over the continuous coordinates. */
  norm() {
    return Math.hypot(...this.value().subarray(0, this.latent.dim));
  }

  /** Whether anything differs from where the base put it. */
  get moved() {
    return this.psi !== 1 || this.axes.some(({ value, reset }) => value !== reset);
  }

  set(key, value) {
    this.setMany([[key, value]]);
  }

  /** Several at once, as one move: [[key, value], ...]. */
  setMany(changes) {
    const moves = changes.filter(([key, value]) => this.byKey.get(key).value !== value);
    for (const [key, value] of moves) this.byKey.get(key).value = value;
    if (moves.length) this.tell("value");
  }

  setPsi(psi) {
    this.psi = psi;
    this.tell("value");
  }

  resetAxis(key) {
    this.set(key, this.byKey.get(key).reset);
  }

  resetAll() {
    this.psi = 1;
    for (const axis of this.axes) axis.value = axis.reset;
    this.tell("value");
  }

  /** A new place to start from, and to go back to; the seed it came from, if any. psi stays. */
  setBase(z, seed) {
    this.base = Float32Array.from(z);
    this.seed = seed;
    for (const axis of this.axes) axis.value = axis.reset = this.base[axis.index] ?? 0;
    this.tell("base");
  }

  /** Become exactly this z; what the controls go back to stays. */
  place(z) {
    this.psi = 1;
    for (const axis of this.axes) axis.value = z[axis.index] ?? 0;
    this.tell("value");
  }

  /** More controls, each an offset along a vector [latent]: [{key, label, vector}, ...]. */
  addDirections(directions) {
    for (const { key, label, vector, low = -SWING, high = SWING } of directions) {
      const axis = { key, label, kind: "direction", vector, value: 0, reset: 0, low, high };
      const old = this.byKey.get(key);
      if (old) this.axes.splice(this.axes.indexOf(old), 1, axis);
      else this.axes.push(axis);
      this.byKey.set(key, axis);
    }
    this.tell("axes");
  }

  removeDirections(prefix) {
    const gone = ({ kind, key }) => kind === "direction" && key.startsWith(prefix);
    if (!this.axes.some(gone)) return;
    for (const axis of this.axes.filter(gone)) this.byKey.delete(axis.key);
    this.axes = this.axes.filter((axis) => !gone(axis));
    this.tell("axes");
  }

  /** listener(what): "value" moved, "base" began afresh, "axes" other controls. Returns an end. */
  on(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  tell(what) {
    for (const listener of this.listeners) listener(what);
  }
}

function add(z, vector, weight, dim) {
  if (weight) for (let i = 0; i < dim; i += 1) z[i] += weight * vector[i];
}
