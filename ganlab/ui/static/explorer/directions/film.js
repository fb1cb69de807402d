// Pictures of G(z) at several z as buttons, each of which goes there. For points, a small plane
// with the place of G(z) among the real samples.

import { boundsOf } from "../atlas/landing.js";
import { element } from "../../shell/dom.js";

const GREYS = Uint32Array.from({ length: 256 }, (_, grey) => 0xff000000 | (grey * 0x010101));
const SIDE = 120; // canvas pixels of a small plane
const REAL = 250; // samples in it
const KEYS = { ArrowLeft: -1, ArrowRight: 1 };

/** Draws G(z) on canvases, whatever it makes. */
export class Painter {
  /** real: {values, shape: [n, d]} of points; undefined for images. */
  constructor(real) {
    this.real = real;
    if (real) this.bounds = boundsOf(real);
  }

  setTheme(palette) {
    this.palette = palette;
  }

  /** Sample i of {values, shape: [n, ...]}. */
  paint(canvas, { values, shape }, i) {
    const size = shape.slice(1).reduce((a, b) => a * b, 1);
    const one = values.subarray(i * size, (i + 1) * size);
    if (this.real) this.place(canvas, one);
    else image(canvas, one, shape.slice(1));
  }

  place(canvas, point) {
    Object.assign(canvas, { width: SIDE, height: SIDE });
    const context = canvas.getContext("2d");
    const { palette, bounds, real: { values, shape } } = this;
    const at = (row, d) => {
      const [low, high] = bounds[d] ?? [-1, 1];
      return (((d < shape[1] ? row[d] : 0) - low) / (high - low)) * SIDE;
    };
    const dot = (row, radius) => {
      context.beginPath();
      context.arc(at(row, 0), SIDE - at(row, 1), radius, 0, 2 * Math.PI);
      context.fill();
    };
    context.fillStyle = palette.page;
    context.fillRect(0, 0, SIDE, SIDE);
    context.fillStyle = palette.real;
    context.globalAlpha = 0.4;
    for (let i = 0; i < Math.min(REAL, shape[0]); i += 1) {
      dot(values.subarray(i * shape[1], (i + 1) * shape[1]), 1.5);
    }
    context.globalAlpha = 1;
    context.fillStyle = palette.fake;
    dot(point, 7);
  }
}

function image(canvas, values, [height, width]) {
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const picture = new ImageData(width, height);
  const words = new Uint32Array(picture.data.buffer);
  for (let i = 0; i < words.length; i += 1) words[i] = GREYS[values[i]];
  canvas.getContext("2d").putImageData(picture, 0, 0);
}

/** "+2", "0", "−0.33". */
export function signed(offset) {
  const text = String(Number(offset.toFixed(2)));
  return offset > 0 ? `+${text}` : text.replace("-", "\u2212");
}

/** One direction: a picture per offset. One stop for the Tab key, arrow keys within. */
export class Film {
  /** name: of the direction; go(offset): a picture was pressed. */
  constructor(name, offsets, go) {
    this.offsets = offsets;
    this.root = element("div", "gl-x-film");
    this.root.setAttribute("role", "group");
    this.root.setAttribute("aria-label", `Along ${name}`);
    this.frames = offsets.map((offset) => this.frame(name, offset, go));
    this.middle = offsets.indexOf(0);
    this.frames[this.middle].button.classList.add("gl-x-film-here");
    this.rove(this.middle);
    this.root.addEventListener("keydown", (event) => this.key(event));
  }

  frame(name, offset, go) {
    const button = element("button", "gl-x-film-frame");
    button.type = "button";
    const words = offset ? `${signed(offset)} along ${name}` : "z as it is";
    button.title = words;
    button.setAttribute("aria-label", words);
    const canvas = element("canvas");
    button.append(canvas);
    button.addEventListener("click", () => go(offset));
    this.root.append(button);
    return { button, canvas };
  }

  /** Which picture the Tab key stops at. */
  rove(index) {
    this.frames.forEach(({ button }, i) => { button.tabIndex = i === index ? 0 : -1; });
    this.at = index;
  }

  key(event) {
    const way = KEYS[event.key];
    if (!way) return;
    event.preventDefault();
    event.stopPropagation();
    const from = this.frames.findIndex(({ button }) => button === event.target); // a click goes anywhere
    this.rove(Math.min(Math.max(from + way, 0), this.frames.length - 1));
    this.frames[this.at].button.focus();
  }

  /** Samples from index `first` on. */
  show(painter, samples, first) {
    this.frames.forEach(({ canvas }, i) => painter.paint(canvas, samples, first + i));
  }
}
