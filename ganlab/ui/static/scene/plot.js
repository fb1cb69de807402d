// What the pictures on canvases share: a surface in device pixels, the plot rectangle and its maps
// from data units, the part of it that is zoomed to, axes, points, segments and heat maps.

import { rgb } from "../shell/theme.js";
import { ticks } from "./ticks.js";

export const MARGIN = { left: 36, right: 4, top: 4, bottom: 24 };
const DEEPEST = 40; // times
const LINE = 12; // px, of a tick label

/** A canvas in CSS pixels, however many pixels the device has for each. */
export class Surface {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d", { alpha: false });
    this.width = this.height = 0;
    this.ratio = 1;
  }

  /** Call `changed` whenever the place of the canvas on the page changes its size. */
  watch(changed) {
    this.observer = new ResizeObserver(() => {
      this.size = undefined;
      changed();
    });
    this.observer.observe(this.canvas);
  }

  /** Match the canvas to its place on the page; true when that changed anything. */
  fit() {
    const { canvas } = this;
    const ratio = window.devicePixelRatio || 1;
    this.size ??= [canvas.clientWidth, canvas.clientHeight]; // asking makes the browser lay out the page
    const [wide, high] = this.size.map((side) => Math.round(side * ratio));
    if (wide === canvas.width && high === canvas.height && ratio === this.ratio) return false;
    Object.assign(canvas, { width: wide, height: high });
    Object.assign(this, { ratio, width: wide / ratio, height: high / ratio });
    return true;
  }

  /** The background all over; what is drawn next is in CSS pixels. */
  clear(theme) {
    this.context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    this.context.fillStyle = theme.background;
    this.context.fillRect(0, 0, this.width, this.height);
  }

  /** The rectangle within margins {left, right, top, bottom}: {left, top, width, height}. */
  room({ left, right, top, bottom } = MARGIN) {
    const width = Math.max(this.width - left - right, 1);
    return { left, top, width, height: Math.max(this.height - top - bottom, 1) };
  }

  /** Draw inside the plot rectangle only. */
  clipped(frame, draw) {
    const { context } = this;
    context.save();
    context.beginPath();
    context.rect(frame.left, frame.top, frame.width, frame.height);
    context.clip();
    draw();
    context.restore();
  }

  destroy() {
    this.observer?.disconnect();
  }
}

/**
 * Where bounds [x0, x1, y0, y1] (data units) lie in a room {left, top, width, height} (pixels).
 * With `square` a unit is as long in x as in y, and the plot rectangle is centred in the room.
 * x(v), y(v): data to pixels; toX(px), toY(px): back. y points up.
 */
export function frameOf(bounds, room, { square = false } = {}) {
  const [x0, x1, y0, y1] = bounds;
  let [sx, sy] = [room.width / (x1 - x0), room.height / (y1 - y0)];
  if (square) sx = sy = Math.min(sx, sy);
  const [width, height] = [(x1 - x0) * sx, (y1 - y0) * sy];
  const left = room.left + (room.width - width) / 2;
  const { top } = room;
  return {
    left, top, width, height, bounds: [x0, x1, y0, y1],
    x: (value) => left + (value - x0) * sx,
    y: (value) => top + (y1 - value) * sy,
    toX: (px) => x0 + (px - left) / sx,
    toY: (px) => y1 - (px - top) / sy,
  };
}

/** Which part of the bounds is looked at, in shares of them, so that it survives new bounds. */
export class View {
  constructor() {
    this.reset();
  }

  reset() {
    this.share = 1; // of each side
    this.x = this.y = 0; // its lower left corner
  }

  get zoomed() {
    return this.share < 1;
  }

  /** The part of bounds [x0, x1, y0, y1] that is shown. */
  of([x0, x1, y0, y1]) {
    const [left, low] = [x0 + this.x * (x1 - x0), y0 + this.y * (y1 - y0)];
    return [left, left + this.share * (x1 - x0), low, low + this.share * (y1 - y0)];
  }

  /** Magnify; what lies at (u, v), shares of the shown part from its lower left, stays there. */
  zoom(factor, u = 0.5, v = 0.5) {
    const share = Math.min(1, Math.max(1 / DEEPEST, this.share / factor));
    this.x += u * (this.share - share);
    this.y += v * (this.share - share);
    this.share = share;
    this.keepInside();
  }

  /** Move what is shown by shares of the shown part. */
  pan(du, dv) {
    this.x -= du * this.share;
    this.y -= dv * this.share;
    this.keepInside();
  }

  keepInside() {
    this.x = Math.min(Math.max(this.x, 0), 1 - this.share);
    this.y = Math.min(Math.max(this.y, 0), 1 - this.share);
  }
}

/** The plot's outline and tick labels; `x` and `y` leave out the labels of an axis. */
export function drawAxes(surface, frame, theme, palette, { x = true, y = true } = {}) {
  const { context } = surface;
  const [x0, x1, y0, y1] = frame.bounds;
  context.strokeStyle = palette.axis;
  context.lineWidth = 1;
  context.strokeRect(
    Math.round(frame.left) - 0.5, Math.round(frame.top) - 0.5,
    Math.round(frame.width) + 1, Math.round(frame.height) + 1,
  );
  context.fillStyle = palette.muted;
  context.font = `${LINE}px ${theme.font}`;
  const below = frame.top + frame.height + 8;
  if (x) labels(surface, ticks(x0, x1), "center", "top", (tick) => [frame.x(tick), below]);
  if (y) labels(surface, ticks(y0, y1), "right", "middle", (tick) => [frame.left - 8, frame.y(tick)]);
}

/** Tick labels; those at the very ends are moved in rather than cut off. */
function labels({ context, width, height }, marks, align, baseline, place) {
  context.textAlign = align;
  context.textBaseline = baseline;
  for (const { value, label } of marks) {
    const [x, y] = place(value);
    const half = align === "center" ? context.measureText(label).width / 2 : 0;
    context.fillText(label, Math.min(x, width - half), Math.min(Math.max(y, LINE / 2), height - LINE / 2));
  }
}

/**
 * Dots at the finite rows of points {values} ([n, 2], data units): one path each, which is faster
 * than all in one and lets dots that overlap add up. With `outline` (a colour) they are set off
 * from what lies under them. `keep(i)`: which rows to draw.
 */
export function drawPoints(
  { context }, points, frame, { colour, radius = 2, opacity = 1, outline, keep = () => true },
) {
  if (!points) return;
  const { values } = points;
  context.globalAlpha = opacity;
  context.fillStyle = colour;
  context.strokeStyle = outline ?? colour;
  context.lineWidth = 1.25;
  for (let i = 0; i + 1 < values.length; i += 2) {
    const [x, y] = [frame.x(values[i]), frame.y(values[i + 1])];
    if (!Number.isFinite(x + y) || !keep(i / 2)) continue;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fill();
    if (outline) context.stroke();
  }
  context.globalAlpha = 1;
}

/** Line segments, rows [x0, y0, x1, y1] of {values} in data units, as one path. */
export function drawSegments({ context }, segments, frame, { colour, width = 1.25, opacity = 1 }) {
  if (!segments) return;
  const { values } = segments;
  context.beginPath();
  for (let i = 0; i + 3 < values.length; i += 4) {
    context.moveTo(frame.x(values[i]), frame.y(values[i + 1]));
    context.lineTo(frame.x(values[i + 2]), frame.y(values[i + 3]));
  }
  context.globalAlpha = opacity;
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.stroke();
  context.globalAlpha = 1;
}

/** Bytes on a grid [ny, nx] in colours, as an image that is made again only when they change. */
export class HeatMap {
  constructor() {
    this.image = document.createElement("canvas");
  }

  /** table: 256 colours of theme.js ramp(); extent: [x0, x1, y0, y1], the grid's outer edges. */
  draw({ context }, grid, table, extent, frame) {
    if (!grid || !extent || !grid.values.length) return;
    if (grid !== this.grid || table !== this.table) this.fill(grid, table);
    const [x0, x1, y0, y1] = extent.values;
    context.imageSmoothingEnabled = true;
    context.drawImage(
      this.image, frame.x(x0), frame.y(y1), frame.x(x1) - frame.x(x0), frame.y(y0) - frame.y(y1),
    );
  }

  fill(grid, table) {
    Object.assign(this, { grid, table });
    const [height, width] = grid.shape;
    const picture = new ImageData(width, height);
    const pixels = new Uint32Array(picture.data.buffer);
    for (let row = 0; row < height; row += 1) {
      const flipped = (height - 1 - row) * width; // y points up
      for (let column = 0; column < width; column += 1) {
        pixels[flipped + column] = table[grid.values[row * width + column]];
      }
    }
    Object.assign(this.image, { width, height });
    this.image.getContext("2d").putImageData(picture, 0, 0);
  }
}

/** A colour of any notation with an opacity, for canvases and styles. */
export function faded(colour, opacity) {
  return `rgb(${rgb(colour).join(" ")} / ${opacity})`;
}
