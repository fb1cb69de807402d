// The big picture of the frame shown; side by side with lerp's where the two are compared.

import { element, write } from "../../shell/dom.js";
import { showAlone } from "../pixels.js";

const WIDEST = { 1: 340, 2: 272 }; // px, side of each of so many pictures
const BESIDE = 8; // px between two

export class ImageStage {
  constructor(place) {
    this.place = place;
    this.views = ["lerp", "main"].map((which) => new View(which));
    this.root = element("div", "gl-x-w-stage");
    this.root.append(...this.views.map(({ node }) => node));
    place.append(this.root);
  }

  /** main, other: walks {x, path}, or undefined. */
  load({ main, other }) {
    const [left, right] = this.views;
    left.node.hidden = !other;
    right.walk = main;
    left.walk = other;
    right.name(other ? main.path : "");
    left.name(other ? other.path : "");
    this.root.toggleAttribute("data-two", Boolean(other));
  }

  show(frame) {
    const shown = this.views.filter(({ node }) => !node.hidden);
    const room = (this.place.clientWidth - BESIDE * (shown.length - 1)) / shown.length;
    const side = Math.min(WIDEST[shown.length], room);
    for (const view of shown) view.show(frame, side);
  }

  destroy() {
    this.root.remove();
  }
}

class View {
  constructor(which) {
    this.node = element("figure", "gl-x-w-view");
    this.canvas = element("canvas");
    this.canvas.setAttribute("role", "img");
    this.caption = element("figcaption");
    this.node.dataset.path = which;
    this.node.append(this.canvas, this.caption);
    this.name("");
  }

  name(path) {
    write(this.caption, path);
    this.caption.hidden = !path;
    this.canvas.setAttribute("aria-label", `The picture at the frame shown${path ? `, by ${path}` : ""}`);
  }

  show(frame, side) {
    if (this.walk) showAlone(this.canvas, this.walk.x, frame, side);
  }
}
