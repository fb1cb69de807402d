// The losses of all starts of a search against its steps; the best of them stands out.

import { Surface } from "../../scene/plot.js";
import { element } from "../../shell/dom.js";

const MARGIN = { left: 40, right: 10, top: 8, bottom: 22 };
const FONT = 12; // px
const ROOM = 1.25; // times the largest loss is the top, the smallest over it the bottom
const TINY = 1e-12; // a loss of 0 has no logarithm

export class LossCurve {
  constructor(place) {
    this.root = element("figure", "gl-x-losses");
    this.caption = element("figcaption", "gl-x-draw-caption", "Mean squared error of each start (log scale)");
    this.canvas = element("canvas", "gl-x-losses-canvas");
    this.canvas.setAttribute("role", "img");
    this.root.append(this.caption, this.canvas);
    place.append(this.root);
    this.surface = new Surface(this.canvas);
    this.surface.watch(() => this.paint());
    this.clear(1);
  }

  /** An empty chart of a search of so many steps. */
  clear(steps) {
    Object.assign(this, { steps, points: [] }); // [{step, losses}, ...]
    this.canvas.setAttribute("aria-label", "Mean squared error of each start: nothing searched yet");
    this.paint();
  }

  /** Losses [starts] after a step; before the starts are chosen they are infinite. */
  add(step, losses) {
    if (!losses.every(Number.isFinite)) return;
    this.points = this.points.filter((point) => point.step < step); // a lost line begins again
    this.points.push({ step, losses: Array.from(losses) });
    const best = Math.min(...losses).toPrecision(2);
    const words = `Mean squared error of ${losses.length} starts: the best is at ${best} after ${step} steps`;
    this.canvas.setAttribute("aria-label", words);
    this.paint();
  }

  setTheme(theme, palette) {
    Object.assign(this, { theme, palette });
    this.paint();
  }

  paint() {
    if (!this.theme || !this.surface) return;
    const { surface, points } = this;
    surface.fit();
    surface.clear(this.theme);
    const room = surface.room(MARGIN);
    this.drawAxes(room);
    if (!points.length) return;
    const place = this.scale(room);
    this.drawValues(room, place);
    const best = smallest(points.at(-1).losses);
    points[0].losses.forEach((_, start) => {
      if (start !== best) this.drawStart(start, place, { colour: this.palette.muted, width: 1, alpha: 0.55 });
    });
    this.drawStart(best, place, { colour: this.palette.fake, width: 2.5, alpha: 1 });
  }

  /** {low, high, toX, toY}: losses and steps to px. */
  scale({ left, top, width, height }) {
    const all = this.points.flatMap(({ losses }) => losses);
    const [least, most] = [Math.max(Math.min(...all), TINY), Math.max(...all, TINY)];
    const low = Math.log(least / ROOM);
    const high = Math.log(most * ROOM);
    return {
      least, most,
      toX: (step) => left + (width * step) / Math.max(this.steps, 1),
      toY: (loss) => top + height * (1 - (Math.log(Math.max(loss, TINY)) - low) / (high - low)),
    };
  }

  drawAxes({ left, top, width, height }) {
    const { surface: { context }, palette, theme } = this;
    context.fillStyle = palette.axis;
    context.fillRect(left, top + height, width, 1);
    context.fillRect(left - 1, top, 1, height + 1);
    this.font(context, theme);
    context.textBaseline = "top";
    context.textAlign = "left";
    context.fillText("0", left, top + height + 5);
    context.textAlign = "right";
    context.fillText(`${this.steps} steps`, left + width, top + height + 5);
  }

  drawValues({ left }, { least, most, toY }) {
    const { context } = this.surface;
    this.font(context, this.theme);
    context.textAlign = "right";
    context.textBaseline = "middle";
    for (const loss of new Set([least, most])) context.fillText(brief(loss), left - 6, toY(loss));
  }

  font(context, theme) {
    context.font = `${FONT}px ${theme.font}`;
    context.fillStyle = this.palette.muted;
  }

  drawStart(start, { toX, toY }, { colour, width, alpha }) {
    const { context } = this.surface;
    Object.assign(context, { strokeStyle: colour, lineWidth: width, globalAlpha: alpha, lineJoin: "round" });
    context.beginPath();
    for (const { step, losses } of this.going(start)) context.lineTo(toX(step), toY(losses[start]));
    context.stroke();
    context.globalAlpha = 1;
  }

  /** The points of a start until it retires, which is when its loss stays. */
  going(start) {
    const { points } = this;
    let end = points.length;
    while (end > 1 && points[end - 1].losses[start] === points[end - 2].losses[start]) end -= 1;
    return points.slice(0, end);
  }

  destroy() {
    this.surface.destroy();
    this.root.remove();
  }
}

function smallest(losses) {
  return losses.indexOf(Math.min(...losses));
}

/** Two digits that matter: .0123 is .012, 1.23 is 1.2. */
function brief(value) {
  return value < 0.001 ? value.toExponential(0) : String(Number(value.toPrecision(2)));
}
