// What is drawn on a pad, in units of the image's pixels: rendered finely, then averaged down.

const FINE = 10; // fine pixels per pixel of the image, each way
const INK = "#fff";
const NOTHING = "#000";
const DOT = 1e-3; // pixels a line has at least: one without length is not drawn everywhere
const MOST = 3; // times a drawing is enlarged at most, so that a dot stays a dot
const STYLES = { // as the images of that many pixels a side were prepared
  28: { box: 20, brush: 2.4, massCentred: true }, // MNIST: a 20 by 20 box, centre of mass in the middle
  8: { box: 8, brush: 1.3, massCentred: false }, // Digits: fills the image
};

/** {box, brush, massCentred} of images of a size: lengths in pixels. */
export function styleOf(height) {
  return STYLES[height] ?? { box: (height * 5) / 7, brush: height / 12, massCentred: true };
}

export class Strokes {
  constructor(height, width) {
    Object.assign(this, { height, width, style: styleOf(height) });
    this.fine = canvas(width * FINE, height * FINE);
    this.native = canvas(width, height);
    this.clear();
  }

  get empty() {
    return !this.marks.length && !this.ground;
  }

  /** Whether anything was drawn by hand. */
  get drawn() {
    return this.marks.length > 0;
  }

  clear() {
    this.marks = []; // {points: [[x, y], ...], width, erase} or {cell: [x, y], erase}
    this.ground = undefined;
  }

  /** An image (bytes) to draw upon. */
  setGround(values) {
    this.clear();
    this.ground = values;
    const picture = new ImageData(this.width, this.height);
    const words = new Uint32Array(picture.data.buffer);
    values.forEach((grey, i) => { words[i] = 0xff000000 | (grey * 0x010101); });
    this.native.getContext("2d").putImageData(picture, 0, 0);
  }

  begin(point, { width, erase }) {
    this.marks.push({ points: [point], width, erase });
  }

  extend(point) {
    this.marks.at(-1).points.push(point);
  }

  /** One whole pixel, for those who draw with keys. */
  cell(x, y, erase) {
    this.marks.push({ cell: [x, y], erase });
  }

  undo() {
    this.marks.pop();
  }

  /** On a context whose unit is a pixel of the image; `place` as of fitted(). */
  draw(context, place = { scale: 1, x: 0, y: 0 }) {
    context.fillStyle = NOTHING;
    context.fillRect(0, 0, this.width, this.height);
    context.imageSmoothingEnabled = false;
    if (this.ground) context.drawImage(this.native, 0, 0);
    for (const mark of this.marks) {
      if (mark.cell) drawCell(context, mark, place);
      else drawStroke(context, mark, place);
    }
  }

  /** The image, bytes row by row; centred and scaled as the data were, if that is wanted. */
  pixels({ centred = false } = {}) {
    const fitted = centred && this.drawn && !this.ground ? this.fitted() : undefined;
    return average(this.render(fitted), this.height, this.width);
  }

  /** {scale, x, y}: old places times scale plus (x, y) are those of a drawing made to fit. */
  fitted() {
    const { width, height, style } = this;
    const first = measure(this.render(), width * FINE);
    if (!first) return undefined;
    const { box, brush } = style;
    const extent = Math.max(first.right - first.left, first.bottom - first.top) / FINE;
    const scale = Math.min(MOST, Math.max((box - brush) / Math.max(extent - brush, 1e-3), 1 / MOST));
    const middle = (low, high, side) => side / 2 - ((low + high) / 2 / FINE) * scale;
    const x = middle(first.left, first.right, width);
    const y = middle(first.top, first.bottom, height);
    const place = { scale, x, y };
    if (!style.massCentred) return place;
    const { mass } = measure(this.render(place), width * FINE);
    return { scale, x: x + width / 2 - mass.x / FINE, y: y + height / 2 - mass.y / FINE };
  }

  /** Brightness of the fine picture, 0 to 255. */
  render(place) {
    const { width, height } = this.fine;
    const context = this.fine.getContext("2d", { willReadFrequently: true });
    context.setTransform(FINE, 0, 0, FINE, 0, 0);
    this.draw(context, place);
    const { data } = context.getImageData(0, 0, width, height);
    const values = new Uint8Array(width * height);
    for (let i = 0; i < values.length; i += 1) values[i] = data[4 * i];
    return values;
  }
}

function canvas(width, height) {
  return Object.assign(document.createElement("canvas"), { width, height });
}

function drawCell(context, { cell: [x, y], erase }, place) {
  context.fillStyle = erase ? NOTHING : INK;
  context.fillRect(x * place.scale + place.x, y * place.scale + place.y, place.scale, place.scale);
}

/** Through the midpoints between the points, so that a hand's path is smooth. */
function drawStroke(context, { points, width, erase }, { scale, x, y }) {
  const at = points.map(([px, py]) => [px * scale + x, py * scale + y]);
  context.strokeStyle = erase ? NOTHING : INK;
  context.lineWidth = erase ? width * scale : width; // ink stays as thick as the data's
  context.lineCap = context.lineJoin = "round";
  context.beginPath();
  context.moveTo(...at[0]);
  for (let i = 1; i < at.length - 1; i += 1) {
    context.quadraticCurveTo(...at[i], (at[i][0] + at[i + 1][0]) / 2, (at[i][1] + at[i + 1][1]) / 2);
  }
  const [endX, endY] = at.at(-1);
  context.lineTo(endX + DOT, endY);
  context.stroke();
}

/** Box around all that is lit and its centre of mass, in fine pixels; undefined if nothing is. */
function measure(values, width) {
  const box = { left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity };
  let [total, x, y] = [0, 0, 0];
  values.forEach((value, i) => {
    if (!value) return;
    const [column, row] = [i % width, Math.floor(i / width)];
    total += value;
    x += value * (column + 0.5);
    y += value * (row + 0.5);
    if (value < 128) return; // a smoothed edge
    box.left = Math.min(box.left, column);
    box.right = Math.max(box.right, column + 1);
    box.top = Math.min(box.top, row);
    box.bottom = Math.max(box.bottom, row + 1);
  });
  return box.left < box.right ? { ...box, mass: { x: x / total, y: y / total } } : undefined;
}

/** Means over blocks of FINE by FINE. */
function average(values, height, width) {
  const sums = new Float64Array(height * width);
  const wide = width * FINE;
  for (let i = 0; i < values.length; i += 1) {
    const row = Math.floor(i / wide / FINE);
    sums[row * width + Math.floor((i % wide) / FINE)] += values[i];
  }
  return Uint8Array.from(sums, (sum) => Math.round(sum / FINE / FINE));
}
