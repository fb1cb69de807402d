// Above the atlas: which axes, what colours, how close.

import { button, element } from "../../shell/dom.js";
import { COLOURS } from "./colour.js";

const NOTCH = 1.5; // times, per press

export class AtlasControls {
  /** axes(i, key), colour(mode), digits(on), zoom(factor), reset(): what was chosen. */
  constructor(place, options) {
    Object.assign(this, options);
    this.root = element("div", "gl-x-atlas-bar");
    this.selects = ["Across", "Up"].map((name, i) => this.select(name, i));
    this.colours = element("div", "gl-x-atlas-colours");
    this.colours.setAttribute("role", "group");
    this.colours.setAttribute("aria-label", "Colour by");
    this.written = button({
      label: "Digits", hint: "Show the pictures on their colours", act: () => this.digits(!this.on),
      className: "gl-x-atlas-digits",
    });
    const title = element("span", "gl-x-atlas-title", "Colour by");
    title.setAttribute("aria-hidden", "true"); // the group is named so
    this.root.append(...this.selects.map(({ parentNode }) => parentNode), title, this.colours, this.written);
    this.root.append(this.lens());
    place.append(this.root);
  }

  select(name, i) {
    const label = element("label", "gl-x-atlas-axis");
    const select = element("select", "gl-x-select");
    select.addEventListener("change", () => this.axes(i, select.value));
    label.append(element("span", "", name), select);
    return select;
  }

  lens() {
    const root = element("div", "gl-x-atlas-lens");
    const act = (factor) => () => this.zoom(factor);
    root.append(
      button({ label: "\u2212", hint: "Zoom out", act: act(1 / NOTCH) }),
      button({ label: "+", hint: "Zoom in", act: act(NOTCH) }),
      this.whole = button({ label: "All", hint: "Show the whole plane", act: () => this.reset() }),
    );
    for (const one of root.children) one.setAttribute("aria-label", one.title);
    return root;
  }

  /** options: axes of a Point; chosen: their keys. */
  choices(options, chosen) {
    this.selects.forEach((select, i) => {
      select.replaceChildren(...options.map(({ key, label }) => new Option(label, key)));
      select.value = chosen[i] ?? "";
      select.parentNode.hidden = chosen.length <= i || options.length < 2;
    });
  }

  /** What this generator can be coloured by: {image, about, line}. */
  offer(what) {
    this.modes = Object.keys(COLOURS).filter((mode) => COLOURS[mode].applies(what));
    this.colours.replaceChildren(...this.modes.map((mode) => {
      const one = button({ label: COLOURS[mode].label, act: () => this.colour(mode) });
      one.dataset.mode = mode;
      return one;
    }));
    return this.modes;
  }

  show({ mode, digits, image, zoomed }) {
    for (const one of this.colours.children) {
      one.setAttribute("aria-pressed", String(one.dataset.mode === mode));
    }
    this.on = digits;
    this.written.hidden = !image;
    this.written.disabled = mode === "pictures";
    this.written.setAttribute("aria-pressed", String(digits || mode === "pictures"));
    this.whole.disabled = !zoomed;
  }
}
