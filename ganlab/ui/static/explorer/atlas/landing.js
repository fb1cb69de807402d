// Where the latents of the window land, for data of one or two dimensions: the tiles' middles as a
// grid in the data plane, or as a histogram on the line, in the atlas's colours.

import { element } from "../../shell/dom.js";
import { ROOM } from "./view.js";
import { drawAxes, drawPoints, frameOf, Surface } from "../../scene/plot.js";
import { drawCross } from "../../scene/shapes.js";

const BINS = 64;
const BETWEEN = 12; // steps from a landed tile to the next, for the histogram
const AROUND = 0.12; // around the real samples, of their range
const REACH = 14; // px from a landed tile within which it is meant
const FAN = 0.55; // of the height, for the lines from z to its sample
const CURVE = 0.7; // of the height, for the real samples' highest bin

const WORDS = {
  line: "Green: real samples. Purple: G(z), each z with the weight the prior gives it.",
  plane: "Dots: real samples. Mesh: the window\u2019s latents where they land, in the same colours.",
};

export class AtlasLanding {
  /**
   * bounds: [[low, high], ...] per dimension; real: {values}; density({u, v}) of
   * the prior; point({u, v} or null), pick({u, v}).
   */
  constructor(place, options) {
    Object.assign(this, options);
    this.flat = this.bounds.length < 2;
    this.words = this.flat ? WORDS.line : WORDS.plane;
    this.canvas = element("canvas", "gl-x-landing-canvas");
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", "Data space: real samples, and where each z of the window lands");
    place.append(this.canvas);
    this.surface = new Surface(this.canvas);
    this.surface.watch(() => this.resized());
    const find = (event) => this.latent(this.find(event.offsetX, event.offsetY));
    this.canvas.addEventListener("pointermove", (event) => this.point(find(event)));
    this.canvas.addEventListener("pointerleave", () => this.point(null));
    this.canvas.addEventListener("click", (event) => find(event) && this.pick(find(event)));
  }

  /** sheet: the one shown; above: the frame of the z axis over it, on a line; mark: index or -1. */
  paint({ sheet, colouring, above, mark, theme, palette }) {
    const { surface } = this;
    surface.fit();
    surface.clear(theme);
    Object.assign(this, { sheet, above });
    const [across, up] = this.bounds;
    if (this.flat) this.line(colouring, mark, theme, palette);
    else {
      this.frame = frameOf([...across, ...up], surface.room(ROOM), { square: true });
      surface.clipped(this.frame, () => this.plane(colouring, mark, palette));
      drawAxes(surface, this.frame, theme, palette);
    }
  }

  /** Pixels of a tile's sample. */
  placed(index) {
    const { sheet: { x, each }, frame } = this;
    const left = frame.x(x[each * index]);
    return [left, this.flat ? this.floor : frame.y(x[each * index + 1])];
  }

  plane(colouring, mark, palette) {
    const { surface, frame, sheet } = this;
    drawPoints(surface, this.real, frame, { colour: palette.real, radius: 1.75, opacity: 0.45 });
    if (!sheet?.x) return;
    this.cells(sheet, colouring);
    if (mark >= 0) drawCross(surface, ...this.placed(mark), palette, 9);
  }

  /** The quadrilaterals between four landed neighbours, in the colour of the first. */
  cells(sheet, colouring) {
    const { context } = this.surface;
    const { n, rows } = sheet;
    const corners = Array.from({ length: sheet.size }, (_, i) => this.placed(i));
    for (let i = 0; i < (rows - 1) * n; i += 1) {
      if (i % n === n - 1) continue;
      const around = [i, i + 1, i + n + 1, i + n].map((k) => corners[k]);
      if (around.some(([x, y]) => !Number.isFinite(x + y))) continue;
      context.beginPath();
      around.forEach(([x, y], k) => (k ? context.lineTo(x, y) : context.moveTo(x, y)));
      context.closePath();
      context.fillStyle = context.strokeStyle = css(colouring.ground(sheet, i));
      context.globalAlpha = 0.45;
      context.fill();
      context.globalAlpha = 0.9;
      context.lineWidth = 0.75;
      context.stroke();
    }
    context.globalAlpha = 1;
  }

  /** Real samples and landed latents as histograms; on a line also where each z goes. */
  line(colouring, mark, theme, palette) {
    const { surface, sheet, above } = this;
    const room = surface.room({ ...ROOM, top: above ? 0 : ROOM.top });
    const fan = above ? FAN * room.height : 0;
    const most = room.height - fan;
    this.frame = frameOf([...this.bounds[0], 0, 1], { ...room, top: room.top + fan, height: most });
    this.floor = this.frame.top;
    this.histogram(bins(shares(this.real.values), this.bounds[0]), palette.real, 0.3);
    if (sheet?.x) {
      this.histogram(bins(landed(sheet, this.density), this.bounds[0]), palette.fake, 0, 2);
      this.fan(sheet, colouring, above, mark, palette);
    }
    drawAxes(surface, this.frame, theme, palette, { y: false });
  }

  histogram(counts, colour, fill, width = 1) {
    const { frame, surface: { context } } = this;
    const bottom = frame.top + frame.height;
    if (fill) this.peak = Math.max(...counts); // both are on the real samples' scale
    const scale = (CURVE * frame.height) / this.peak;
    context.beginPath();
    context.moveTo(frame.left, bottom);
    counts.forEach((count, i) => {
      const y = bottom - Math.min(count * scale, frame.height);
      context.lineTo(frame.left + (i / BINS) * frame.width, y);
      context.lineTo(frame.left + ((i + 1) / BINS) * frame.width, y);
    });
    context.lineTo(frame.left + frame.width, bottom);
    context.strokeStyle = context.fillStyle = colour;
    context.lineWidth = width;
    context.globalAlpha = fill || 1;
    if (fill) context.fill();
    context.globalAlpha = 1;
    context.stroke();
  }

  /** A line from each z, on the axis over this, to its sample; ticks alone under a plane. */
  fan(sheet, colouring, above, mark, palette) {
    const { context } = this.surface;
    for (let i = 0; i < sheet.size; i += 1) {
      const [x, y] = this.placed(i);
      if (!(x >= this.frame.left && x <= this.frame.left + this.frame.width)) continue;
      context.beginPath();
      context.moveTo(above ? above.x(sheet.middle(i).u) : x, above ? 0 : y);
      context.lineTo(x, above ? y : y + 10);
      context.strokeStyle = i === mark ? palette.ink : css(colouring.ground(sheet, i));
      context.lineWidth = i === mark ? 3 : 1.5;
      context.stroke();
    }
  }

  latent(index) {
    return index >= 0 ? this.sheet.middle(index) : null;
  }

  /** The landed tile nearest to a place in pixels, -1 where there is none within reach. */
  find(x, y) {
    const { sheet } = this;
    if (!sheet?.x || !this.frame) return -1;
    let [best, least] = [-1, REACH * REACH];
    for (let i = 0; i < sheet.size; i += 1) {
      const [px, py] = this.placed(i);
      const away = (px - x) ** 2 + (this.flat ? 0 : (py - y) ** 2);
      if (away < least) [best, least] = [i, away];
    }
    return best;
  }

  destroy() {
    this.surface.destroy();
  }
}

const css = ([r, g, b] = [128, 128, 128]) => `rgb(${Math.round(r)} ${Math.round(g)} ${Math.round(b)})`;

/** The weight per bin of pairs [value, weight] that lie in [low, high]. */
function bins(pairs, [low, high]) {
  const counts = new Array(BINS).fill(0);
  for (const [value, weight] of pairs) {
    const bin = Math.floor(((value - low) / (high - low)) * BINS);
    if (bin >= 0 && bin < BINS) counts[bin] += weight;
  }
  return counts;
}

const shares = (values) => Array.from(values, (value) => [value, 1 / values.length]);

/** Samples along the rows of a sheet, each with the mass the prior gives its z. */
function* landed(sheet, density) {
  const { x, n, rows, window: [u0, u1, v0, v1] } = sheet;
  const area = ((u1 - u0) / n / BETWEEN) * (rows > 1 ? (v1 - v0) / rows : 1);
  for (let i = 0; i < sheet.size; i += 1) {
    if (i % n === n - 1) continue;
    const { u, v } = sheet.middle(i);
    for (let k = 0; k < BETWEEN; k += 1) {
      const share = k / BETWEEN;
      const mass = density({ u: u + (share * (u1 - u0)) / n, v }) * area;
      yield [x[i] + share * (x[i + 1] - x[i]), mass];
    }
  }
}

/** [[low, high], ...] of samples {values, shape: [n, d]}, with room around. */
export function boundsOf({ values, shape }) {
  return Array.from({ length: shape[1] }, (_, k) => {
    const column = values.filter((value, i) => i % shape[1] === k && Number.isFinite(value));
    const [low, high] = column.reduce(([a, b], x) => [Math.min(a, x), Math.max(b, x)], [Infinity, -Infinity]);
    const more = AROUND * Math.max(high - low, 1e-3);
    return [low - more, high + more];
  });
}
