// One sample, small: an image as it is, a point as a dot among the real data.

import { imageAt, paintImage } from "../pixels.js";

export const SIDE = 56; // px

/** Sample i of {values, shape}: images [n, h, w] or points [n, d]; fills the canvas. */
export function thumbnail(canvas, samples, i, explorer, side = SIDE) {
  const ratio = window.devicePixelRatio || 1;
  Object.assign(canvas, { width: side * ratio, height: side * ratio });
  canvas.style.width = canvas.style.height = `${side}px`;
  const context = canvas.getContext("2d");
  context.scale(ratio, ratio);
  if (samples.shape.length === 3) {
    const [, height, width] = samples.shape;
    paintImage(context, imageAt(samples, i), height, width, 0, 0, side);
  } else {
    drawDot(context, samples, i, explorer, side);
  }
}

function drawDot(context, { values, shape }, i, explorer, side) {
  const { palette } = explorer;
  const spot = spotIn(boundsOf(explorer), side);
  const real = explorer.arrays?.get("real");
  const d = shape[1];
  context.fillStyle = palette.real;
  context.globalAlpha = 0.35;
  for (let k = 0; k < (real?.shape[0] ?? 0); k += 3) {
    dot(context, spot(real.values.subarray(k * d, k * d + d)), 1);
  }
  context.globalAlpha = 1;
  context.fillStyle = palette.fake;
  dot(context, spot(values.subarray(i * d, i * d + d)), 4.5);
}

function dot(context, [x, y], radius) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}

/** [[low, high], ...] of each coordinate of the data, as told or as the real points reach. */
export function boundsOf({ about, arrays }) {
  if (about.bounds) return about.bounds;
  const { values, shape: [, d] } = arrays?.get("real") ?? { values: [-1, -1, 1, 1], shape: [2, 2] };
  return Array.from({ length: d }, (_, c) => {
    const own = Array.from(values).filter((value, i) => i % d === c);
    return [Math.min(...own), Math.max(...own)];
  });
}

function spotIn([[x0, x1], [y0, y1] = [-1, 1]], side) {
  const inset = 5;
  const room = side - 2 * inset;
  return ([x, y = 0]) => [
    inset + (room * (x - x0)) / (x1 - x0),
    side - inset - (room * (y - y0)) / (y1 - y0),
  ];
}
