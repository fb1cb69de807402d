// Grey images [n, h, w] as one bitmap, and each of them drawn crisply wherever it belongs.

const GREYS = Uint32Array.from({ length: 256 }, (_, grey) => 0xff000000 | (grey * 0x010101));

export class Mosaic {
  constructor() {
    this.native = document.createElement("canvas");
    this.large = document.createElement("canvas"); // whole multiples of the native pixels
    this.count = 0;
  }

  /** Take images {values: bytes, shape: [n, h, w]}, 0 black to 255 white, row by row. */
  fill({ values, shape }) {
    const [count, height, width] = shape.length === 3 ? shape : [0, 0, 0];
    Object.assign(this, { count: width * height > 0 ? count : 0, height, width, scale: 0 });
    if (!this.count) return;
    this.columns = Math.ceil(Math.sqrt(count));
    const [wide, high] = [this.columns * width, Math.ceil(count / this.columns) * height];
    const picture = new ImageData(wide, high);
    const pixels = new Uint32Array(picture.data.buffer);
    for (let i = 0; i < count; i += 1) {
      let to = Math.floor(i / this.columns) * height * wide + (i % this.columns) * width;
      for (let from = i * height * width; from < (i + 1) * height * width; from += width, to += wide) {
        for (let x = 0; x < width; x += 1) pixels[to + x] = GREYS[values[from + x]];
      }
    }
    resize(this.native, wide, high);
    this.native.getContext("2d").putImageData(picture, 0, 0);
  }

  /**
   * Nearest-neighbour enlargement to at least `size` device pixels. What is left is shrunk
   * smoothly when drawn, so that all pixels of an image look equally large.
   */
  enlarge(size) {
    const scale = Math.max(1, Math.ceil(size / Math.max(this.width, this.height)));
    if (!this.count || scale === this.scale) return;
    this.scale = scale;
    const { native, large } = this;
    resize(large, native.width * scale, native.height * scale);
    const context = large.getContext("2d");
    context.imageSmoothingEnabled = false;
    context.drawImage(native, 0, 0, large.width, large.height);
  }

  /** Image i in a square of `size` device pixels whose corner is (x, y); after enlarge(size). */
  draw(context, i, x, y, size) {
    this.copy(this.large, this.scale, context, i, x, y, size);
  }

  /** Image i alone on a canvas that becomes the largest multiple of it within `size` pixels. */
  drawAlone(canvas, i, size) {
    const longer = Math.max(this.width, this.height);
    const side = Math.max(1, Math.floor(size / longer)) * longer;
    resize(canvas, side, side);
    this.copy(this.native, 1, canvas.getContext("2d"), i, 0, 0, side);
  }

  copy(source, scale, context, i, x, y, size) {
    if (i >= this.count) return;
    const [width, height] = [this.width * scale, this.height * scale];
    const longer = Math.max(width, height);
    const [wide, high] = [Math.round((size * width) / longer), Math.round((size * height) / longer)];
    context.imageSmoothingEnabled = wide < width; // only ever to shrink
    context.drawImage(
      source, (i % this.columns) * width, Math.floor(i / this.columns) * height, width, height,
      x + Math.floor((size - wide) / 2), y + Math.floor((size - high) / 2), wide, high,
    );
  }
}

/** A canvas of another size is a new one, which takes longer than all there is to draw on it. */
function resize(canvas, width, height) {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
}

/**
 * Where the blocks of images lie, all lengths in device pixels so that every image is alike.
 * Wide: two columns of real images beside eight of fakes; high: two rows of real ones above.
 * @returns {{pitch, size, edge, blocks: {real, fake}, stacked}} pitch: from one image to the next;
 *   size: an image's side; edge: its frame's; a block: {left, top, columns, rows}.
 */
export function arrange(width, height, ratio) {
  const stacked = height > 1.05 * width;
  const heading = Math.round((stacked ? 24 : 42) * ratio);
  const between = Math.round((stacked ? 10 : 18) * ratio);
  const [columns, rows] = stacked ? [8, 10] : [10, 8];
  const room = stacked
    ? { width, height: height - 2 * heading - between }
    : { width: width - between, height: height - heading };
  const pitch = Math.max(4, Math.floor(Math.min(room.width / columns, room.height / rows)));
  const spare = width - columns * pitch - (stacked ? 0 : between);
  const left = Math.max(0, Math.floor(spare / 2));
  const real = { left, top: heading, columns: stacked ? 8 : 2, rows: stacked ? 2 : 8 };
  const fake = stacked
    ? { left, top: 2 * heading + between + 2 * pitch }
    : { left: left + 2 * pitch + between, top: heading };
  const edge = Math.max(1, Math.round(2.5 * ratio));
  const size = pitch - 2 * edge - Math.max(1, Math.round(3 * ratio));
  const blocks = { real, fake: { ...fake, columns: 8, rows: 8 } };
  return { pitch, size: Math.max(size, 1), edge, blocks, stacked };
}
