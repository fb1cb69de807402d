// Where a sample lies among real test images by its distance to the training set: 0 % nearer than
// all of them, as copies are, 100 % farther than all.

import { element } from "../../shell/dom.js";

const COPIED = 1; // percent: so few real test images are as near
const CLOSE = 5;
const FAR = 95;

export class NearScale {
  constructor(place) {
    this.root = element("div", "gl-x-near-scale");
    this.root.setAttribute("aria-hidden", "true"); // its sentence says the same
    const bar = element("div", "gl-x-near-scale-bar");
    bar.append(element("span", "gl-x-near-scale-copied"), element("span", "gl-x-near-scale-typical"));
    this.mark = element("span", "gl-x-near-scale-mark");
    bar.append(this.mark);
    const words = element("div", "gl-x-near-scale-words");
    const places = ["copied", "typical of real test images", "far off"];
    words.append(...places.map((text) => element("span", "", text)));
    this.root.append(bar, words);
    place.append(this.root);
  }

  /** Marks the share of real test images that are nearer, and returns what it means. */
  show(percentile) {
    this.root.dataset.reading = percentile < COPIED ? "copied" : percentile < CLOSE ? "close" : "typical";
    this.mark.style.left = `${Math.max(0, Math.min(100, percentile))}%`;
    return reading(percentile);
  }
}

/** A sentence for the share (0 to 100) of real test images whose nearest training image is nearer. */
export function reading(percentile) {
  const closer = percent(100 - percentile);
  const copied = `Suspiciously close: nearer to a training image than ${closer} real test images.`;
  if (percentile < COPIED) return copied;
  const than = `Closer to the training set than ${closer} real test images`;
  if (percentile < CLOSE) return `${than}: close, but some real images are as near.`;
  if (percentile <= FAR) return `${than}: no sign of copying.`;
  return `Farther from the training set than ${percent(percentile)} real test images: no copy, but no `
    + "usual image either.";
}

/** "34 % of" or "all", before a plural. */
function percent(share) {
  if (share >= 99.95) return "all";
  return `${share > 99 || share < 1 ? share.toFixed(1) : Math.round(share)} % of`;
}
