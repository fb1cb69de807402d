// The pad: two controls at once, under a pointer, a finger or the arrow keys. Shaded by how
// likely the prior finds each place on it, with the way that z has come.

import { element } from "../shell/dom.js";
import { faded, Surface } from "../scene/plot.js";
import { drawScale } from "./padscale.js";
import { inside, likelihood } from "./prior.js";

const GRID = 48; // cells of the shading, each way
const STEP = 1 / 40; // of the pad's side, for an arrow key
const FINE = 1 / 200; // with Shift
const TRAIL = 48; // places
const DOT = 8; // px
const SHADE = { uniform: 40, normal: 80 }; // of 255: the opacity where the prior is densest
const WORDS = "Shaded: where random z mostly fall. Drag, or use the arrow keys; a double click goes back.";
const KEY_HELP = "Arrow keys move z, with Shift by less; Home goes back.";
const KEYS = {
  ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1],
};

export class Pad {
  /** point: the Point; changed(event): the visitor moved something at event.timeStamp. */
  constructor(place, { point, changed }) {
    Object.assign(this, { point, changed });
    this.trail = [];
    this.shade = element("canvas");
    this.root = element("div", "gl-x-pad");
    this.canvas = element("canvas", "gl-x-pad-canvas");
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute("role", "slider");
    this.canvas.setAttribute("aria-roledescription", "two-way slider");
    this.surface = new Surface(this.canvas);
    this.surface.watch(() => this.wake());
    this.selects = ["across", "up"].map((way, i) => this.select(way, i));
    const choices = element("div", "gl-x-pad-axes");
    choices.append(...this.selects.map(({ label }) => label));
    this.root.append(choices, this.canvas, element("p", "gl-x-note gl-x-pad-words", WORDS));
    place.append(this.root);
    this.listen();
    this.rebuild();
    this.end = point.on((what) => this.moved(what));
  }

  select(way, i) {
    const label = element("label", "gl-x-choice", i ? "Up" : "Across");
    const choice = element("select", "gl-input gl-choice");
    choice.addEventListener("change", () => this.choose(i, choice.value));
    label.append(choice);
    return { label, choice };
  }

  listen() {
    const on = (name, act) => this.canvas.addEventListener(name, act);
    on("pointerdown", (event) => {
      if (event.button !== 0) return;
      this.canvas.setPointerCapture(event.pointerId);
      this.holding = event.pointerId;
      this.drag(event);
    });
    // The raw one comes between two frames, so that the answer is often there for the next; it is
    // kept from pages that are neither local nor encrypted.
    for (const name of ["pointerrawupdate", "pointermove"]) {
      on(name, (event) => { if (event.pointerId === this.holding) this.drag(event); });
    }
    for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) {
      on(name, () => { this.holding = undefined; this.wake(); });
    }
    on("dblclick", (event) => this.home(event));
    on("keydown", (event) => this.key(event));
  }

  // -- which axes --------------------------------------------------------------------------------

  /** The controls changed: offer them, keep the chosen ones if they are still there. */
  rebuild() {
    const offered = this.point.axes.filter(({ kind }) => kind !== "sign");
    this.root.hidden = !offered.length;
    const keys = offered.map(({ key }) => key);
    const wanted = (this.keys ?? []).filter((key) => keys.includes(key));
    const first = [...offered].sort((a, b) => rank(a) - rank(b)).map(({ key }) => key);
    this.keys = [...wanted, ...first.filter((key) => !wanted.includes(key))].slice(0, 2);
    this.selects.forEach(({ choice, label }, i) => {
      label.hidden = i === 1 && keys.length < 2;
      choice.replaceChildren(...options(offered));
      choice.value = this.keys[i] ?? "";
    });
    this.root.dataset.axes = this.keys.length;
    this.forget();
  }

  /** Put the axis of a key across (0) or up (1); the other gives way if it was that one. */
  choose(i, key) {
    if (this.keys[1 - i] === key) this.keys[1 - i] = this.keys[i];
    this.keys[i] = key;
    this.selects.forEach(({ choice }, at) => { choice.value = this.keys[at] ?? ""; });
    this.forget();
  }

  get axes() {
    return this.keys.map((key) => this.point.axis(key)).filter(Boolean);
  }

  forget() {
    this.trail = [];
    this.describe();
    this.shadeKey = undefined;
    this.wake();
  }

  // -- moving ------------------------------------------------------------------------------------

  drag(event) {
    const { left, top, width, height } = this.frame();
    const [across, up] = this.axes;
    const share = [(event.offsetX - left) / width, 1 - (event.offsetY - top) / height];
    const moves = [[across, share[0]], [up, share[1]]].filter(([axis]) => axis);
    const value = ({ low, high }, at) => low + clamp(at, 0, 1) * (high - low);
    this.put(moves.map(([axis, at]) => [axis.key, value(axis, at)]), event);
  }

  key(event) {
    const way = KEYS[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Home") this.home(event);
    else if (way) this.step(way, event);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  step(way, event) {
    const share = event.shiftKey ? FINE : STEP;
    const moves = this.axes.map((axis, i) => {
      const wanted = axis.value + way[i] * share * (axis.high - axis.low);
      return [axis.key, way[i] ? clamp(wanted, axis.low, axis.high) : axis.value];
    });
    this.put(moves, event);
  }

  home(event) {
    this.put(this.axes.map(({ key, reset }) => [key, reset]), event);
  }

  put(moves, event) {
    this.changed(event);
    this.point.setMany(moves);
  }

  moved(what) {
    if (what === "axes") return this.rebuild();
    if (what === "base") this.trail = [];
    const place = this.axes.map(({ value }) => value);
    const last = this.trail.at(-1);
    if (!last || place.some((value, i) => value !== last[i])) this.trail.push(place);
    if (this.trail.length > TRAIL) this.trail.shift();
    this.describe();
    return this.wake();
  }

  describe() {
    const { axes, canvas } = this;
    if (!axes.length) return;
    const names = axes.map(({ label }, i) => `${label} ${i ? "up" : "across"}`).join(", ");
    const words = axes.map(({ label, value }) => `${label} ${value.toFixed(2)}`).join(", ");
    canvas.setAttribute("aria-label", `Pad: ${names}. ${KEY_HELP}`);
    canvas.setAttribute("aria-valuemin", axes[0].low);
    canvas.setAttribute("aria-valuemax", axes[0].high);
    canvas.setAttribute("aria-valuenow", axes[0].value.toFixed(2));
    canvas.setAttribute("aria-valuetext", words);
  }

  // -- drawing -----------------------------------------------------------------------------------

  setTheme(theme, palette) {
    Object.assign(this, { theme, palette });
    this.shadeKey = undefined;
    this.wake();
  }

  wake() {
    if (this.scheduled || !this.theme) return;
    this.scheduled = true;
    requestAnimationFrame(() => { this.scheduled = false; if (!this.ended) this.paint(); });
  }

  frame() {
    return this.surface.room({ left: 1, right: 1, top: 1, bottom: 1 });
  }

  paint() {
    const { surface, palette, theme, axes } = this;
    surface.fit();
    if (!surface.width || !axes.length) return;
    surface.clear(theme);
    const frame = this.frame();
    const place = ([u, v = 0]) => [
      frame.left + ((u - axes[0].low) / (axes[0].high - axes[0].low)) * frame.width,
      frame.top + (axes[1] ? 1 - (v - axes[1].low) / (axes[1].high - axes[1].low) : 0.5) * frame.height,
    ];
    this.drawPrior(frame);
    this.drawGrid(frame, place);
    drawScale(surface, frame, axes, theme, palette);
    this.drawTrail(place);
    const { context } = surface;
    context.beginPath();
    context.arc(...place(axes.map((axis) => clamp(axis.value, axis.low, axis.high))), DOT, 0, 2 * Math.PI);
    Object.assign(context, { fillStyle: palette.fake, strokeStyle: palette.page, lineWidth: 2.5 });
    context.fill();
    context.stroke();
  }

  /** How likely the prior finds z at each place of the pad, all else as it is. */
  drawPrior(frame) {
    const { point, palette, axes } = this;
    const others = point.axes.filter((axis) => !axes.includes(axis)).map(({ value }) => value);
    const key = [...this.keys, point.psi, ...others].join();
    if (key !== this.shadeKey) {
      this.shadeKey = key;
      const density = (point.latent.kind === "uniform" ? inside : likelihood)(point, axes, GRID);
      fill(this.shade, density, palette.fake, SHADE[point.latent.kind] ?? SHADE.normal);
    }
    const { context } = this.surface;
    context.imageSmoothingEnabled = true;
    context.drawImage(this.shade, frame.left, frame.top, frame.width, frame.height);
  }

  drawGrid(frame, place) {
    const { context } = this.surface;
    const [x, y] = place([0, 0]);
    Object.assign(context, { strokeStyle: this.palette.axis, lineWidth: 1 });
    context.strokeRect(frame.left - 0.5, frame.top - 0.5, frame.width + 1, frame.height + 1);
    context.beginPath();
    context.moveTo(Math.round(x) + 0.5, frame.top);
    context.lineTo(Math.round(x) + 0.5, frame.top + frame.height);
    context.moveTo(frame.left, Math.round(y) + 0.5);
    context.lineTo(frame.left + frame.width, Math.round(y) + 0.5);
    context.stroke();
  }

  drawTrail(place) {
    const { context } = this.surface;
    const places = this.trail.map(place);
    Object.assign(context, { lineWidth: 2, strokeStyle: this.palette.fake });
    for (let i = 1; i < places.length; i += 1) {
      context.globalAlpha = 0.55 * (i / places.length);
      context.beginPath();
      context.moveTo(...places[i - 1]);
      context.lineTo(...places[i]);
      context.stroke();
    }
    context.globalAlpha = 1;
  }

  destroy() {
    this.ended = true;
    this.end();
    this.surface.destroy();
    this.root.remove();
  }
}

/** Directions before coordinates: they change more. */
function rank({ kind }) {
  return kind === "direction" ? 0 : 1;
}

function options(axes) {
  const groups = { direction: "Directions", coordinate: "Coordinates of z" };
  return Object.entries(groups).flatMap(([kind, name]) => {
    const members = axes.filter((axis) => axis.kind === kind).map(({ key, label }) => new Option(label, key));
    if (!members.length) return [];
    const group = element("optgroup");
    group.label = name;
    group.append(...members);
    return [group];
  });
}

/** Numbers 0 to 1 [GRID * GRID] as shares of the greatest opacity of a colour. */
function fill(canvas, density, colour, most) {
  Object.assign(canvas, { width: GRID, height: GRID });
  const context = canvas.getContext("2d");
  const image = context.createImageData(GRID, GRID);
  const [r, g, b] = faded(colour, 1).match(/\d+/g).map(Number);
  density.forEach((value, i) => image.data.set([r, g, b, Math.round(most * value)], 4 * i));
  context.putImageData(image, 0, 0);
}

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
