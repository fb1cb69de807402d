// The fake under the pointer: which it is, and a small card with its latent.

import { element, write } from "../shell/dom.js";

const REACH = 12; // px from a fake within which it is meant
const GAP = 14; // px between a fake and its card
const SHOWN = 6; // coordinates of z

/** Index of the fake nearest to a place {x, y} in px, -1 where there is none within reach. */
export function nearest(fake, frame, place) {
  let [best, least] = [-1, REACH * REACH];
  for (let i = 0; i + 1 < fake.values.length; i += 2) {
    const [dx, dy] = [frame.x(fake.values[i]) - place.x, frame.y(fake.values[i + 1]) - place.y];
    const distance = dx * dx + dy * dy;
    if (distance < least) [best, least] = [i / 2, distance];
  }
  return best;
}

/** D at a place in data units, off its bytes on a grid; undefined outside or without the grid. */
export function beliefAt(belief, extent, x, y) {
  if (!belief || !extent) return undefined;
  const [x0, x1, y0, y1] = extent.values;
  const [height, width] = belief.shape;
  const column = Math.floor(((x - x0) / (x1 - x0)) * width);
  const row = Math.floor(((y - y0) / (y1 - y0)) * height);
  if (!(column >= 0 && column < width && row >= 0 && row < height)) return undefined;
  return belief.values[row * width + column] / 255;
}

/** "(0.31, −1.20, +1, −1, …)": coordinates from `dim` on are signs. */
export function coordinates(values, dim = Infinity) {
  const words = Array.from(values.slice(0, SHOWN), (value, i) => (i < dim ? number(value) : sign(value)));
  if (values.length > SHOWN) words.push("…");
  return `(${words.join(", ")})`;
}

export const number = (value) => value.toFixed(2).replace("-", "\u2212");
const sign = (value) => (value > 0 ? "+1" : "\u22121");

export class Card {
  constructor(place) {
    this.place = place;
    this.root = element("div", "gl-plane-card");
    this.lines = ["z", "G(z)", "D(G(z))"].map((name) => this.line(name));
    this.root.hidden = true;
    place.append(this.root);
  }

  line(name) {
    const row = element("div");
    const value = element("span");
    row.append(element("span", "gl-plane-card-name", `${name} = `), value);
    this.root.append(row);
    return { row, value };
  }

  /** texts: what z, G(z) and D(G(z)) are (undefined: not known); at: the fake in px. */
  show(texts, at) {
    texts.forEach((text, i) => {
      this.lines[i].row.hidden = text === undefined;
      write(this.lines[i].value, text ?? "");
    });
    this.root.hidden = false;
    const { clientWidth, clientHeight } = this.place;
    const [width, height] = [this.root.offsetWidth + 1, this.root.offsetHeight + 1]; // they were rounded
    const left = Math.max(Math.min(at.x + GAP, clientWidth - width), 0);
    const below = at.y + GAP + height <= clientHeight;
    const top = below ? at.y + GAP : Math.max(at.y - GAP - height, 0);
    this.root.style.transform = `translate(${left}px, ${top}px)`;
  }

  hide() {
    this.root.hidden = true;
  }
}
