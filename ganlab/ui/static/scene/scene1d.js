// The picture of one-dimensional data, after figure 1 of Goodfellow et al. 2014: the densities of
// the data and of the generator, what D makes of them, and below, the map from z to x = G(z).

import { blend, shade } from "./blend.js";
import { element } from "../shell/dom.js";
import { Readout, numbersAt } from "./hover1d.js";
import {
  band, bars, curve, drawDots, drawMoves, drawRays, drawTicks, drawWords, hatch, peaks, placed,
} from "./layers1d.js";
import { Legend1D } from "./legend1d.js";
import { Surface, drawAxes, faded, frameOf } from "./plot.js";
import { ramp } from "../shell/theme.js";
import { ticks } from "./ticks.js";

const ROOMY = { left: 56, right: 36, top: 26, bottom: 28, axis: "x = G(z)" };
const NARROW = { left: 36, right: 28, top: 26, bottom: 28, axis: "x" };
const NARROWEST = 440; // px of a roomy picture
const SHARE = 0.68; // of the height that is the densities' where the rays are shown
const STRIP = 28; // px under the densities, for the ticks of samples
const CERTAIN = 1.04; // upper end of D's axis, so that D = 1 is seen
const CLEAR = 0.03; // how far D has to be from 1/2 before the words there make room
const NONE = new Float32Array(0);
const SCORED = 2; // the stage from which D's scores of the batch are known

export class Scene1D {
  constructor(place, options) {
    Object.assign(this, options);
    this.arrays = new Map();
    this.meta = {};
    this.root = element("div", "gl-scene1d");
    this.canvas = element("canvas", "gl-canvas1d");
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", this.description);
    this.root.append(this.canvas);
    place.append(this.root);
    this.surface = new Surface(this.canvas);
    this.surface.watch(() => this.touch());
    this.readout = new Readout(this.root, this.canvas, () => this.touch());
    this.legend = new Legend1D(this.root, this.layers, () => this.changed());
    this.asked = this.legend.wanted.join();
  }

  changed() {
    this.touch();
    const { wanted } = this.legend;
    if (wanted.join() !== this.asked) this.send({ op: "look", layers: wanted });
    this.asked = wanted.join();
  }

  touch() {
    this.stale = true;
    this.wake?.();
  }

  setTheme(theme) {
    this.theme = theme;
    this.palette = this.palettes[theme.dark ? "dark" : "light"];
    const { palette } = this;
    this.belief = ramp([palette["believes-fake"], palette.axis, palette["believes-real"]]);
    const inked = (name) => blend(palette[name], theme.text, 0.35); // as the words of the sentence
    this.ink = { d: inked("believes-real"), fake: inked("fake") };
    this.pattern = undefined;
    this.stale = true;
  }

  /** What is known of the run from its start: what z is, whether p_g can be had exactly. */
  restart({ latent, p_g: how }) {
    this.severalLatents = latent && latent.dim + latent.signs > 1;
    this.legend.restart(how === "exact");
    this.stale = true;
  }

  show(arrays, meta) {
    Object.assign(this, { arrays, meta, stale: true });
    this.legend.estimator = meta.p_g;
  }

  /** Whether anything in view is measured on D's axis. */
  get judged() {
    return this.legend.has("d") || this.legend.has("best");
  }

  values(name) {
    return this.arrays.get(name)?.values ?? NONE;
  }

  paint() {
    if (!this.stale || !this.theme) return;
    this.stale = false;
    if (this.surface.fit()) this.pattern = undefined; // its lines are as thick as the device's
    this.surface.clear(this.theme);
    this.lay();
    if (!this.plot) return this.readout.hide();
    this.drawUpper();
    this.drawStrip();
    if (this.legend.has("rays")) this.drawMap();
    this.drawLabels();
    this.drawHover();
  }

  /** The rectangles: densities, D over them, the strip of samples, the map below. */
  lay() {
    const bounds = this.values("scene/bounds");
    this.plot = undefined;
    if (!(bounds[1] > bounds[0]) || this.surface.height < 100) return;
    const top = this.values("scene/top")[0] || 1;
    this.margin = this.surface.width < NARROWEST ? NARROW : ROOMY;
    const room = this.surface.room(this.margin);
    const inner = room.height;
    room.height = inner * (this.legend.has("rays") ? SHARE : 1) - STRIP;
    this.plot = frameOf([bounds[0], bounds[1], 0, top], room);
    this.score = frameOf([bounds[0], bounds[1], 0, CERTAIN], room);
    this.base = room.top + room.height;
    this.axis = this.base + STRIP;
    this.low = room.top + inner;
    const [z0, z1] = this.values("scene/z_range");
    this.latent = z1 > z0 ? frameOf([z0, z1, 0, 1], room) : undefined;
    this.x = placed(this.values("scene/x"), this.plot.x);
  }

  drawUpper() {
    const boxed = { ...this.plot, height: this.axis - this.plot.top };
    drawAxes(this.surface, boxed, this.theme, this.palette, { x: false });
    this.rule(Math.round(this.base) + 0.5, this.palette.axis);
    this.surface.clipped({ ...this.plot, top: this.plot.top - 1, height: this.plot.height + 2 }, () => {
      this.drawDensities();
      this.drawBelief();
    });
    if (this.legend.has("p_g")) this.drawPeaks();
  }

  drawDensities() {
    const { palette, legend } = this;
    const shape = this.meta.p_g === "histogram" ? bars : curve;
    const layers = [
      ["data", "scene/p_data", curve, palette.real, 0.16],
      ["p_g", "scene/p_g", shape, palette.fake, 0.2],
    ].filter(([name]) => legend.has(name));
    const drawn = layers.map(([, array, make, colour, opacity]) => {
      const y = placed(this.values(array), this.plot.y);
      return { ...make(this.x, y, this.base), colour, opacity, thin: make === bars };
    });
    for (const { area, colour, opacity } of drawn) this.fill(area, faded(colour, opacity));
    for (const { line, colour, thin } of drawn) this.stroke(line, colour, thin ? 1 : 2);
  }

  drawBelief() {
    const { palette, legend, score, surface: { context } } = this;
    const blue = palette["believes-real"];
    if (!this.judged) return;
    context.setLineDash([2, 4]);
    this.rule(Math.round(score.y(0.5)) + 0.5, this.ink.d, 1.25);
    context.setLineDash([]);
    const [d, best] = ["scene/d", "scene/best"].map((name) => placed(this.values(name), score.y));
    if (legend.has("best")) {
      this.pattern ??= hatch(context, faded(blue, 0.55), this.surface.ratio);
      const gap = legend.has("d") ? band(this.x, d, best) : new Path2D();
      this.fill(gap, faded(blue, 0.1));
      this.fill(gap, this.pattern);
      context.setLineDash([7, 5]);
      this.stroke(curve(this.x, best, this.base).line, blue, 2);
      context.setLineDash([]);
    }
    if (!legend.has("d")) return;
    const { line } = curve(this.x, d, this.base);
    this.stroke(line, faded(this.theme.background, 0.7), 6); // set off from the fills under it
    this.stroke(line, blue, 3.5);
  }

  /** Where p_g goes on above the picture: a caret, and how far up. */
  drawPeaks() {
    const { context } = this.surface;
    const { top, left, width, bounds } = this.plot;
    context.font = `600 12px ${this.theme.font}`;
    for (const { x, value } of peaks(this.x, this.values("scene/p_g"), bounds[3])) {
      if (!(x >= left && x <= left + width)) continue;
      const caret = new Path2D(`M${x - 5} ${top + 9} L${x} ${top + 2} L${x + 5} ${top + 9} Z`);
      this.stroke(caret, this.theme.background, 3);
      this.fill(caret, this.palette.fake);
      const outer = x > left + width / 2;
      const beside = { colour: this.ink.fake, align: outer ? "right" : "left" };
      this.words(`${Number(value.toPrecision(2))}`, x + (outer ? -10 : 10), top + 8, beside);
    }
  }

  /** The samples under the densities; in slow motion, the batch in hand. */
  drawStrip() {
    const { palette, plot, surface: { context } } = this;
    const rows = { real: this.base + 4, fake: this.base + 15 };
    this.surface.clipped({ ...plot, top: this.base, height: STRIP }, () => {
      if (this.meta.stage) return this.drawBatch();
      for (const side of ["real", "fake"]) {
        const look = { top: rows[side], length: 9, colour: palette[side] };
        drawTicks(context, this.values(`scene/${side}`), plot.x, look);
      }
    });
  }

  drawBatch() {
    const { palette, plot, surface: { context } } = this;
    const [fake, scores, moved] = ["fake", "belief", "moved"].map((name) => this.values(`stage/${name}`));
    const scored = this.meta.stage.index >= SCORED && scores.length > 0;
    const row = { top: this.base + 10, height: STRIP - 11 };
    drawTicks(context, this.values("stage/real"), plot.x, {
      top: this.base + 1, length: 9, colour: palette.real, width: 2, opacity: 0.9,
    });
    drawDots(context, fake, plot.x, {
      ...row, outline: palette.fake, ink: (i) => (scored ? shade(this.belief, scores[i]) : palette.fake),
    });
    drawMoves(context, fake, moved, plot.x, { ...row, colour: palette.gradient });
  }

  drawMap() {
    const { surface, plot, axis, low, latent } = this;
    const rays = this.values("scene/rays");
    if (latent) {
      const many = Math.min(0.75, 45 / Math.max(rays.length / 2, 1));
      surface.clipped({ ...plot, top: axis, height: low - axis }, () => {
        drawRays(surface.context, rays, {
          z: latent.x, x: plot.x, low, high: axis + 1, colour: this.palette.fake,
          opacity: this.meta.stage ? many / 3 : many,
        });
      });
    }
    this.rule(Math.round(low) + 0.5, this.palette.muted, 1.5);
  }

  drawLabels() {
    const { surface: { context }, plot, palette, margin, theme } = this;
    this.rule(Math.round(this.axis) + 0.5, palette.muted, 1.5);
    context.font = `12px ${theme.font}`;
    this.words("density", plot.left, plot.top - 12);
    this.scale(ticks(...plot.bounds), plot.x, this.axis + 16);
    const mapped = this.legend.has("rays") && this.latent;
    if (mapped) this.scale(ticks(...this.latent.bounds), this.latent.x, this.low + 15);
    if (this.judged) this.drawVerdicts();
    context.font = `600 12px ${theme.font}`;
    const named = { align: "right", colour: theme.text };
    this.words(mapped ? margin.axis : "x", plot.left - 7, this.axis, named);
    if (mapped) this.words(this.severalLatents ? "z\u2081" : "z", plot.left - 7, this.low, named);
  }

  scale(marks, map, y) {
    for (const { value, label } of marks) this.words(label, map(value), y, { align: "center", halo: 7 });
  }

  /** D's axis, and what 1/2 on it means: above the line there, or below where D is above. */
  drawVerdicts() {
    const { plot, score } = this;
    const blue = { colour: this.ink.d };
    for (const [value, label] of [[0, "0"], [0.5, "1/2"], [1, "1"]]) {
      this.words(label, plot.left + plot.width + 7, score.y(value), blue);
    }
    const d = this.values("scene/d");
    const above = d[Math.round(d.length / 10)] - 0.5;
    if (Math.abs(above) > CLEAR) this.lowered = above > 0;
    this.words("D(x)", plot.left + plot.width, plot.top - 12, { ...blue, align: "right" });
    this.words("1/2: D cannot tell", plot.left + 6, score.y(0.5) + (this.lowered ? 11 : -11), blue);
  }

  drawHover() {
    const at = this.readout.place;
    const inside = at !== undefined && at >= this.plot.left && at <= this.plot.left + this.plot.width;
    const numbers = inside && numbersAt(this.plot.toX(at), this.arrays, this.legend);
    if (!numbers) return this.readout.hide();
    const x = this.plot.x(numbers.x);
    this.stroke(new Path2D(`M${x} ${this.plot.top} V${this.axis}`), this.theme.text, 1);
    return this.readout.show(numbers, this.legend.estimated, x, this.plot.top + 6);
  }

  words(text, x, y, { align = "left", colour = this.palette.muted, halo = 4 } = {}) {
    drawWords(this.surface.context, text, x, y, { colour, align, halo, background: this.theme.background });
  }

  rule(y, colour, width = 1) {
    const { left, width: length } = this.plot;
    this.stroke(new Path2D(`M${left} ${y} h${length}`), colour, width);
  }

  stroke(path, colour, width) {
    const { context } = this.surface;
    Object.assign(context, { strokeStyle: colour, lineWidth: width, lineJoin: "round" });
    context.stroke(path);
  }

  fill(path, colour) {
    this.surface.context.fillStyle = colour;
    this.surface.context.fill(path);
  }

  destroy() {
    this.readout.destroy();
    this.surface.destroy();
    this.root.remove();
  }
}
