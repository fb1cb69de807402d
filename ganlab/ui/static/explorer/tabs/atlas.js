// The tab "Plane": a window on any two directions of the latent space, as a mosaic of what the
// generator makes there, coloured by class, by D or by how much the generator stretches.

import { AtlasAxes } from "../atlas/axes.js";
import { COLOURS } from "../atlas/colour.js";
import { AtlasControls } from "../atlas/controls.js";
import { AtlasLanding, boundsOf } from "../atlas/landing.js";
import { Plane } from "../atlas/plane.js";
import { AtlasRanges } from "../atlas/ranges.js";
import { AtlasSheets } from "../atlas/sheets.js";
import { AtlasSide } from "../atlas/side.js";
import { AtlasView } from "../atlas/view.js";
import { census } from "../atlas/words.js";
import { element } from "../../shell/dom.js";

const TILE = { image: 30, point: 15 }; // px
const DOUBLE = 600; // milliseconds within which two clicks are one
const STILL = 1e-5; // how far an origin may be off and still be the same
const PATIENCE = 1000; // milliseconds between two looks at weights that move
const SAID = 6000; // milliseconds a refusal stays

export default class AtlasTab {
  static title = "Plane";

  static applies = (about) => about.latent.dim > 0;

  constructor(place, explorer) {
    this.explorer = explorer;
    this.axes = new AtlasAxes();
    this.ranges = new AtlasRanges();
    this.digits = true;
    this.root = element("div", "gl-x-atlas");
    place.append(this.root);
    this.build();
  }

  build() {
    this.controls = new AtlasControls(this.root, {
      axes: (i, key) => this.choose(i, key),
      colour: (mode) => this.colour({ mode }),
      digits: (digits) => this.colour({ digits }),
      zoom: (factor) => this.view.zoom(factor),
      reset: () => this.view.reset(),
    });
    this.main = element("div", "gl-x-atlas-main");
    this.pictures = element("div", "gl-x-atlas-pictures");
    this.main.append(this.pictures);
    this.side = new AtlasSide(this.main, this.explorer.channel, () => this.exported());
    this.root.append(this.main);
    this.view = new AtlasView(this.pictures, {
      changed: () => {
        this.hover(null); // what is under the pointer is something else now
        this.look();
      },
      resized: () => this.look(),
      hover: (at) => this.hover(at),
      pick: (at) => this.pick(at),
      step: (way) => this.step(way),
      undo: () => this.place(this.before),
    });
    this.sheets = new AtlasSheets(this.explorer.channel, {
      changed: () => this.schedule(),
      next: () => this.look(),
      ready: (sheet) => this.ready(sheet),
      failed: (text) => this.explorer.say(text, SAID),
    });
  }

  /** Another generator: its axes, what it can be coloured by, and where it lands. */
  describe(about, arrays) {
    this.about = about;
    this.image = about.shape.length > 1;
    this.off?.();
    this.off = this.explorer.point.on((what) => what === "axes" && this.restart());
    this.landing?.destroy();
    this.landing?.canvas.remove();
    this.landing = this.image ? undefined : this.landed(arrays.get("real"));
    this.side.export.describe({ image: this.image });
    this.modes = undefined;
    this.sheets.forget();
    this.restart();
  }

  landed(real) {
    return new AtlasLanding(this.pictures, {
      real, bounds: boundsOf(real), density: (at) => this.plane.density(at, this.about.latent.kind),
      point: (at) => this.hover(at),
      pick: (at) => this.place(at),
      resized: () => this.schedule(),
    });
  }

  /** The axes there are may be others now. */
  restart() {
    const changed = this.axes.renew(this.explorer.point);
    this.offer();
    if (changed || !this.modes) this.replane();
  }

  choose(i, key) {
    this.axes.choose(i, key);
    this.offer();
    this.replane();
  }

  offer() {
    this.controls.choices(this.axes.options(this.explorer.point), this.axes.keys);
  }

  replane() {
    const { point } = this.explorer;
    this.plane = new Plane(this.axes.keys.map((key) => point.axis(key)), point.size);
    this.z = this.plane.split(point);
    this.root.classList.toggle("gl-x-atlas-line", this.plane.line);
    this.root.classList.toggle("gl-x-atlas-points", !this.image);
    this.sheets.clear();
    this.origin = undefined;
    this.ranges = new AtlasRanges();
    this.marked = undefined;
    this.view.restart(this.plane);
    this.modes = this.controls.offer({ image: this.image, about: this.about, line: this.plane.line });
    this.colour({ mode: this.modes.includes(this.mode) ? this.mode : this.modes[0] });
    this.moved();
  }

  colour({ mode = this.mode, digits = this.digits }) {
    Object.assign(this, { mode, digits, colouring: undefined });
    const best = this.sheets.best;
    if (best) this.tell(best);
    this.look(); // the colour may need what was not asked for
  }

  // -- what happens ---------------------------------------------------------------------------

  show() {
    this.visible = true;
    this.moved();
    this.look();
  }

  hide() {
    this.visible = false;
  }

  moved() {
    const { u, v, origin } = this.plane.split(this.explorer.point);
    this.z = { u, v };
    const same = this.origin?.every((value, i) => Math.abs(value - origin[i]) < STILL);
    if (!same) {
      this.origin = origin;
      this.sheets.expire();
      this.look();
    }
    if (!this.pointed) this.tile(this.z);
    this.schedule();
  }

  /** The weights moved: the same window again, as often as it can be shown. */
  pulse() {
    if (this.pending) return;
    const wait = Math.max(0, (this.pulsed ?? 0) + PATIENCE - performance.now());
    this.pending = setTimeout(() => {
      this.pending = undefined;
      if (!this.visible) return this.sheets.expire();
      if (this.sheets.busy) return this.pulse();
      this.pulsed = performance.now();
      this.sheets.expire();
      return this.look({ whole: true });
    }, wait);
  }

  look(how) {
    this.schedule();
    const { across } = this.view;
    if (!this.visible || !across || !this.origin) return;
    const { part, level } = this.view;
    const stretch = Boolean(COLOURS[this.mode].stretch);
    const tiles = this.sheets.across(across / TILE[this.image ? "image" : "point"], stretch);
    this.sheets.look({ plane: this.plane, origin: this.origin, part, level, tiles, stretch }, how);
  }

  ready(sheet) {
    this.rescale(sheet);
    this.tell(sheet);
    this.hover(this.pointed);
  }

  rescale(sheet) {
    if (this.ranges.take(sheet, { image: this.image })) this.colouring = undefined;
  }

  tell(sheet) {
    this.side.tell(sheet, this.mode, this.image);
    this.counts = sheet.numbers.class && census(sheet);
  }

  // -- the pointer ----------------------------------------------------------------------------

  hover(at) {
    this.pointed = at;
    const { best } = this.sheets;
    const index = at && best ? best.find(at.u, at.v) : -1;
    this.marked = index >= 0 ? index : undefined;
    this.tile(index >= 0 ? best.middle(index) : at ?? this.z);
    this.schedule();
  }

  /** A tile and z, in words. */
  tile(at) {
    const { best } = this.sheets;
    this.side.tile(this.plane, at, best, this.pointed);
  }

  /** z to a tile; where it was is kept, as this may become a double click. */
  pick(at) {
    const now = performance.now();
    if (now - (this.picked ?? -DOUBLE) >= DOUBLE) this.before = this.z;
    this.picked = now;
    const { best } = this.sheets;
    const index = best ? best.find(at.u, at.v) : -1;
    this.place(index >= 0 ? best.middle(index) : at);
  }

  /** z one tile on. */
  step([du, dv]) {
    const { best } = this.sheets;
    if (!best) return;
    const [u0, u1, v0, v1] = best.window;
    const [low, high, bottom, top] = this.plane.bounds;
    const inside = (value, a, b) => Math.min(Math.max(value, a), b);
    this.place({
      u: inside(this.z.u + (du * (u1 - u0)) / best.n, low, high),
      v: this.plane.line ? 0 : inside(this.z.v + (dv * (v1 - v0)) / best.n, bottom, top),
    });
  }

  place(at) {
    this.plane.place(this.explorer.point, at, this.origin);
  }

  exported() {
    const { best } = this.sheets;
    if (!best) return undefined;
    const { window, n } = best;
    return { origin: this.origin, axes: this.plane.vectors, window, n, side: this.image ? best.shape[1] : 1 };
  }

  // -- painting -------------------------------------------------------------------------------

  schedule() {
    if (this.scheduled || this.closed) return;
    this.scheduled = true;
    requestAnimationFrame(() => {
      this.scheduled = false;
      if (this.visible && !this.closed && this.explorer.theme) this.paint();
    });
  }

  paint() {
    const { theme, palette } = this.explorer;
    const { sheets, best } = this.sheets;
    const newest = best ?? sheets.at(-1);
    if (newest && !this.ranges.all.stretch) this.rescale(newest);
    this.colouring ??= this.mixed(palette);
    const mark = this.marked === undefined || !best ? undefined : best.outline(this.marked);
    this.view.paint({ sheets, colouring: this.colouring, place: this.z, mark, theme, palette });
    const above = this.plane.line ? this.view.frame : undefined;
    const { colouring } = this;
    const landed = this.marked ?? best?.find(this.z.u, this.z.v) ?? -1; // pointed at, else z
    this.landing?.paint({ sheet: newest, colouring, above, mark: landed, theme, palette });
    this.words();
  }

  words() {
    const { mode, counts, colouring: { stops } } = this;
    this.side.key.show(mode, { stops, range: this.ranges.all[mode], counts, beside: this.landing?.words });
    this.controls.show({ mode, digits: this.digits, image: this.image, zoomed: this.view.view.zoomed });
  }

  mixed(palette) {
    const pictures = this.image && (this.digits || this.mode === "pictures");
    const made = COLOURS[this.mode].make({ pictures, palette, ranges: this.ranges.all });
    return { ...made, pictures, key: {}, smooth: pictures || !["class", "place"].includes(this.mode) };
  }

  setTheme() {
    this.colouring = undefined;
    this.schedule();
  }

  destroy() {
    this.closed = true;
    clearTimeout(this.pending);
    this.off?.();
    this.view.destroy();
    this.landing?.destroy();
    this.root.remove();
  }
}
