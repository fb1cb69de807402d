// A walk as a strip of small pictures, with marks where the endpoints lie; a click goes there.

import { element, write } from "../../shell/dom.js";
import { imageAt, paintImage } from "../pixels.js";

const HIGH = 48; // px, of a picture
const MARKS = 14; // px below, for the marks
const GAP = 2;

export class Strip {
  /** seek(frame) where it is clicked or dragged. */
  constructor(place, explorer, seek) {
    Object.assign(this, { explorer, frame: 0 });
    this.root = element("div", "gl-x-w-strip");
    this.title = element("span", "gl-x-w-title");
    this.canvas = element("canvas");
    this.canvas.setAttribute("role", "img");
    this.root.append(this.title, this.canvas);
    place.append(this.root);
    this.observer = new ResizeObserver(() => this.draw());
    this.observer.observe(this.canvas);
    for (const type of ["pointerdown", "pointermove"]) {
      this.canvas.addEventListener(type, (event) => this.pointed(event, seek));
    }
  }

  /** walk {x, keys, path} or undefined; named only where there are two. */
  load(walk, named) {
    this.walk = walk;
    this.root.hidden = !walk;
    this.title.hidden = !named;
    write(this.title, named && walk ? walk.path : "");
    if (walk) this.canvas.setAttribute("aria-label", `${walk.count} frames of the walk by ${walk.path}`);
    this.draw();
  }

  show(frame) {
    this.frame = frame;
    this.draw();
  }

  pointed({ type, buttons, offsetX }, seek) {
    if (!this.walk || (type === "pointermove" && buttons !== 1)) return;
    const last = this.walk.x.shape[0] - 1;
    const share = (offsetX - this.cell / 2) / Math.max(this.canvas.clientWidth - this.cell, 1);
    seek(Math.round(Math.min(Math.max(share, 0), 1) * last));
  }

  get cell() {
    const [, height, width] = this.walk.x.shape;
    return Math.round((HIGH * width) / height) + GAP;
  }

  draw() {
    const { canvas, walk, explorer: { palette } } = this;
    const wide = canvas.clientWidth;
    if (!walk || !palette || !wide) return;
    const ratio = window.devicePixelRatio || 1;
    const [count, height, width] = walk.x.shape;
    const cells = Math.max(2, Math.min(count, Math.floor((wide + GAP) / this.cell)));
    const pitch = (wide - this.cell + GAP) / (cells - 1);
    if (canvas.width !== Math.round(wide * ratio)) canvas.width = Math.round(wide * ratio);
    canvas.height = (HIGH + MARKS) * ratio;
    const context = canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    for (let k = 0; k < cells; k += 1) {
      const i = Math.round((k * (count - 1)) / (cells - 1));
      const x = Math.round(k * pitch * ratio) / ratio;
      paintImage(context, imageAt(walk.x, i), height, width, x, 0, HIGH);
    }
    this.mark(context, wide, count);
  }

  /** Triangles below the endpoints, and a line where the frame shown is. */
  mark(context, wide, count) {
    const { palette } = this.explorer;
    const at = (i) => this.cell / 2 + ((wide - this.cell) * i) / Math.max(count - 1, 1);
    context.fillStyle = palette.muted;
    for (const key of this.walk.keys.values) {
      context.beginPath();
      context.moveTo(at(key), HIGH + 3);
      context.lineTo(at(key) - 5, HIGH + 11);
      context.lineTo(at(key) + 5, HIGH + 11);
      context.fill();
    }
    context.fillStyle = palette.page;
    context.fillRect(at(this.frame) - 2.5, 0, 5, HIGH + MARKS);
    context.fillStyle = palette["believes-fake"];
    context.fillRect(at(this.frame) - 1.25, 0, 2.5, HIGH + MARKS);
  }

  destroy() {
    this.observer.disconnect();
    this.root.remove();
  }
}
