// How a walk goes: its path, whether it closes, how it is paced, how many frames and how fast.

import { button, element, write } from "../../shell/dom.js";

const PATHS = {
  lerp: ["lerp", "A straight line: through the empty middle of the prior"],
  slerp: ["slerp", "Along the sphere: z keeps its length"],
  great_circle: ["great circle", "Once around the sphere through both endpoints; takes exactly two"],
};
const EASINGS = {
  linear: ["even", "The same step from frame to frame"],
  smooth: ["smooth", "Slower near every endpoint"],
  pause: ["pause", "Rests at every endpoint"],
};
const FRAMES = { min: 12, max: 240, step: 12 };
const SPEED = { min: 1, max: 60, step: 1 };

export class Options {
  /** changed(name) after path, closed, easing, frames, fps or compare became another. */
  constructor(place, pace, changed) {
    this.changed = changed;
    this.values = { path: "slerp", closed: false, easing: "linear", frames: 60, fps: 20, compare: false };
    this.path = new Segments("Path", PATHS, (value) => this.set("path", value));
    this.easing = new Segments("Easing", EASINGS, (value) => this.set("easing", value));
    this.closed = toggle("Closed loop", "Return to the first endpoint", () => this.flip("closed"));
    this.compare = toggle("Compare lerp and slerp", "Both paths, side by side", () => this.flip("compare"));
    this.frames = new Range("Frames", FRAMES, (value) => this.set("frames", value));
    this.fps = new Range("Speed", SPEED, (value) => this.set("fps", value), (value) => `${value}/s`);
    place.append(this.path.node, this.compare, this.closed, this.easing.node, this.frames.node);
    pace.append(this.fps.node);
    this.show();
  }

  set(name, value) {
    if (this.values[name] === value) return;
    this.values[name] = value;
    this.show();
    this.changed(name);
  }

  flip(name) {
    this.set(name, !this.values[name]);
  }

  /** A great circle goes through two points only; with others the path is slerp. */
  fit(count) {
    this.two = count === 2;
    if (!this.two && this.values.path === "great_circle") this.values.path = "slerp";
    this.show();
  }

  /** Fields of a question "walk", or of an export. */
  get walk() {
    const { path, closed, easing, frames, compare } = this.values;
    return { path: compare ? "slerp" : path, closed: closed || this.round, easing, frames };
  }

  get round() {
    return this.values.path === "great_circle" && !this.values.compare;
  }

  show() {
    const { values } = this;
    this.path.show(values.compare ? "slerp" : values.path);
    this.path.buttons.get("great_circle").disabled = !this.two || values.compare;
    this.path.buttons.get("lerp").disabled = values.compare;
    this.easing.show(values.easing);
    this.frames.show(values.frames);
    this.fps.show(values.fps);
    this.closed.setAttribute("aria-pressed", String(values.closed || this.round));
    this.closed.disabled = this.round;
    this.compare.setAttribute("aria-pressed", String(values.compare));
  }
}

/** One of a few choices, as buttons in a row: {value: [label, hint]}. */
class Segments {
  constructor(title, choices, choose) {
    this.node = element("div", "gl-x-w-option");
    const row = element("span", "gl-segments");
    row.setAttribute("role", "group");
    row.setAttribute("aria-label", title);
    this.buttons = new Map(Object.entries(choices).map(([value, [label, hint]]) => {
      return [value, button({ label, hint, act: () => choose(value) })];
    }));
    row.append(...this.buttons.values());
    this.node.append(element("span", "gl-x-w-title", title), row);
  }

  show(chosen) {
    for (const [value, node] of this.buttons) node.setAttribute("aria-pressed", String(value === chosen));
  }
}

class Range {
  constructor(title, limits, choose, words = String) {
    Object.assign(this, { words, limits });
    this.node = element("label", "gl-x-w-option");
    this.input = element("input", "gl-slider");
    Object.assign(this.input, { type: "range", ...limits });
    this.output = element("output");
    this.input.addEventListener("input", () => choose(Number(this.input.value)));
    this.node.append(element("span", "gl-x-w-title", title), this.input, this.output);
  }

  show(value) {
    const { min, max } = this.limits;
    this.input.value = value;
    this.input.style.setProperty("--gl-share", (value - min) / (max - min));
    write(this.output, this.words(value));
    this.input.setAttribute("aria-valuetext", this.output.textContent);
  }
}

function toggle(label, hint, act) {
  const made = button({ label, hint, act, className: "gl-x-w-toggle" });
  made.setAttribute("aria-pressed", "false");
  return made;
}
