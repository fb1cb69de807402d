// One answer to "what lies in this window": its numbers, and the picture of them in colours.

const CRISP = 2; // times, from which pixels of pictures show as squares
const SMALL = 12; // px: images up to this size fill theirs and need room around
const NUMBERS = ["score", "class", "sure", "stretch", "volume"];

export class Sheet {
  /** cover: {key, level, n, window} of plane.js; rows: 1 on a line, else n; stretch: known? */
  constructor({ key, level, n, window }, { generation, rows, stretch }) {
    Object.assign(this, { key, level, n, window, generation, rows, stretch, complete: false });
    this.known = new Uint8Array(rows);
    this.numbers = {};
    this.stale = new Set(); // rows whose colours are out of date
  }

  get size() {
    return this.n * this.rows;
  }

  /** Rows i0 to i1 as they came. */
  take([i0, i1], arrays) {
    const { n } = this;
    const x = arrays.get("x");
    this.each = x.values.length / ((i1 - i0) * n); // numbers per tile
    this.shape = x.shape.slice(1);
    this.x ??= new x.values.constructor(this.size * this.each);
    this.x.set(x.values, i0 * n * this.each);
    for (const name of NUMBERS) {
      if (!arrays.has(name)) continue;
      this.numbers[name] ??= new Float32Array(this.size).fill(NaN);
      this.numbers[name].set(arrays.get(name).values, i0 * n);
    }
    for (let row = i0; row < i1; row += 1) {
      this.known[row] = 1;
      this.stale.add(row);
    }
  }

  /** Which tile lies at (u, v): its index, -1 for none that is known. */
  find(u, v) {
    const [u0, u1, v0, v1] = this.window;
    const column = Math.floor(((u - u0) / (u1 - u0)) * this.n);
    const row = this.rows > 1 ? Math.floor(((v1 - v) / (v1 - v0)) * this.rows) : 0;
    const inside = column >= 0 && column < this.n && row >= 0 && row < this.rows;
    return inside && this.known[row] ? row * this.n + column : -1;
  }

  /** The middle {u, v} of a tile. */
  middle(index) {
    const [u0, u1, v0, v1] = this.window;
    const [column, row] = [index % this.n, Math.floor(index / this.n)];
    const u = u0 + ((column + 0.5) / this.n) * (u1 - u0);
    return { u, v: this.rows > 1 ? v1 - ((row + 0.5) / this.rows) * (v1 - v0) : 0 };
  }

  /** The edges [u0, u1, v0, v1] of a tile. */
  outline(index) {
    const [u0, u1, v0, v1] = this.window;
    const { u, v } = this.middle(index);
    const [du, dv] = [(u1 - u0) / this.n / 2, (v1 - v0) / this.rows / 2];
    return [u - du, u + du, v - dv, v + dv];
  }

  /** The numbers of a tile: {score, class, sure, stretch, volume}, those that are known. */
  about(index) {
    return Object.fromEntries(Object.entries(this.numbers).map(([name, all]) => [name, all[index]]));
  }

  /**
   * Bring the bitmap up to date. colouring: {key, pictures, ground(sheet, index) -> [r, g, b]};
   * with pictures the digits are written in white on their ground.
   */
  colour(colouring) {
    if (colouring.key !== this.coloured) {
      this.coloured = colouring.key;
      this.bitmap = undefined;
      this.known.forEach((known, row) => known && this.stale.add(row));
    }
    if (!this.stale.size) return;
    const [h, w] = colouring.pictures ? this.shape.map(framed) : [1, 1];
    this.bitmap ??= Object.assign(document.createElement("canvas"), {
      width: this.n * w, height: this.rows * h,
    });
    const context = this.bitmap.getContext("2d");
    const strip = colouring.pictures ? this.pictures : this.map;
    for (const row of this.stale) context.putImageData(strip.call(this, row, colouring), 0, row * h);
    this.stale.clear();
  }

  /** A row of tiles as pixels: a colour each, */
  map(row, { ground }) {
    const picture = new ImageData(this.n, 1);
    const pixels = new Uint32Array(picture.data.buffer);
    for (let column = 0; column < this.n; column += 1) {
      pixels[column] = word(ground(this, row * this.n + column));
    }
    return picture;
  }

  /** or a picture each. */
  pictures(row, { ground }) {
    const { n, x, shape: [h, w] } = this;
    const [high, wide] = [framed(h), framed(w)];
    const [top, left] = [(high - h) / 2, (wide - w) / 2];
    const picture = new ImageData(n * wide, high);
    const pixels = new Uint32Array(picture.data.buffer);
    for (let column = 0; column < n; column += 1) {
      const index = row * n + column;
      const table = shades(ground(this, index));
      for (let y = 0; y < high; y += 1) {
        const to = (y * n + column) * wide;
        const from = (index * h + y - top) * w - left;
        const inside = y >= top && y < top + h;
        for (let k = 0; k < wide; k += 1) {
          pixels[to + k] = table[inside && k >= left && k < left + w ? x[from + k] : 0];
        }
      }
    }
    return picture;
  }

  /** Onto a canvas, where its window lies in a frame of plot.js. */
  draw(context, frame, smooth) {
    if (!this.bitmap) return;
    const [u0, u1, v0, v1] = this.window;
    const [left, top] = [frame.x(u0), this.rows > 1 ? frame.y(v1) : frame.top];
    const height = this.rows > 1 ? frame.y(v0) - top : frame.height;
    const width = frame.x(u1) - left;
    const enlarged = (width * context.getTransform().a) / this.bitmap.width;
    context.imageSmoothingEnabled = smooth && (this.bitmap.width === this.n || enlarged < CRISP);
    context.drawImage(this.bitmap, left, top, width, height);
  }
}

const made = new Map(); // ground -> words for grey 0 to 255
const BLACK = [0, 0, 0];

/** Words (RGBA) from a ground [r, g, b] at grey 0 to white at 255. */
function shades(ground = BLACK) {
  const key = word(ground);
  if (made.size > 2000) made.clear();
  if (!made.has(key)) {
    const towards = (value, grey) => value + ((255 - value) * grey) / 255;
    const mixed = (_, grey) => word(ground.map((value) => towards(value, grey)));
    made.set(key, Uint32Array.from({ length: 256 }, mixed));
  }
  return made.get(key);
}

const framed = (side) => (side > SMALL ? side : side + 2);

function word(colour = BLACK) {
  const [r, g, b] = colour.map(Math.round);
  return (0xff000000 | (b << 16) | (g << 8) | r) >>> 0;
}
