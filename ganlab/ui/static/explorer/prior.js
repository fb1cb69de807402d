// How likely the prior finds the places of the pad, and the length of z.

/** How z moves with an axis: a vector [dim] of the continuous coordinates. */
function vectorOf({ kind, index, vector }, dim) {
  if (kind === "direction") return vector.subarray ? vector.subarray(0, dim) : vector.slice(0, dim);
  return Float32Array.from({ length: dim }, (_, i) => (i === index ? 1 : 0));
}

/** z at the pad's origin (both axes at value 0), and the vectors along its axes; psi included. */
function plane(point, axes) {
  const { dim } = point.latent;
  const vectors = axes.map((axis) => vectorOf(axis, dim).map((value) => value * point.psi));
  const origin = point.value().subarray(0, dim);
  axes.forEach((axis, j) => vectors[j].forEach((value, i) => { origin[i] -= axis.value * value; }));
  return { origin, vectors };
}

/** Values of the axes at the middles of n * n cells, row 0 at the top: act(u, v, at). */
function cells(axes, n, act) {
  const at = ({ low, high }, share) => low + share * (high - low);
  for (let row = 0; row < n; row += 1) {
    for (let column = 0; column < n; column += 1) {
      const v = axes[1] ? at(axes[1], 1 - (row + 0.5) / n) : 0;
      act(at(axes[0], (column + 0.5) / n), v, row * n + column);
    }
  }
}

const dot = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);

/** A normal prior's density [n * n] on the pad, 1 where it is greatest in the pad's plane. */
export function likelihood(point, axes, n) {
  const { origin, vectors: [a, b = new Float32Array(a.length)] } = plane(point, axes);
  const [aa, ab, bb, za, zb] = [dot(a, a), dot(a, b), dot(b, b), dot(origin, a), dot(origin, b)];
  const squares = new Float32Array(n * n); // |z|^2 less that of the origin
  cells(axes, n, (u, v, at) => {
    squares[at] = u * u * aa + 2 * u * v * ab + v * v * bb + 2 * u * za + 2 * v * zb;
  });
  const least = Math.min(...squares);
  return squares.map((square) => Math.exp((least - square) / 2));
}

/** A uniform prior's density [n * n] on the pad: 1 within its cube, 0 outside. */
export function inside(point, axes, n) {
  const { origin, vectors: [a, b = new Float32Array(a.length)] } = plane(point, axes);
  const density = new Float32Array(n * n);
  cells(axes, n, (u, v, at) => {
    density[at] = Number(origin.every((value, i) => Math.abs(value + u * a[i] + v * b[i]) <= 1));
  });
  return density;
}
