// The picture of image data: generated images, always of the same latents, beside real ones. The
// frame around each is D's verdict. An image can be looked at closely, and followed over time.

import { blend, shade } from "./blend.js";
import { element } from "../shell/dom.js";
import { Legend } from "./legend.js";
import { Loupe } from "./loupe.js";
import { Mosaic, arrange } from "./mosaic.js";
import { Surface } from "./plot.js";
import { ramp } from "../shell/theme.js";

const NOTHING = { values: new Uint8Array(0), shape: [0, 0, 0] };
// What is shown: of each side its array and that of D's verdicts, its heading, what one image of it
// is called, and what D's score of it is. In slow motion that is the batch in hand.
const PROBE = {
  real: {
    images: "scene/real", scores: "scene/real_belief", title: "Real", one: "real image",
    formula: "D(x)",
  },
  fake: {
    images: "scene/fake", scores: "scene/fake_belief", title: "Fake", one: "latent",
    formula: "D(G(z))",
  },
};
const BATCH = {
  real: { images: "stage/real", title: "Batch, real", one: "batch real", formula: "D(x)" },
  fake: {
    images: "stage/fake", scores: "stage/belief", title: "Batch, fake", one: "batch fake",
    formula: "D(G(z))",
  },
};
const MOVED = { // after G's update, of which D has not judged anything yet
  ...BATCH, fake: { ...BATCH.fake, images: "stage/moved", formula: "D before the update" },
};
const STRONG = 0.75; // of its full colour has a frame already at D = 1/4 and D = 3/4
const SIDES = Object.keys(PROBE);

export class SceneImage {
  constructor(place, options) {
    Object.assign(this, options);
    this.arrays = new Map();
    this.shown = PROBE;
    this.mosaics = { real: new Mosaic(), fake: new Mosaic() };
    this.root = element("div", "gl-scene-images");
    this.picture = element("div", "gl-picture-images");
    this.canvas = element("canvas", "gl-canvas-images");
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", this.description);
    this.picture.append(this.canvas);
    this.root.append(this.picture);
    place.append(this.root);
    this.surface = new Surface(this.canvas);
    this.surface.watch(() => this.touch());
    this.loupe = new Loupe(this.picture, this.canvas, {
      find: (at) => this.find(at),
      count: (side) => this.count(side),
      changed: () => this.touch(),
    });
    this.tell();
  }

  tell() {
    const frames = {
      layer: "frames", text: "frames", colour: "ink", help: "Show or hide what D says of each image",
    };
    const follow = {
      action: "follow", text: "follow one latent", act: () => this.loupe.follow({ side: "fake", index: 0 }),
      help: "Enlarge one image and watch it change",
    };
    const [real, fake] = [hue("real", "believes-real"), hue("fake", "believes-fake")];
    const says = ["The ", frames, " around the images: D says ", real, " or ", fake];
    this.legend = new Legend(this.root, [says, [follow]], {
      on: ["frames"], changed: () => this.touch(),
    });
    this.key = verdictKey();
    this.root.append(this.key);
  }

  touch() {
    this.stale = true;
    this.wake?.();
  }

  setTheme(theme) {
    this.theme = theme;
    this.palette = this.palettes[theme.dark ? "dark" : "light"];
    const { palette } = this;
    const unsure = blend(palette.axis, palette.muted, 0.5);
    const [fake, real] = [palette["believes-fake"], palette["believes-real"]];
    const towards = (colour) => blend(unsure, colour, STRONG);
    this.verdicts = ramp([fake, towards(fake), unsure, towards(real), real]); // the key's colours, too
    this.ink = Object.fromEntries(SIDES.map((side) => [side, blend(theme.text, palette[side], 0.65)]));
    this.stale = true;
  }

  show(arrays, meta) {
    const batch = meta.stage && arrays.has("stage/fake");
    const shown = batch ? (arrays.has("stage/moved") ? MOVED : BATCH) : PROBE;
    Object.assign(this, { arrays, shown, stale: true });
  }

  /** "images" or "scores" of a side. */
  get(side, what) {
    return this.arrays.get(this.shown[side][what]) ?? NOTHING;
  }

  /** How many images of a side are in the picture. */
  count(side) {
    if (!this.layout) return 0;
    const { columns, rows } = this.layout.blocks[side];
    return Math.min(this.mosaics[side].count, columns * rows);
  }

  paint() {
    if (!this.stale || !this.theme) return;
    this.stale = false;
    this.surface.fit();
    this.surface.clear(this.theme);
    const { context, ratio, width, height } = this.surface;
    this.layout = arrange(width * ratio, height * ratio, ratio);
    const framed = this.legend.has("frames");
    this.key.classList.toggle("gl-off", !framed);
    for (const side of SIDES) {
      this.fill(side);
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      this.drawTitle(side);
      context.setTransform(1, 0, 0, 1, 0, 0); // images lie on whole device pixels
      this.drawBlock(side, framed);
    }
    this.drawLoupe();
  }

  /** The images as a bitmap, made anew only when they have changed. */
  fill(side) {
    const images = this.get(side, "images");
    const mosaic = this.mosaics[side];
    if (mosaic.images !== images) mosaic.fill(images);
    mosaic.images = images;
    mosaic.enlarge(this.layout.size);
  }

  drawTitle(side) {
    const { theme, surface: { context, ratio }, layout: { blocks, stacked } } = this;
    const [left, top] = [blocks[side].left / ratio, blocks[side].top / ratio];
    const { title, formula } = this.shown[side];
    const scores = this.get(side, "scores").values;
    const mean = scores.length ? scores.reduce((sum, value) => sum + value, 0) / scores.length / 255 : NaN;
    context.textBaseline = "alphabetic";
    context.textAlign = "left";
    context.fillStyle = this.ink[side];
    context.font = `650 15px ${theme.font}`;
    context.fillText(title, left, top - (stacked ? 8 : 25));
    if (Number.isNaN(mean)) return;
    const shift = stacked ? context.measureText(title).width + 10 : 0;
    context.font = `13px ${theme.font}`;
    context.fillText(`${formula} = ${mean.toFixed(2)}`, left + shift, top - 8);
  }

  drawBlock(side, framed) {
    const { context } = this.surface;
    const { pitch, size, edge, blocks: { [side]: block } } = this.layout;
    const mosaic = this.mosaics[side];
    const scores = this.get(side, "scores").values;
    for (let i = 0; i < this.count(side); i += 1) {
      const { x, y } = corner(block, pitch, i);
      if (framed && i < scores.length) {
        context.fillStyle = shade(this.verdicts, scores[i]);
        context.fillRect(x, y, size + 2 * edge, size + 2 * edge);
      }
      mosaic.draw(context, i, x + edge, y + edge, size);
    }
  }

  /** A ring around the image that is enlarged, and the enlargement. */
  drawLoupe() {
    const chosen = this.loupe.chosen();
    if (!chosen) return this.loupe.hide();
    const { context, ratio } = this.surface;
    const { pitch, size, edge, blocks } = this.layout;
    const { x, y } = corner(blocks[chosen.side], pitch, chosen.index);
    const whole = size + 2 * edge;
    context.strokeStyle = this.theme.text;
    context.lineWidth = edge;
    context.strokeRect(x - edge / 2, y - edge / 2, whole + edge, whole + edge);
    const byte = this.get(chosen.side, "scores").values[chosen.index];
    return this.loupe.show(this.mosaics[chosen.side], this.shown[chosen.side], {
      at: { left: x / ratio, top: y / ratio, size: whole / ratio },
      score: byte === undefined ? undefined : byte / 255,
      colour: byte === undefined ? this.palette.axis : shade(this.verdicts, byte),
      ratio,
    });
  }

  /** The image at a place {x, y} in px: {side, index} or undefined. */
  find({ x, y }) {
    if (!this.layout) return undefined;
    const { layout: { pitch, blocks }, surface: { ratio } } = this;
    for (const side of SIDES) {
      const { left, top, columns, rows } = blocks[side];
      const [column, row] = [x * ratio - left, y * ratio - top].map((px) => Math.floor(px / pitch));
      if (column < 0 || row < 0 || column >= columns || row >= rows) continue;
      const index = row * columns + column;
      if (index < this.mosaics[side].count) return { side, index };
    }
    return undefined;
  }

  destroy() {
    this.loupe.destroy();
    this.surface.destroy();
    this.root.remove();
  }
}

function corner({ left, top, columns }, pitch, i) {
  return { x: left + (i % columns) * pitch, y: top + Math.floor(i / columns) * pitch };
}

const hue = (text, colour) => ({ text, colour });

/** The scale of the frames' colours. */
function verdictKey() {
  const key = element("p", "gl-verdicts");
  const bar = element("span", "gl-verdict-bar");
  bar.append(element("span", "", "1/2"));
  key.append("fake, D = 0", bar, "D = 1, real");
  return key;
}
