// One grey image as a node of the page: a canvas of its own pixels, enlarged by the style sheet.

import { element } from "../shell/dom.js";
import { ramp } from "../shell/theme.js";

const GREYS = Uint32Array.from({ length: 256 }, (_, grey) => 0xff000000 | (grey * 0x010101));
const FULL = 1.6; // a difference of this much less than from black to white has the full colour

/** A canvas; without words it is decoration. */
export function picture(words = "", className = "") {
  const canvas = element("canvas", `gl-x-picture ${className}`.trim());
  if (words) {
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", words);
  } else {
    canvas.setAttribute("aria-hidden", "true");
  }
  return canvas;
}

/** Bytes, 0 black to 255 white, in greys or the 256 colours of `table`. */
export function paint(canvas, values, height, width, table = GREYS) {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const image = new ImageData(width, height);
  const words = new Uint32Array(image.data.buffer);
  for (let i = 0; i < words.length; i += 1) words[i] = table[values[i]];
  canvas.getContext("2d").putImageData(image, 0, 0);
}

/** The i-th of images {values, shape: [n, h, w]} or [h, w]: {values, height, width}. */
export function imageOf({ values, shape }, i = 0) {
  const [height, width] = shape.slice(-2);
  return { values: values.subarray(i * height * width, (i + 1) * height * width), height, width };
}

/** target - image as bytes, 128 where they agree. */
export function difference(target, image) {
  return Uint8Array.from(target, (value, i) => {
    return Math.max(0, Math.min(255, Math.round(127.5 + ((value - image[i]) / 2) * FULL)));
  });
}

/** Colours of a difference: purple for what only the generator drew, green for what it left out. */
export function differenceColours(palette) {
  return ramp([palette.fake, palette.belief?.[1] ?? palette.page, palette.real]);
}

/** Root mean square of the difference of two images, on the scale of -1 (black) to 1 (white). */
export function rms(target, image) {
  const sum = target.reduce((total, value, i) => total + (value - image[i]) ** 2, 0);
  return Math.sqrt(sum / Math.max(target.length, 1)) / 127.5;
}

/** Words in the colour of a side, "real" or "fake". */
export function coloured(colour, words) {
  const mark = element("strong", "gl-x-hue", words);
  mark.style.setProperty("--gl-hue", `var(--gl-${colour})`);
  return mark;
}
