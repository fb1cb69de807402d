// Pointer, wheel and keys on a picture: zoom, pan, hover, tap. The page stays in charge of its own
// scrolling: a wheel zooms only with Ctrl or Cmd, or while the picture has the focus.

const STILL = 5; // px a tap may move
const NOTCH = 1.5; // times, per key
const KEYS = { "+": NOTCH, "=": NOTCH, "-": 1 / NOTCH, _: 1 / NOTCH };
const LINE = 16; // px per line of a wheel that counts in lines

export class Gestures {
  /**
   * view: the View of plot.js to change; frame(): the plot rectangle, or undefined; changed(): the
   * view changed; hover({x, y} or null), tap({x, y}), in px of the canvas; busy(): hands off.
   */
  constructor(canvas, options) {
    Object.assign(this, options);
    this.canvas = canvas;
    this.pointers = new Map(); // those that are down: id -> {x, y}
    const listen = (name, act, how) => canvas.addEventListener(name, act, how);
    listen("pointerdown", (event) => this.busy() || this.down(event));
    listen("pointermove", (event) => this.busy() || this.move(event));
    listen("pointerup", (event) => this.up(event));
    listen("pointercancel", (event) => this.leave(event));
    listen("pointerleave", (event) => this.leave(event));
    listen("wheel", (event) => this.busy() || this.wheel(event), { passive: false });
    listen("dblclick", () => this.busy() || this.reset());
    listen("keydown", (event) => this.busy() || this.key(event));
    // Two fingers are ours; one scrolls the page unless there is something to pan.
    listen("touchstart", (event) => event.touches.length > 1 && event.preventDefault(), { passive: false });
    this.yield();
  }

  down(event) {
    if (event.button !== 0) return;
    this.pointers.set(event.pointerId, at(event));
    this.canvas.setPointerCapture(event.pointerId);
    this.start = this.pointers.size === 1 ? at(event) : undefined; // two fingers are no tap
    if (event.pointerType !== "mouse") this.hover(at(event));
  }

  move(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before) return this.hover(at(event));
    const now = at(event);
    if (this.start && distance(this.start, now) > STILL) this.start = undefined;
    if (this.pointers.size > 1) this.pinch(event.pointerId, before, now);
    else if (this.view.zoomed && !this.start) this.pan(before, now);
    else return undefined;
    this.pointers.set(event.pointerId, now);
    return this.changed();
  }

  up(event) {
    this.pointers.delete(event.pointerId);
    if (this.start && !this.busy()) this.tap(this.start);
    this.start = undefined;
  }

  leave(event) {
    this.pointers.delete(event.pointerId);
    this.start = undefined;
    const lifted = event.pointerType !== "mouse" && event.type === "pointerleave";
    if (!lifted) this.hover(null); // what a finger has touched stays marked
  }

  pinch(id, before, now) {
    const [other] = [...this.pointers].filter(([name]) => name !== id).map(([, place]) => place);
    const [old, fresh] = [middle(other, before), middle(other, now)];
    this.magnify(distance(other, now) / Math.max(distance(other, before), 1), old);
    this.pan(old, fresh);
  }

  pan(from, to) {
    const frame = this.frame();
    if (frame) this.view.pan((to.x - from.x) / frame.width, (from.y - to.y) / frame.height);
  }

  /** Zoom about a place on the canvas, or about the middle. */
  magnify(factor, place) {
    const frame = this.frame();
    if (!frame) return;
    const share = place
      ? [(place.x - frame.left) / frame.width, 1 - (place.y - frame.top) / frame.height]
      : [0.5, 0.5];
    this.view.zoom(factor, ...share.map((value) => Math.min(Math.max(value, 0), 1)));
    this.yield();
  }

  wheel(event) {
    const wanted = event.ctrlKey || event.metaKey;
    if (!wanted && !this.canvas.matches(":focus")) return;
    if (!wanted && event.deltaY > 0 && !this.view.zoomed) return; // the page may scroll on
    event.preventDefault();
    const delta = event.deltaY * (event.deltaMode === 1 ? LINE : 1);
    const speed = Math.abs(delta) < 30 ? 0.01 : 0.002; // fingers on a touchpad send small steps
    this.magnify(Math.exp(-delta * speed), at(event));
    this.changed();
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "0") this.reset();
    else if (KEYS[event.key]) this.magnify(KEYS[event.key]);
    else return;
    event.preventDefault();
    event.stopPropagation();
    this.changed();
  }

  reset() {
    this.view.reset();
    this.yield();
    this.changed();
  }

  /** Which touches the browser may take for scrolling. */
  yield() {
    this.canvas.style.touchAction = this.view.zoomed || this.busy() ? "none" : "pan-x pan-y";
  }
}

/** Where an event is on its canvas, in CSS pixels. */
export function at(event) {
  return { x: event.offsetX, y: event.offsetY };
}

const distance = (a, b) => Math.hypot(a.x - b.x, a.y - b.y);
const middle = (a, b) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
