// Target, reconstruction and difference side by side, and what their distance means in words.

import { element } from "../../shell/dom.js";
import { coloured, difference, differenceColours, paint, picture, rms } from "../picture.js";

const SIDES = { target: "Target", image: "Reconstruction", gap: "Difference" };
const VERDICTS = [ // RMS errors below which it may be said, on the scale of -1 to 1
  [0.08, "this generator can draw it."],
  [0.16, "this generator can nearly draw it."],
  [0.3, "it comes near, but this generator cannot draw it exactly."],
  [Infinity, "this generator cannot draw that: no z that was tried leads there."],
];

export const verdict = (error) => VERDICTS.find(([limit]) => error < limit)[1];

export class Trio {
  constructor(place) {
    this.root = element("div", "gl-x-trio");
    this.canvases = {};
    for (const [side, title] of Object.entries(SIDES)) {
      const figure = element("figure", "gl-x-trio-one");
      this.canvases[side] = picture(`${title}: nothing yet`);
      figure.append(this.canvases[side], element("figcaption", "gl-x-draw-caption", title));
      this.root.append(figure);
    }
    this.key = element("p", "gl-x-draw-key");
    this.key.append(
      coloured("real", "Green"), ": only in the target; ", coloured("fake", "purple"), ": only drawn by G.",
    );
    place.append(this.root, this.key);
  }

  setTheme(palette) {
    this.colours = differenceColours(palette);
    this.paint();
  }

  /** Another target; what was found for an earlier one is gone. */
  aim(target, { height, width }) {
    Object.assign(this, { target, height, width, image: undefined });
    this.paint();
  }

  /** A reconstruction; returns its RMS error, on the scale of -1 to 1. */
  show(image, target = this.target) {
    Object.assign(this, { image, target });
    this.paint();
    return rms(target, image);
  }

  paint() {
    const { canvases, target, image, height, width } = this;
    if (!target || !this.colours) return;
    const blank = new Uint8Array(target.length);
    this.root.classList.toggle("gl-x-trio-waiting", !image);
    paint(canvases.target, target, height, width);
    paint(canvases.image, image ?? blank, height, width);
    const gap = image ? difference(target, image) : blank.fill(128);
    paint(canvases.gap, gap, height, width, this.colours);
    const error = image ? `RMS error ${rms(target, image).toFixed(2)}` : "nothing yet";
    canvases.target.setAttribute("aria-label", "Target");
    canvases.image.setAttribute("aria-label", `Reconstruction: ${error}`);
    canvases.gap.setAttribute("aria-label", `Difference: ${error}`);
  }
}
