// Grey images drawn on a canvas, crisply: each is made once as a bitmap of its own pixels.

import { paint } from "./picture.js";

const tiles = new WeakMap(); // values -> canvas; an image is known by its array, so keep the array

/** A canvas of the image's own pixels, the same one whenever the same array is asked for. */
export function tileOf(values, height, width) {
  let tile = tiles.get(values);
  if (tile) return tile;
  tile = document.createElement("canvas");
  paint(tile, values, height, width);
  tiles.set(values, tile);
  return tile;
}

/**
 * An image, bytes 0 black to 255 white, into the square at (x, y) of `size` canvas units; one that
 * is not square is centred in it. Not enlarged smoothly unless asked to.
 */
export function paintImage(context, values, height, width, x, y, size, { smooth = false } = {}) {
  const unit = size / Math.max(height, width);
  const [wide, high] = [width * unit, height * unit];
  context.imageSmoothingEnabled = smooth || unit * context.getTransform().a < 1;
  context.drawImage(
    tileOf(values, height, width), x + (size - wide) / 2, y + (size - high) / 2, wide, high,
  );
}

/** Image i of {values, shape: [n, h, w]} as an array of its own, the same one at every call. */
export function imageAt(images, i) {
  const [, height, width] = images.shape;
  images.parts ??= [];
  images.parts[i] ??= images.values.subarray(i * height * width, (i + 1) * height * width);
  return images.parts[i];
}

/** A canvas that holds image i alone, enlarged by a whole number of device pixels to at most `side` px. */
export function showAlone(canvas, images, i, side) {
  const [, height, width] = images.shape;
  const ratio = window.devicePixelRatio || 1;
  const longer = Math.max(height, width);
  const size = Math.max(1, Math.floor((side * ratio) / longer)) * longer;
  if (canvas.width !== size) Object.assign(canvas, { width: size, height: size });
  canvas.style.width = canvas.style.height = `${size / ratio}px`;
  paintImage(canvas.getContext("2d"), imageAt(images, i), height, width, 0, 0, size);
}
