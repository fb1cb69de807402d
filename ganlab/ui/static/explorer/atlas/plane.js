// The plane through the latent space that the atlas shows, and the lattice its tiles lie on.

const DETAIL = 2; // levels of tile size per doubling of the zoom
const SLACK = 1e-6; // of a tile, against rounding
const BAND = [-1, 1]; // the second axis of a latent line

/**
 * One or two axes of a Point through z: z = origin + u axes[0] + v axes[1], where u and v are what
 * the axes' sliders say.
 */
export class Plane {
  /** axes: of a Point, coordinates or directions; size: of its latents. */
  constructor(axes, size) {
    this.axes = axes;
    this.vectors = axes.map(({ vector, index }) =>
      Array.from(vector ?? new Float32Array(size).fill(1, index, index + 1)));
    const sides = axes.map(({ low, high }) => [low, high]);
    this.bounds = [...sides[0], ...(sides[1] ?? BAND)];
  }

  get line() {
    return this.axes.length < 2;
  }

  /** Where a point stands in the plane, {u, v}, and the origin [latent] that is left without it. */
  split(point) {
    const [u, v = 0] = this.axes.map(({ key }) => point.psi * point.axis(key).value);
    return { u, v, origin: this.at(point.value(), -u, -v) };
  }

  /** Move a point in the plane: its sliders follow. */
  place(point, { u, v }, origin) {
    const keys = this.axes.map(({ key }) => key);
    const values = [u, v].map((value) => value / point.psi);
    if (point.psi) point.setMany(keys.map((key, i) => [key, values[i]]));
    else point.place(this.at(origin, u, v)); // psi has drawn everything in
  }

  /** How likely a prior makes a place among others in the plane, per unit of u (and of v). */
  density({ u, v }, kind) {
    const each = kind === "normal" ? Math.sqrt(2 * Math.PI) : 2;
    const height = kind === "normal" ? Math.exp(-(u * u + v * v) / 2) : 1;
    return height / each ** this.axes.length;
  }

  /** origin + u axes[0] + v axes[1], rounded as the wire rounds. */
  at(origin, u, v) {
    const [a, b] = this.vectors;
    return Array.from(origin, (value, i) => Math.fround(value + u * a[i] + (b ? v * b[i] : 0)));
  }
}

/**
 * The tiles that cover a part [u0, u1, v0, v1] of the bounds. Tiles of one level lie on one
 * lattice, so that they stay where they are while the view moves; a level is half an octave.
 * tiles: how many lie across the bounds at level 0. Returns {key, level, n, window}.
 */
export function cover(bounds, part, tiles, level) {
  const count = tiles * 2 ** (level / DETAIL);
  const sides = [0, 2].map((k) => {
    const cell = (bounds[k + 1] - bounds[k]) / count;
    const first = Math.floor((part[k] - bounds[k]) / cell + SLACK);
    return { cell, first, last: Math.ceil((part[k + 1] - bounds[k]) / cell - SLACK), low: bounds[k] };
  });
  const n = Math.max(2, ...sides.map(({ first, last }) => last - first));
  const window = sides.flatMap(({ cell, first, low }) => [low + first * cell, low + (first + n) * cell]);
  return { key: [level, n, ...sides.map(({ first }) => first)].join(":"), level, n, window };
}

/** Whether a window holds a part, both [u0, u1, v0, v1]. */
export function holds(window, part) {
  const slack = SLACK * (window[1] - window[0]);
  return [0, 2].every((k) => window[k] <= part[k] + slack && window[k + 1] >= part[k + 1] - slack);
}

/** The level of tile size for a share of the bounds that is looked at. */
export function levelOf(share) {
  return Math.floor(DETAIL * Math.log2(1 / share) + SLACK);
}

/** The level with tiles twice as large. */
export const coarser = (level) => level - DETAIL;
