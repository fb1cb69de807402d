// Images to look for: a row of real test images, and the picture that is being played.

import { button, element } from "../../shell/dom.js";
import { imageOf, paint, picture } from "../picture.js";

const MANY = 12;

export class Examples {
  /**
   * ask(command, on): a question; pick({values, index}): a test image was chosen;
   * current(): take the picture that is being played.
   */
  constructor(place, { ask, pick, current }) {
    Object.assign(this, { ask, pick, seed: 0 });
    this.root = element("div", "gl-x-examples");
    const words = element("p", "gl-x-draw-caption", "Or look for a test image, never seen in training");
    this.row = element("div", "gl-x-draw-thumbs");
    this.row.setAttribute("role", "group");
    this.row.setAttribute("aria-label", "Test images");
    const others = button({ label: "Others", hint: "Other test images", act: () => this.others() });
    const hint = "A test: it has a z, so that z can be found";
    const test = { label: "The current picture", hint, act: current };
    this.acts = element("div", "gl-x-draw-tools");
    this.acts.append(others, button(test));
    this.root.append(words, this.row, this.acts);
    place.append(this.root);
  }

  /** A first row, once. */
  start() {
    if (this.started) return;
    this.started = true;
    this.load();
  }

  others() {
    this.seed += 1;
    this.load();
  }

  load() {
    this.ask({ op: "examples", n: MANY, seed: this.seed }, ({ meta, arrays }) => {
      if (meta.error) return this.row.replaceChildren(element("p", "gl-x-draw-note", meta.error));
      if (meta.done) this.fill(arrays);
      return undefined;
    });
  }

  fill(arrays) {
    const images = arrays.get("x");
    const [labels, indices] = ["labels", "index"].map((name) => arrays.get(name)?.values);
    const tiles = Array.from({ length: images.shape[0] }, (_, i) => {
      const image = imageOf(images, i);
      return this.tile(image, { label: labels?.[i], index: indices[i] });
    });
    this.row.replaceChildren(...tiles);
  }

  tile(image, { label, index }) {
    const made = element("button", "gl-x-draw-thumb");
    made.type = "button";
    made.setAttribute("aria-pressed", "false");
    const words = label === undefined ? `Test image ${index}` : `Test image ${index}, labelled ${label}`;
    made.setAttribute("aria-label", words);
    made.title = words;
    const canvas = picture();
    paint(canvas, image.values, image.height, image.width);
    made.append(canvas);
    made.addEventListener("click", () => {
      this.pick({ values: image.values, index });
      this.mark(made);
    });
    return made;
  }

  /** The tile that is looked for; none without one. */
  mark(chosen) {
    for (const tile of this.row.children) tile.setAttribute?.("aria-pressed", String(tile === chosen));
  }
}
