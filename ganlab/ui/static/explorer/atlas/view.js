// The window on the latent plane: sheets of tiles drawn where they lie, and z's place among them.

import { element } from "../../shell/dom.js";
import { Gestures } from "../../scene/gestures.js";
import { drawAxes, frameOf, Surface, View } from "../../scene/plot.js";
import { drawRing } from "../../scene/shapes.js";
import { levelOf } from "./plane.js";

export const ROOM = { left: 36, right: 4, top: 14, bottom: 26 }; // px, leaving a square of a square
const PAN = 0.15; // of the window, per arrow key
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const EDGE = 9; // px from the edge at which a z outside the window is shown
const KEYS = "Plus and minus zoom, 0 shows all, arrow keys pan once zoomed in, Shift with them moves z.";

export class AtlasView {
  /**
   * changed(): another window; hover({u, v} or null); pick({u, v}); step([du, dv] in tiles);
   * undo(): the last two picks were a double click.
   */
  constructor(place, options) {
    Object.assign(this, options);
    this.view = new View();
    this.canvas = element("canvas", "gl-x-atlas-canvas");
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute("role", "application");
    this.canvas.setAttribute("aria-roledescription", "latent plane");
    place.append(this.canvas);
    this.surface = new Surface(this.canvas);
    this.surface.watch(() => this.resized());
    this.gestures = new Gestures(this.canvas, {
      view: this.view,
      frame: () => this.frame,
      changed: () => this.changed(),
      hover: (at) => this.hover(this.at(at)),
      tap: (at) => this.at(at) && this.pick(this.at(at)),
      busy: () => false,
    });
    this.canvas.addEventListener("keydown", (event) => this.key(event));
    this.canvas.addEventListener("dblclick", () => this.undo());
  }

  /** plane: a Plane; its whole is shown. */
  restart(plane) {
    this.plane = plane;
    this.gestures.reset();
    const [across, up] = plane.axes.map(({ label }) => label);
    const words = up ? `${across} across, ${up} up` : `${across} across`;
    this.canvas.setAttribute("aria-label", `Latent plane: ${words}. ${KEYS}`);
  }

  /** The part [u0, u1, v0, v1] of the plane that is looked at. */
  get part() {
    const part = this.view.of(this.plane.bounds);
    return this.plane.line ? [...part.slice(0, 2), ...this.plane.bounds.slice(2)] : part;
  }

  get level() {
    return levelOf(this.view.share);
  }

  /** CSS pixels across the tiles; 0 while the canvas is not on the page. */
  get across() {
    this.surface.fit();
    return this.surface.width && this.surface.room(ROOM).width;
  }

  at(place) {
    const { frame } = this;
    if (!place || !frame) return null;
    const [dx, dy] = [place.x - frame.left, place.y - frame.top];
    if (dx < 0 || dy < 0 || dx > frame.width || dy > frame.height) return null;
    return { u: frame.toX(place.x), v: this.plane.line ? 0 : frame.toY(place.y) };
  }

  key(event) {
    const way = ARROWS[event.key];
    if (!way || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation(); // elsewhere the arrows are the run's
    if (event.shiftKey) return this.step(way);
    this.view.pan(-way[0] * PAN, -way[1] * PAN);
    this.changed();
  }

  zoom(factor) {
    this.gestures.magnify(factor);
    this.changed();
  }

  reset() {
    this.gestures.reset();
  }

  /** sheets: drawn in this order; place, mark: {u, v} of z and of what is pointed at. */
  paint({ sheets, colouring, place, mark, theme, palette }) {
    const { surface } = this;
    surface.fit();
    surface.clear(theme);
    this.frame = frameOf(this.part, surface.room(ROOM));
    this.ground(palette, colouring);
    surface.clipped(this.frame, () => {
      for (const sheet of sheets) {
        sheet.colour(colouring);
        sheet.draw(surface.context, this.frame, colouring.smooth);
      }
    });
    drawAxes(surface, this.frame, theme, palette, { y: !this.plane.line });
    if (mark) this.box(mark, palette);
    if (place) this.marker(place, palette);
  }

  /** What is not known yet. */
  ground(palette, { pictures }) {
    const { left, top, width, height } = this.frame;
    this.surface.context.fillStyle = pictures ? "black" : palette.axis;
    this.surface.context.fillRect(left, top, width, height);
  }

  /** z: a ring with a dot; at the edge, hollow, where it lies outside the window. */
  marker({ u, v }, palette) {
    const { frame } = this;
    const inside = (value, low, size) => Math.min(Math.max(value, low + EDGE), low + size - EDGE);
    const [x, y] = [frame.x(u), frame.y(this.plane.line ? 0 : v)];
    const [nearX, nearY] = [inside(x, frame.left, frame.width), inside(y, frame.top, frame.height)];
    const [u0, u1, v0, v1] = this.part;
    const seen = u >= u0 && u <= u1 && (this.plane.line || (v >= v0 && v <= v1));
    drawRing(this.surface, seen ? x : nearX, seen ? y : nearY, seen ? 9 : 5, palette);
    if (seen) drawRing(this.surface, x, y, 1, palette);
  }

  /** A frame around a tile [u0, u1, v0, v1]. */
  box([u0, u1, v0, v1], palette) {
    const { frame, surface: { context } } = this;
    const [left, right] = [frame.x(u0), frame.x(u1)];
    const whole = [frame.top, frame.top + frame.height];
    const [top, bottom] = this.plane.line ? whole : [frame.y(v1), frame.y(v0)];
    for (const [colour, width] of [[palette.page, 4], [palette.ink, 2]]) {
      context.strokeStyle = colour;
      context.lineWidth = width;
      context.strokeRect(left, top, right - left, bottom - top);
    }
  }

  destroy() {
    this.surface.destroy();
  }
}
