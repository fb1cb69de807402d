// Shapes on a canvas that are more than points or segments: meshes, arrows, crosses, rings.

const FAINTEST = 8; // of 255: thinner cells of the mesh are not filled
const HEAD = 4; // px, an arrow's
const SHORTEST = 2; // px, of an arrow that is drawn

/**
 * The generator's warped latent grid {values, shape: [h, w, 2]}: cells in its colour, the more
 * opaque the denser (weight: bytes [h-1, w-1]), under thin lines. A line for one latent dimension.
 */
export function drawMesh({ context }, mesh, weight, frame, colour) {
  if (!mesh) return;
  const grid = placed(mesh, frame);
  const { width, height } = grid;
  context.fillStyle = context.strokeStyle = colour;
  if (weight) fillCells(context, grid, weight.values);
  context.globalAlpha = height > 1 ? 0.4 : 0.9;
  context.lineWidth = height > 1 ? 0.75 : 2;
  context.beginPath();
  for (let row = 0; row < height; row += 1) line(context, grid, row * width, 1, width);
  for (let column = 0; column < width && height > 1; column += 1) line(context, grid, column, width, height);
  context.stroke();
  context.globalAlpha = 1;
}

/** The mesh's nodes in pixels. */
function placed({ values, shape }, frame) {
  const [width, height] = [shape.at(-2), shape.length > 2 ? shape[0] : 1];
  const [x, y] = [new Float32Array(width * height), new Float32Array(width * height)];
  for (let i = 0; i < x.length; i += 1) {
    x[i] = frame.x(values[2 * i]);
    y[i] = frame.y(values[2 * i + 1]);
  }
  return { x, y, width, height };
}

/** One path through `count` nodes, `stride` apart; broken where a node is not finite. */
function line(context, { x, y }, first, stride, count) {
  let broken = true;
  for (let k = 0, i = first; k < count; k += 1, i += stride) {
    const known = Number.isFinite(x[i] + y[i]);
    if (known && broken) context.moveTo(x[i], y[i]);
    else if (known) context.lineTo(x[i], y[i]);
    broken = !known;
  }
}

/** Cell by cell, which is faster than many in one path; the faintest, mostly large, are left out. */
function fillCells(context, { x, y, width }, weights) {
  weights.forEach((weight, cell) => {
    const a = cell + Math.floor(cell / (width - 1)); // the node at the cell's corner
    const known = Number.isFinite(x[a] + x[a + 1] + x[a + width] + x[a + width + 1]);
    if (weight < FAINTEST || !known) return;
    context.globalAlpha = 0.04 + (0.56 * weight) / 255;
    context.beginPath();
    context.moveTo(x[a], y[a]);
    context.lineTo(x[a + 1], y[a + 1]);
    context.lineTo(x[a + width + 1], y[a + width + 1]);
    context.lineTo(x[a + width], y[a + width]);
    context.fill();
  });
}

/** Arrows with small heads between pairs of points; rows of `tails` and `tips`, data units. */
export function drawArrows({ context }, tails, tips, frame, colour) {
  context.beginPath();
  const heads = new Path2D();
  for (let i = 0; i + 1 < Math.min(tails.length, tips.length); i += 2) {
    const [x, y] = [frame.x(tips[i]), frame.y(tips[i + 1])];
    const [dx, dy] = [x - frame.x(tails[i]), y - frame.y(tails[i + 1])];
    const length = Math.hypot(dx, dy);
    if (!(length >= SHORTEST && length < Infinity)) continue;
    const head = Math.min(HEAD, length);
    const [ux, uy] = [(dx / length) * head, (dy / length) * head];
    context.moveTo(x - dx, y - dy);
    context.lineTo(x - ux, y - uy);
    heads.moveTo(x, y);
    heads.lineTo(x - 1.5 * ux - 0.75 * uy, y - 1.5 * uy + 0.75 * ux);
    heads.lineTo(x - 1.5 * ux + 0.75 * uy, y - 1.5 * uy - 0.75 * ux);
    heads.closePath();
  }
  context.strokeStyle = context.fillStyle = colour;
  context.lineWidth = 1.5;
  context.stroke();
  context.fill(heads);
}

/** Thin crosses, for the centres of modes. */
export function drawCrosses({ context }, points, frame, colour, size = 5) {
  if (!points) return;
  const { values } = points;
  context.beginPath();
  for (let i = 0; i + 1 < values.length; i += 2) {
    const [x, y] = [frame.x(values[i]), frame.y(values[i + 1])];
    context.moveTo(x - size, y);
    context.lineTo(x + size, y);
    context.moveTo(x, y - size);
    context.lineTo(x, y + size);
  }
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.stroke();
}

/** A ring around a place in pixels, seen on any ground. */
export function drawRing({ context }, x, y, radius, { ink, page }) {
  for (const [colour, width] of [[page, 4], [ink, 2]]) {
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.stroke();
  }
}

/** A cross at a place in pixels, seen on any ground. */
export function drawCross({ context }, x, y, { ink, page }, size = 7) {
  context.beginPath();
  context.moveTo(x - size, y);
  context.lineTo(x + size, y);
  context.moveTo(x, y - size);
  context.lineTo(x, y + size);
  for (const [colour, width] of [[page, 5], [ink, 2]]) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.stroke();
  }
}

/** Words whose lower end is at a place in pixels, readable on any ground. */
export function drawWords({ context }, words, x, y, { palette, font, align }) {
  context.font = `600 13px ${font}`;
  context.textBaseline = "bottom";
  context.textAlign = align;
  context.lineJoin = "round";
  context.lineWidth = 4;
  context.strokeStyle = palette.page;
  context.strokeText(words, x, y);
  context.fillStyle = palette.ink;
  context.fillText(words, x, y);
}
