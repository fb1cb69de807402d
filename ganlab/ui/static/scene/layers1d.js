// The layers of the one-dimensional picture, in pixels: curves, the hatched gap, the ticks of
// samples, the rays of the map z -> G(z). Not finite numbers break a line and are left out.

const HEAD = { length: 6, half: 2.4 }; // px, a ray's tip
const SHORT = 2; // px, below which an arrow is not drawn
const LANES = 3; // rows of a batch, so that arrows lie beside each other

/** Values [n] through a map to pixels. */
export function placed(values, map) {
  const pixels = new Float32Array(values.length);
  for (let i = 0; i < pixels.length; i += 1) pixels[i] = map(values[i]);
  return pixels;
}

/** [first, end) of each stretch where all of the arrays are finite. */
export function* stretches(...arrays) {
  const count = Math.min(...arrays.map((array) => array.length));
  const whole = (i) => arrays.every((array) => Number.isFinite(array[i]));
  for (let first = 0; first < count; first += 1) {
    if (!whole(first)) continue;
    let end = first + 1;
    while (end < count && whole(end)) end += 1;
    yield [first, end];
    first = end;
  }
}

/** The way through (x, y) from index a up to b, or down to it; the path goes on from where it is. */
function follow(path, x, y, a, b) {
  const step = a < b ? 1 : -1;
  for (let i = a; i !== b; i += step) path.lineTo(x[i], y[i]);
}

/** A curve as {line, area} (down to `base`), Path2D both. One point is a dash of two pixels. */
export function curve(x, y, base) {
  const [line, area] = [new Path2D(), new Path2D()];
  for (const [first, end] of stretches(x, y)) {
    line.moveTo(x[first] - (end - first === 1 ? 2 : 0), y[first]);
    follow(line, x, y, first, end);
    area.moveTo(x[first], base);
    follow(area, x, y, first, end);
    area.lineTo(x[end - 1], base);
  }
  return { line, area };
}

/** A histogram as {line, area}: equal neighbours of the grid x make one bar. */
export function bars(x, y, base) {
  const [line, area] = [new Path2D(), new Path2D()];
  const half = x.length > 1 ? (x[1] - x[0]) / 2 : 2;
  for (const [first, end] of stretches(x, y)) {
    for (let i = first, next; i < end; i = next) {
      for (next = i + 1; next < end && y[next] === y[i];) next += 1;
      if (y[i] >= base) continue; // an empty bin
      const [left, width] = [x[i] - half, x[next - 1] - x[i] + 2 * half];
      area.rect(left, y[i], width, base - y[i]);
      line.rect(left + 0.5, y[i], Math.max(width - 1, 0.5), base - y[i]);
    }
  }
  return { line, area };
}

/** What lies between two curves over the same x. */
export function band(x, y, other) {
  const area = new Path2D();
  for (const [first, end] of stretches(x, y, other)) {
    area.moveTo(x[first], y[first]);
    follow(area, x, y, first, end);
    follow(area, x, other, end - 1, first - 1);
    area.closePath();
  }
  return area;
}

/** A pattern of thin diagonal lines. */
export function hatch(context, colour, ratio) {
  const size = Math.round(7 * ratio);
  const tile = Object.assign(document.createElement("canvas"), { width: size, height: size });
  const pen = tile.getContext("2d");
  pen.strokeStyle = colour;
  pen.lineWidth = ratio;
  for (const shift of [-size, 0, size]) { // the corners belong to the neighbouring lines
    pen.moveTo(shift, size);
    pen.lineTo(shift + size, 0);
  }
  pen.stroke();
  const pattern = context.createPattern(tile, "repeat");
  pattern.setTransform(new DOMMatrix().scale(1 / ratio));
  return pattern;
}

/** Where values rise above `top`: [{x: the middle of the highest part, value}, ...]. */
export function peaks(x, values, top) {
  const found = [];
  let peak;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i];
    if (!(value > top)) peak = undefined;
    else if (!peak) found.push((peak = { x: x[i], value, start: x[i] }));
    else if (value > peak.value) Object.assign(peak, { x: x[i], value, start: x[i] });
    else if (value === peak.value) peak.x = (peak.start + x[i]) / 2; // a bar of a histogram
  }
  return found;
}

/** Small upright ticks at x = map(value), from `top` down `length` px. */
export function drawTicks(context, values, map, { top, length, colour, width = 1, opacity = 0.6 }) {
  context.beginPath();
  for (const value of values) {
    const x = map(value);
    if (!Number.isFinite(x)) continue;
    context.moveTo(x, top);
    context.lineTo(x, top + length);
  }
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.globalAlpha = opacity;
  context.stroke();
  context.globalAlpha = 1;
}

/** A batch of fakes as dots in a few rows; ink(i): the colour of the i-th. */
export function drawDots(context, values, map, { top, height, ink, outline }) {
  context.strokeStyle = outline;
  context.lineWidth = 1.25;
  values.forEach((value, i) => {
    const x = map(value);
    if (!Number.isFinite(x)) return;
    context.beginPath();
    context.arc(x, lane(i, top, height), 3, 0, 2 * Math.PI);
    context.fillStyle = ink(i);
    context.fill();
    context.stroke();
  });
}

const lane = (i, top, height) => top + ((i % LANES) + 0.5) * (height / LANES);

/** Arrows from each value to where it moves, in the rows of drawDots. */
export function drawMoves(context, values, moved, map, { top, height, colour }) {
  context.beginPath();
  for (let i = 0; i < Math.min(values.length, moved.length); i += 1) {
    const [from, to, y] = [map(values[i]), map(moved[i]), lane(i, top, height)];
    if (!(Math.abs(to - from) >= SHORT)) continue;
    const head = Math.sign(to - from) * Math.min(3.5, Math.abs(to - from));
    context.moveTo(from, y);
    context.lineTo(to, y);
    context.moveTo(to - head, y - 3);
    context.lineTo(to, y);
    context.lineTo(to - head, y + 3);
  }
  context.strokeStyle = colour;
  context.lineWidth = 2;
  context.stroke();
}

/**
 * Rays from the latent axis (y = low) to the data axis (y = high), rows [z, G(z)] of `values`.
 * Each is stroked by itself, so that they add up where the generator puts its mass.
 */
export function drawRays(context, values, { z, x, low, high, colour, opacity }) {
  const tips = new Path2D();
  context.lineWidth = 1;
  context.strokeStyle = colour;
  context.globalAlpha = opacity;
  for (let i = 0; i + 1 < values.length; i += 2) {
    const [from, to] = [z(values[i]), x(values[i + 1])];
    if (!Number.isFinite(from + to)) continue;
    context.beginPath();
    context.moveTo(from, low);
    context.lineTo(to, high);
    context.stroke();
    tip(tips, to, high, to - from, high - low);
  }
  context.globalAlpha = Math.min(1, 1.5 * opacity);
  context.fillStyle = colour;
  context.fill(tips);
  context.globalAlpha = 1;
}

/** A triangle that ends at (x, y), along (dx, dy). */
function tip(path, x, y, dx, dy) {
  const far = Math.hypot(dx, dy) || 1;
  const [u, v] = [(dx / far) * HEAD.length, (dy / far) * HEAD.length];
  const [across, up] = [(-dy / far) * HEAD.half, (dx / far) * HEAD.half];
  path.moveTo(x, y);
  path.lineTo(x - u + across, y - v + up);
  path.lineTo(x - u - across, y - v - up);
  path.closePath();
}

/** Words set off from what lies under them by `halo` px of the background. */
export function drawWords(context, text, x, y, { colour, background, align, halo }) {
  context.textAlign = align;
  context.textBaseline = "middle";
  context.lineJoin = "round";
  context.strokeStyle = background;
  context.lineWidth = halo;
  context.strokeText(text, x, y);
  context.fillStyle = colour;
  context.fillText(text, x, y);
}
