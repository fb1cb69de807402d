// The numbers under the pointer on the one-dimensional picture.

import { element, write } from "../shell/dom.js";
import { density } from "./legend1d.js";

const GAP = 12; // px between the hairline and its numbers
// layer of the legend, array, colour, name
const ROWS = [
  ["data", "scene/p_data", "real", (node) => density(node, "data", "(x)")],
  ["p_g", "scene/p_g", "fake", (node) => density(node, "g", "(x)")],
  ["d", "scene/d", "believes-real", (node) => write(node, "D(x)")],
  ["best", "scene/best", "believes-real", (node) => write(node, "D*(x)")],
];

/** The values at the grid point nearest to x: {x, rows}, a text or undefined for each of ROWS. */
export function numbersAt(x, arrays, legend) {
  const grid = arrays.get("scene/x")?.values ?? [];
  const i = nearest(grid, x);
  if (i < 0) return undefined;
  const rows = ROWS.map(([layer, array]) => {
    const value = arrays.get(array)?.values[i];
    return legend.has(layer) && value !== undefined ? number(value) : undefined;
  });
  return { x: grid[i], rows };
}

/** Index of the value nearest to x on an even grid, -1 without one. */
function nearest(grid, x) {
  const last = grid.length - 1;
  if (last < 1) return last;
  const i = Math.round(((x - grid[0]) / (grid[last] - grid[0])) * last);
  return Math.min(Math.max(i, 0), last);
}

const number = (value) => (Number.isFinite(value) ? value.toFixed(value < 10 ? 3 : 1) : "\u2013");

export class Readout {
  /** moved(): the hairline belongs elsewhere, which `place` (px, or undefined) says. */
  constructor(root, canvas, moved) {
    Object.assign(this, { canvas, moved });
    this.box = element("div", "gl-readout");
    this.box.setAttribute("aria-hidden", "true"); // its numbers are beyond what words can follow
    this.box.hidden = true;
    this.x = this.line((node) => write(node, "x"));
    this.lines = ROWS.map(([, , colour, name]) => this.line(name, colour));
    this.how = element("span", "gl-readout-how");
    this.lines[1].name.append(this.how);
    root.append(this.box);
    this.listen();
  }

  line(fill, colour) {
    const [row, name, value] = [element("div"), element("span", "gl-readout-name"), element("span")];
    fill(name);
    if (colour) name.style.setProperty("--gl-hue", `var(--gl-${colour})`);
    row.append(name, value);
    this.box.append(row);
    return { row, name, value };
  }

  listen() {
    const { canvas } = this;
    const move = ({ offsetX }) => this.dismissed || this.go(offsetX);
    canvas.addEventListener("pointermove", move);
    canvas.addEventListener("pointerdown", (event) => { this.dismissed = false; move(event); });
    canvas.addEventListener("pointerleave", ({ pointerType }) => pointerType === "mouse" && this.leave());
    this.ending = new AbortController(); // of what is listened to all over the page
    const everywhere = { signal: this.ending.signal };
    document.addEventListener("keydown", ({ key }) => key === "Escape" && this.dismiss(), everywhere);
    document.addEventListener("pointerdown", ({ target }) => target !== canvas && this.leave(), everywhere);
  }

  go(place) {
    if (place === this.place) return;
    this.place = place;
    this.moved();
  }

  /** Gone until the pointer comes back. */
  dismiss() {
    this.dismissed = this.place !== undefined;
    this.go(undefined);
  }

  leave() {
    this.dismissed = false;
    this.go(undefined);
  }

  /** numbers: of numbersAt; how: what p_g is estimated by; the box goes beside (x, y) px. */
  show(numbers, how, x, y) {
    write(this.x.value, numbers.x.toFixed(2).replace("-", "\u2212"));
    write(this.how, how && ` ${how}`);
    this.lines.forEach(({ row, value }, i) => {
      row.hidden = numbers.rows[i] === undefined;
      write(value, numbers.rows[i] ?? "");
    });
    this.box.hidden = false;
    const { clientWidth } = this.canvas;
    const { offsetWidth } = this.box;
    const left = x + GAP + offsetWidth <= clientWidth ? x + GAP : x - GAP - offsetWidth;
    this.box.style.transform = `translate(${Math.round(Math.max(left, 0))}px, ${Math.round(y)}px)`;
  }

  hide() {
    this.box.hidden = true;
  }

  destroy() {
    this.ending.abort();
  }
}
