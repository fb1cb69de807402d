// The walk of a generator of points: its trail through the data space. In 1-D the frames run
// upwards, so that the trail can be followed.

import { element, write } from "../../shell/dom.js";
import { drawAxes, drawPoints, frameOf, Surface } from "../../scene/plot.js";
import { boundsOf } from "./thumbnail.js";

const SPARE = 0.03; // of the frames, so that the ends of the trail are not cut off
const ROOM = { left: 36, right: 8, top: 8, bottom: 24 };

export class TrailStage {
  /** seek(frame): a click on the trail. */
  constructor(place, explorer, seek) {
    Object.assign(this, { explorer, walks: {}, frame: 0 });
    this.root = element("figure", "gl-x-w-trail");
    this.canvas = element("canvas");
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", "The trail of the walk among the real data");
    this.legend = element("figcaption", "gl-x-w-quiet");
    this.root.append(this.canvas, this.legend);
    place.append(this.root);
    this.surface = new Surface(this.canvas);
    this.surface.watch(() => this.draw());
    this.canvas.addEventListener("click", (event) => this.click(event, seek));
  }

  load(walks) {
    this.walks = walks;
    const { main, other } = walks;
    const paths = other ? `the walk: ${main.path} solid, ${other.path} dashed.` : "the walk.";
    const upwards = this.explorer.about.kind === 1 ? " Upwards: its frames." : "";
    write(this.legend, `Green: real data. Purple: ${paths}${upwards}`);
    this.draw();
  }

  show(frame) {
    this.frame = frame;
    this.draw();
  }

  draw() {
    const { explorer: { theme, palette, about }, surface } = this;
    if (!theme || !about) return;
    surface.fit();
    surface.clear(theme);
    const bounds = boundsOf(this.explorer);
    const last = Math.max((this.walks.main?.count ?? 2) - 1, 1);
    const upwards = bounds[1] ?? [-SPARE * last, (1 + SPARE) * last];
    const flat = about.kind === 1;
    this.plot = frameOf([...bounds[0], ...upwards], surface.room(ROOM), { square: !flat });
    drawAxes(surface, this.plot, theme, palette);
    surface.clipped(this.plot, () => this.drawInside(flat, palette));
  }

  drawInside(flat, palette) {
    this.drawReal(flat, palette);
    const { main, other } = this.walks;
    if (other) this.line(other, palette.muted, [5, 4]);
    if (!main) return;
    this.line(main, palette.fake, []);
    this.dots(main, Array.from(main.keys.values), { fill: palette.page, line: palette.fake, radius: 4.5 });
    if (other) this.dots(other, [this.frame], { fill: palette.muted, line: palette.page, radius: 6 });
    this.dots(main, [this.frame], { fill: palette.fake, line: palette.page, radius: 7 });
  }

  /** Real data: dots in a plane; in 1-D a stroke for each at the foot. */
  drawReal(flat, palette) {
    const real = this.explorer.arrays?.get("real");
    if (!real) return;
    if (!flat) {
      drawPoints(this.surface, real, this.plot, { colour: palette.real, radius: 1.75, opacity: 0.5 });
      return;
    }
    const { context } = this.surface;
    const { top, height, x } = this.plot;
    context.fillStyle = palette.real;
    context.globalAlpha = 0.25;
    for (const value of real.values) context.fillRect(x(value) - 0.5, top + height - 14, 1, 14);
    context.globalAlpha = 1;
  }

  /** [x, y] in pixels of frame i of a walk. */
  spot({ x: { values, shape } }, i) {
    const d = shape[1];
    const [x, y] = [values[i * d], d > 1 ? values[i * d + 1] : i];
    return [this.plot.x(x), this.plot.y(y)];
  }

  line(walk, colour, dash) {
    const { context } = this.surface;
    context.beginPath();
    for (let i = 0; i < walk.x.shape[0]; i += 1) context.lineTo(...this.spot(walk, i));
    context.strokeStyle = colour;
    context.lineWidth = 2;
    context.setLineDash(dash);
    context.stroke();
    context.setLineDash([]);
  }

  dots(walk, frames, { fill, line, radius }) {
    const { context } = this.surface;
    for (const i of frames) {
      const [x, y] = this.spot(walk, i);
      if (!Number.isFinite(x + y)) continue;
      context.beginPath();
      context.arc(x, y, radius, 0, 2 * Math.PI);
      Object.assign(context, { fillStyle: fill, strokeStyle: line, lineWidth: 2 });
      context.fill();
      context.stroke();
    }
  }

  click({ offsetX, offsetY }, seek) {
    const { main } = this.walks;
    if (!main) return;
    const away = Array.from({ length: main.x.shape[0] }, (_, i) => {
      const [x, y] = this.spot(main, i);
      return Math.hypot(x - offsetX, y - offsetY);
    });
    seek(away.indexOf(Math.min(...away)));
  }

  destroy() {
    this.surface.destroy();
    this.root.remove();
  }
}
