// Where z lands, for data on a line or in the plane: real samples in green, what the generator
// makes of many z in purple, and the place of this z with the way it came.

import { element } from "../shell/dom.js";
import { drawAxes, drawPoints, faded, frameOf, Surface } from "../scene/plot.js";

const BINS = 56; // of the densities on a line
const TRAIL = 40; // places
const MARGINS = { left: 36, right: 8, top: 8, bottom: 24 };

export class Landing {
  /** about: the about answer's meta; real: its points {values, shape: [n, d]}. */
  constructor(place, about, real) {
    this.kind = about.kind;
    this.real = real;
    this.bounds = about.bounds?.flat() ?? spread(real);
    this.trail = [];
    this.canvas = element("canvas", "gl-x-landing");
    this.canvas.setAttribute("role", "img");
    place.append(this.canvas);
    this.surface = new Surface(this.canvas);
    this.surface.watch(() => this.wake());
    this.paintKind = { 1: () => this.line(), 2: () => this.plane() }[this.kind];
    this.densityOfReal = this.kind === 1 ? this.histogram(real) : undefined;
  }

  /** The generated cloud {values, shape: [n, d]}. */
  cloud(points) {
    this.fake = points;
    this.densityOfFake = this.kind === 1 ? this.histogram(points) : undefined;
    this.wake();
  }

  /** One sample, of d numbers. */
  show(sample) {
    this.trail.push(Array.from(sample));
    if (this.trail.length > TRAIL) this.trail.shift();
    const place = this.trail.at(-1).map((value) => value.toFixed(2)).join(", ");
    this.canvas.setAttribute("aria-label", `Real and generated samples, and this z, which lands at ${place}`);
    this.paint();
  }

  /** The trail begins afresh. */
  forget() {
    this.trail = this.trail.slice(-1);
  }

  setTheme(theme, palette) {
    Object.assign(this, { theme, palette });
    this.wake();
  }

  wake() {
    if (this.scheduled) return;
    this.scheduled = true;
    requestAnimationFrame(() => { this.scheduled = false; this.paint(); });
  }

  paint() {
    if (!this.theme || this.ended) return;
    this.surface.fit();
    if (!this.surface.width) return;
    this.surface.clear(this.theme);
    this.paintKind();
  }

  plane() {
    const { surface, palette } = this;
    const frame = frameOf(this.bounds, surface.room(MARGINS), { square: true });
    drawAxes(surface, frame, this.theme, palette);
    surface.clipped(frame, () => {
      drawPoints(surface, this.real, frame, { colour: palette.real, radius: 1.8, opacity: 0.5 });
      drawPoints(surface, this.fake, frame, { colour: palette.fake, radius: 2.2, opacity: 0.55 });
    });
    this.way(this.trail.map(([x, y]) => [frame.x(x), frame.y(y)]));
  }

  line() {
    const { surface, palette } = this;
    const peak = 1.1 * Math.max(1e-9, ...(this.densityOfReal ?? []), ...(this.densityOfFake ?? []));
    const frame = frameOf([this.bounds[0], this.bounds[1], 0, peak], surface.room(MARGINS));
    drawAxes(surface, frame, this.theme, palette, { y: false });
    surface.clipped(frame, () => {
      this.area(this.densityOfReal, frame, palette.real);
      this.area(this.densityOfFake, frame, palette.fake);
      this.drops(frame);
    });
    const within = (x) => Math.min(Math.max(x, frame.left), frame.left + frame.width);
    this.way(this.trail.map(([x]) => [within(frame.x(x)), frame.y(0) - 9]));
  }

  area(density, frame, colour) {
    if (!density) return;
    const { context } = this.surface;
    const [low, high] = this.bounds;
    context.beginPath();
    context.moveTo(frame.x(low), frame.y(0));
    const middle = (i) => low + ((i + 0.5) / BINS) * (high - low);
    density.forEach((value, i) => context.lineTo(frame.x(middle(i)), frame.y(value)));
    context.lineTo(frame.x(high), frame.y(0));
    Object.assign(context, { fillStyle: faded(colour, 0.22), strokeStyle: colour, lineWidth: 2 });
    context.fill();
    context.stroke();
  }

  drops(frame) {
    const last = this.trail.at(-1);
    if (!last) return;
    const { context } = this.surface;
    Object.assign(context, { strokeStyle: faded(this.palette.ink, 0.55), lineWidth: 1.5 });
    context.beginPath();
    context.moveTo(frame.x(last[0]), frame.top);
    context.lineTo(frame.x(last[0]), frame.y(0));
    context.stroke();
  }

  /** The trail in pixels, fading, and a dot at its end. */
  way(places) {
    const { surface: { context }, palette } = this;
    Object.assign(context, { lineWidth: 2.5, strokeStyle: palette.ink });
    for (let i = 1; i < places.length; i += 1) {
      context.globalAlpha = 0.6 * (i / places.length);
      context.beginPath();
      context.moveTo(...places[i - 1]);
      context.lineTo(...places[i]);
      context.stroke();
    }
    context.globalAlpha = 1;
    if (!places.length) return;
    context.beginPath();
    context.arc(...places.at(-1), 8, 0, 2 * Math.PI);
    Object.assign(context, { fillStyle: palette.fake, strokeStyle: palette.page, lineWidth: 3 });
    context.fill();
    context.stroke();
    Object.assign(context, { strokeStyle: palette.ink, lineWidth: 1.25 });
    context.stroke();
  }

  /** Share of the points {values} per unit in each of BINS cells, lightly smoothed. */
  histogram({ values }) {
    const [low, high] = this.bounds;
    const width = (high - low) / BINS;
    const counts = new Float32Array(BINS);
    for (const value of values) {
      const bin = Math.floor((value - low) / width);
      if (bin >= 0 && bin < BINS) counts[bin] += 1;
    }
    const at = (i) => counts[Math.min(Math.max(i, 0), BINS - 1)];
    return Array.from(counts, (own, i) => (at(i - 1) + 2 * own + at(i + 1)) / 4 / (values.length * width));
  }

  destroy() {
    this.ended = true;
    this.surface.destroy();
  }
}

/** Bounds around points where the server names none. */
function spread({ values, shape: [, d] }) {
  const of = (j) => Array.from(values).filter((_, i) => i % d === j);
  return Array.from({ length: d }, (_, j) => [Math.min(...of(j)), Math.max(...of(j))]).flat();
}
