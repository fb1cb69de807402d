// The drawing pad: mouse, finger, pen or keys leave strokes, larger and smoother than the pixels.

import { button, element, write } from "../../shell/dom.js";
import { Surface } from "../../scene/plot.js";
import { Strokes } from "./strokes.js";

const WIDTHS = { min: 0.4, max: 2.5, step: 0.05 }; // of the brush, in times the usual one
const ERASER = 1.6; // times as wide as the brush
const PEN_ERASER = 32; // bit of the other end of a pen, see PointerEvent.buttons
const GRID = "rgba(255, 255, 255, 0.07)";
const CURSOR = "#ffb05c"; // on black in both themes
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const KEYS = "arrow keys move, space paints or erases a pixel, Shift with an arrow draws on";

export class Sketch {
  /** invitation: words on the empty pad; changed(): what is drawn is another. */
  constructor(place, { height, width, invitation = "", changed }) {
    Object.assign(this, { height, width, changed });
    this.invitation = element("p", "gl-x-invitation", invitation);
    this.strokes = new Strokes(height, width);
    this.cursor = [Math.floor(width / 2), Math.floor(height / 2)];
    this.erasing = false;
    this.pad();
    this.tools();
    this.root = element("div", "gl-x-sketch");
    this.root.append(this.frame, this.bar, this.options);
    place.append(this.root);
    this.surface = new Surface(this.canvas);
    this.surface.watch(() => this.paint());
    this.tell();
  }

  pad() {
    this.frame = element("div", "gl-x-sketch-frame");
    this.canvas = element("canvas", "gl-x-sketch-pad");
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute("role", "application");
    const size = `${this.width} by ${this.height} pixels`;
    this.canvas.setAttribute("aria-label", `Drawing pad, ${size}: ${KEYS}`);
    this.canvas.style.aspectRatio = `${this.width} / ${this.height}`;
    this.spoken = element("p", "gl-spoken");
    this.spoken.setAttribute("aria-live", "polite");
    this.frame.append(this.canvas, this.invitation, this.spoken);
    const listen = (name, act) => this.canvas.addEventListener(name, act);
    listen("pointerdown", (event) => this.down(event));
    listen("pointermove", (event) => this.move(event));
    for (const name of ["pointerup", "pointercancel"]) listen(name, () => { this.drawing = false; });
    listen("keydown", (event) => this.key(event));
    for (const name of ["focus", "blur"]) listen(name, () => this.paint());
  }

  tools() {
    this.bar = element("div", "gl-x-draw-tools");
    this.bar.setAttribute("role", "group");
    this.bar.setAttribute("aria-label", "Drawing tools");
    this.eraser = button({ label: "Eraser", act: () => this.erase(!this.erasing) });
    this.back = button({ label: "Undo", hint: "Undo the last stroke (Ctrl+Z)", act: () => this.undo() });
    this.empty = button({ label: "Clear", act: () => this.clear() });
    this.bar.append(this.eraser, this.back, this.empty);
    this.options = element("div", "gl-x-draw-options");
    this.brush = Object.assign(element("input", "gl-x-draw-range"), { type: "range", ...WIDTHS, value: 1 });
    this.centring = Object.assign(element("input", "gl-x-draw-check"), { type: "checkbox", checked: true });
    this.centring.addEventListener("change", () => this.tell());
    const centre = labelled("gl-x-draw-option", this.centring, "Centre it");
    centre.title = "Scale and centre the drawing as the training images were";
    this.options.append(labelled("gl-x-draw-option gl-x-draw-brush", "Brush", this.brush), centre);
  }

  /** Bytes of the image, as it is asked of the generator. */
  pixels() {
    return this.strokes.pixels({ centred: this.centring.checked });
  }

  setGround(values) {
    this.strokes.setGround(values);
    this.tell();
  }

  erase(wanted) {
    this.erasing = wanted;
    this.eraser.setAttribute("aria-pressed", String(wanted));
  }

  undo() {
    this.strokes.undo();
    this.tell();
  }

  clear() {
    this.strokes.clear();
    this.erase(false);
    this.tell();
  }

  tell() {
    this.back.disabled = !this.strokes.drawn;
    this.empty.disabled = this.strokes.empty;
    this.invitation.hidden = !this.strokes.empty;
    this.paint();
    this.changed();
  }

  down(event) {
    if (!event.isPrimary || (event.button !== 0 && event.buttons !== PEN_ERASER)) return;
    event.preventDefault(); // no text is selected, nothing scrolls
    this.canvas.focus({ preventScroll: true });
    this.canvas.setPointerCapture(event.pointerId);
    const erase = this.erasing || event.buttons === PEN_ERASER;
    const width = this.strokes.style.brush * Number(this.brush.value) * (erase ? ERASER : 1);
    this.drawing = true;
    this.strokes.begin(this.at(event), { width, erase });
    this.tell();
  }

  move(event) {
    if (!this.drawing || !event.isPrimary) return;
    const events = event.getCoalescedEvents?.() ?? [];
    for (const each of events.length ? events : [event]) this.strokes.extend(this.at(each));
    this.tell();
  }

  /** In pixels of the image. */
  at({ clientX, clientY }) {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    return [((clientX - left) / width) * this.width, ((clientY - top) / height) * this.height];
  }

  key(event) {
    const undo = event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey);
    const act = undo ? () => this.undo() : this.keyed(event);
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  keyed({ key, shiftKey, ctrlKey, metaKey, altKey }) {
    if (ctrlKey || metaKey || altKey) return undefined;
    if (key in ARROWS) return () => this.step(ARROWS[key], shiftKey);
    if (key === " ") return () => this.dab(this.erasing || this.lit());
    if (key === "Backspace" || key === "Delete") return () => this.dab(true);
    return undefined;
  }

  step([dx, dy], drawing) {
    const [x, y] = this.cursor;
    const inside = (value, size) => Math.max(0, Math.min(size - 1, value));
    this.cursor = [inside(x + dx, this.width), inside(y + dy, this.height)];
    if (drawing) return this.dab(this.erasing);
    this.paint();
    return this.announce(this.lit() ? "painted" : "empty");
  }

  dab(erase) {
    this.strokes.cell(...this.cursor, erase);
    this.tell();
    this.announce(erase ? "erased" : "painted");
  }

  lit() {
    const [x, y] = this.cursor;
    return this.strokes.pixels()[y * this.width + x] > 127;
  }

  announce(state) {
    const [x, y] = this.cursor;
    write(this.spoken, `Row ${y + 1}, column ${x + 1}: ${state}`);
  }

  paint() {
    if (!this.surface) return;
    this.surface.fit();
    const { context, ratio, width, height } = this.surface;
    const unit = width / this.width;
    context.setTransform(unit * ratio, 0, 0, unit * ratio, 0, 0);
    this.strokes.draw(context);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    if (this.width <= 32) drawGrid(context, { width, height, unit });
    if (this.canvas.matches(":focus-visible")) this.drawCursor(context, unit);
  }

  drawCursor(context, unit) {
    const [x, y] = this.cursor;
    context.strokeStyle = CURSOR;
    context.lineWidth = 2;
    context.strokeRect(x * unit, y * unit, unit, unit);
  }

  destroy() {
    this.surface.destroy();
    this.root.remove();
  }
}

function drawGrid(context, { width, height, unit }) {
  context.fillStyle = GRID;
  for (let at = unit; at < width - 1; at += unit) context.fillRect(Math.round(at), 0, 1, height);
  for (let at = unit; at < height - 1; at += unit) context.fillRect(0, Math.round(at), width, 1);
}

/** A control and its words, in this order. */
export function labelled(className, ...parts) {
  const label = element("label", className);
  label.append(...parts);
  return label;
}
