// Draw your own data: strokes of the mouse or a finger leave points along their path.

import { button, element, write } from "../shell/dom.js";
import { at } from "./gestures.js";
import { drawPoints } from "./plot.js";

const SPACING = 0.01; // of the picture, between points of a stroke
const MOST = 400; // points that are sent
const LEAST = 10; // the server takes no fewer
const RADIUS = 3; // px

export class Drawing {
  /**
   * getFrame(): the plot rectangle; done(points): [[x, y], ...] in data units to be used;
   * cancel(): the reader wants none of it; changed(): there is something new to draw.
   */
  constructor(canvas, getFrame, { done, cancel, changed }) {
    Object.assign(this, { canvas, getFrame, changed });
    this.strokes = []; // of [x, y]
    this.ending = new AbortController();
    this.build(() => done(this.chosen()), cancel);
    const listen = (name, act) => canvas.addEventListener(name, act, { signal: this.ending.signal });
    listen("pointerdown", (event) => this.down(event));
    listen("pointermove", (event) => this.move(event));
    listen("pointerup", () => this.lift());
    listen("pointercancel", () => this.lift());
    for (const place of [canvas, this.bar]) {
      const leave = (event) => event.key === "Escape" && cancel();
      place.addEventListener("keydown", leave, { signal: this.ending.signal });
    }
    this.count();
  }

  build(done, cancel) {
    this.bar = element("div", "gl-drawing");
    this.bar.setAttribute("role", "group");
    this.bar.setAttribute("aria-label", "Draw your own data");
    this.hint = element("p", "gl-drawing-hint");
    this.use = button({ label: " ", act: done, className: "gl-primary" });
    this.undo = button({ label: "Undo stroke", act: () => this.keep(this.strokes.slice(0, -1)) });
    this.empty = button({ label: "Clear", act: () => this.keep([]) });
    this.stop = button({ label: "Cancel", act: cancel });
    this.bar.append(this.hint, this.use, this.undo, this.empty, this.stop);
  }

  keep(strokes) {
    this.strokes = strokes;
    this.count();
    this.changed();
  }

  down(event) {
    if (!event.isPrimary || event.button !== 0) return;
    this.canvas.setPointerCapture(event.pointerId);
    this.last = at(event); // px, of the newest point
    this.keep([...this.strokes, []]);
    this.add(this.last);
  }

  /** Points at even distances along the way of the pointer, however few events report it. */
  move(event) {
    const frame = this.getFrame();
    if (!this.last || !event.isPrimary || !frame) return;
    const [now, gap] = [at(event), SPACING * frame.width];
    const [dx, dy] = [now.x - this.last.x, now.y - this.last.y];
    const length = Math.hypot(dx, dy);
    for (let way = gap; way <= length; way += gap) {
      this.last = { x: this.last.x + (dx / length) * gap, y: this.last.y + (dy / length) * gap };
      this.add(this.last);
    }
  }

  lift() {
    this.last = undefined;
    if (this.strokes.at(-1)?.length === 0) this.keep(this.strokes.slice(0, -1));
  }

  /** A point at a place in px, unless that is outside the plot. */
  add({ x, y }) {
    const frame = this.getFrame();
    const inside = frame && x >= frame.left && x <= frame.left + frame.width
      && y >= frame.top && y <= frame.top + frame.height;
    if (!inside) return;
    this.strokes.at(-1).push([frame.toX(x), frame.toY(y)]);
    this.count();
    this.changed();
  }

  count() {
    const drawn = this.strokes.reduce((sum, stroke) => sum + stroke.length, 0);
    const used = drawn > MOST ? `${MOST} of ${drawn}` : `these ${drawn}`;
    const enough = drawn >= LEAST;
    const missing = enough ? "" : `: at least ${LEAST} points, ${drawn} so far`;
    write(this.hint, `Drag to draw the data${missing}.`);
    write(this.use.querySelector(".gl-label"), enough ? `Use ${used} points` : "Use");
    this.use.disabled = !enough;
    for (const act of [this.undo, this.empty]) act.disabled = !drawn;
  }

  /** The points to send: evenly thinned where there are too many, four digits each. */
  chosen() {
    const all = this.strokes.flat();
    const many = Math.min(all.length, MOST);
    const some = Array.from({ length: many }, (_, i) => all[Math.floor((i * all.length) / many)]);
    return some.map((point) => point.map((value) => Math.round(value * 1e4) / 1e4));
  }

  draw(surface, frame, palette) {
    const values = this.strokes.flat(2);
    drawPoints(surface, { values }, frame, { colour: palette.real, radius: RADIUS, outline: palette.page });
  }

  close() {
    this.ending.abort();
    this.bar.remove();
  }
}
