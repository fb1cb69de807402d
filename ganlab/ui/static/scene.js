// The main picture of two-dimensional data on a canvas: what D believes, where it is undecided,
// the real samples and the fakes. Data units in, device pixels out.

import { ticks } from "./ticks.js";
import { ramp } from "./theme.js";

const MARGIN = { left: 36, right: 4, top: 4, bottom: 24 };
const RADIUS = { real: 1.9, fake: 2.3 };

export class Scene {
  constructor(canvas, palettes) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d", { alpha: false });
    this.palettes = palettes;
    this.belief = document.createElement("canvas");
  }

  setTheme(theme) {
    this.theme = theme;
    this.palette = this.palettes[theme.dark ? "dark" : "light"];
    this.ramp = ramp(this.palette.belief);
  }

  /** Match the canvas to its place on the page; true when that changed anything. */
  fit() {
    const { clientWidth, clientHeight } = this.canvas;
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [Math.round(clientWidth * ratio), Math.round(clientHeight * ratio)];
    if (width === this.canvas.width && height === this.canvas.height) return false;
    Object.assign(this.canvas, { width, height });
    this.ratio = ratio;
    return true;
  }

  paint(arrays) {
    this.fit();
    const { context, canvas, theme, ratio = 1 } = this;
    const [width, height] = [canvas.width / ratio, canvas.height / ratio];
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.fillStyle = theme.background;
    context.fillRect(0, 0, width, height);
    const bounds = arrays.get("scene/bounds");
    if (!bounds) return;
    const frame = this.place(bounds.values, width, height);
    context.save();
    context.beginPath();
    context.rect(frame.left, frame.top, frame.width, frame.height);
    context.clip();
    this.drawBelief(arrays, frame);
    this.drawBoundary(arrays.get("scene/boundary"), frame);
    this.drawPoints(arrays.get("scene/real"), frame, this.palette.real, RADIUS.real);
    this.drawPoints(arrays.get("scene/fake"), frame, this.palette.fake, RADIUS.fake);
    context.restore();
    this.drawAxes(frame);
  }

  /** The plot rectangle and the maps from data to it; one unit is as long in x as in y. */
  place([x0, x1, y0, y1], width, height) {
    const room = { width: width - MARGIN.left - MARGIN.right, height: height - MARGIN.top - MARGIN.bottom };
    const scale = Math.min(room.width / (x1 - x0), room.height / (y1 - y0));
    const size = { width: (x1 - x0) * scale, height: (y1 - y0) * scale };
    const left = MARGIN.left + (room.width - size.width) / 2;
    const { top } = MARGIN;
    return {
      left, top, ...size, bounds: [x0, x1, y0, y1],
      x: (value) => left + (value - x0) * scale,
      y: (value) => top + (y1 - value) * scale,
    };
  }

  drawBelief(arrays, frame) {
    const belief = arrays.get("scene/belief");
    if (!belief) return;
    const [height, width] = belief.shape;
    const [x0, x1, y0, y1] = arrays.get("scene/extent").values;
    const image = new ImageData(width, height);
    const pixels = new Uint32Array(image.data.buffer);
    for (let row = 0; row < height; row += 1) {
      const flipped = (height - 1 - row) * width; // y points up
      for (let column = 0; column < width; column += 1) {
        pixels[flipped + column] = this.ramp[belief.values[row * width + column]];
      }
    }
    Object.assign(this.belief, { width, height });
    this.belief.getContext("2d").putImageData(image, 0, 0);
    this.context.imageSmoothingEnabled = true;
    this.context.drawImage(
      this.belief, frame.x(x0), frame.y(y1), frame.x(x1) - frame.x(x0), frame.y(y0) - frame.y(y1),
    );
  }

  /** The line where D = 1/2, as segments. */
  drawBoundary(boundary, frame) {
    if (!boundary) return;
    const { context } = this;
    const { values } = boundary;
    context.beginPath();
    for (let i = 0; i < values.length; i += 4) {
      context.moveTo(frame.x(values[i]), frame.y(values[i + 1]));
      context.lineTo(frame.x(values[i + 2]), frame.y(values[i + 3]));
    }
    context.strokeStyle = this.palette.boundary;
    context.lineWidth = 1.25;
    context.stroke();
  }

  drawPoints(points, frame, colour, radius) {
    if (!points) return;
    const { context } = this;
    const { values } = points;
    context.beginPath();
    for (let i = 0; i < values.length; i += 2) {
      const [x, y] = [frame.x(values[i]), frame.y(values[i + 1])];
      if (!Number.isFinite(x + y)) continue;
      context.moveTo(x + radius, y);
      context.arc(x, y, radius, 0, 2 * Math.PI);
    }
    context.globalAlpha = this.palette.opacity;
    context.fillStyle = colour;
    context.fill();
    context.globalAlpha = 1;
  }

  drawAxes(frame) {
    const { context, theme } = this;
    const [x0, x1, y0, y1] = frame.bounds;
    context.strokeStyle = this.palette.axis;
    context.lineWidth = 1;
    context.strokeRect(
      Math.round(frame.left) - 0.5, Math.round(frame.top) - 0.5,
      Math.round(frame.width) + 1, Math.round(frame.height) + 1,
    );
    context.fillStyle = theme.text;
    context.globalAlpha = 0.7;
    context.font = `12px ${theme.font}`;
    context.textAlign = "center";
    context.textBaseline = "top";
    for (const { value, label } of ticks(x0, x1)) {
      context.fillText(label, frame.x(value), frame.top + frame.height + 8);
    }
    context.textAlign = "right";
    context.textBaseline = "middle";
    for (const { value, label } of ticks(y0, y1)) {
      context.fillText(label, frame.left - 8, frame.y(value));
    }
    context.globalAlpha = 1;
  }
}
