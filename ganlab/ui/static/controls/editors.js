// What a value is changed with: one class for each kind of setting. Each has its ``nodes``, the
// ``main`` one, which label and help belong to, and set(value), which changes nothing else.

import { element } from "../shell/dom.js";
import { nearest, read, stops, written } from "./stops.js";

/** Text that is read when the visitor has finished it; Escape takes it back. */
class TextEditor {
  constructor(spec, { put, refuse }) {
    this.spec = spec;
    this.put = put;
    this.refuse = refuse;
    this.main = element("input", `gl-input gl-${spec.kind}`);
    this.main.type = "text";
    this.main.autocomplete = "off";
    this.main.spellcheck = false;
    this.main.addEventListener("input", () => { this.typing = true; });
    this.main.addEventListener("change", () => this.take());
    this.main.addEventListener("keydown", (event) => this.key(event));
    this.nodes = [this.main];
  }

  take() {
    const { value, problem } = this.read(this.main.value);
    if (problem) {
      this.refuse(problem);
      return;
    }
    this.typing = false;
    this.set(value);
    this.put(value);
  }

  read(text) {
    return this.spec.kind === "text" ? { value: text || null } : read(this.spec, text);
  }

  key(event) {
    if (event.key !== "Escape" || !this.typing) return;
    event.stopPropagation();
    this.restore();
  }

  restore() {
    this.typing = false;
    this.refuse("");
    this.set(this.value);
  }

  set(value) {
    this.value = value;
    if (!this.typing) this.main.value = written(value);
  }
}

/** A number as text, and a slider where dragging makes sense. */
class NumberEditor extends TextEditor {
  constructor(spec, options) {
    super(spec, options);
    this.main.inputMode = "decimal";
    if (spec.default === null) this.main.placeholder = "usual";
    this.stops = stops(spec, options.base);
    if (this.stops.length > 1) this.nodes.push(this.makeSlider(options.name));
  }

  makeSlider(name) {
    this.slider = element("input", "gl-slider");
    this.slider.type = "range";
    this.slider.max = this.stops.length - 1;
    this.slider.setAttribute("aria-label", name);
    this.slider.addEventListener("input", () => this.drag());
    return this.slider;
  }

  drag() {
    const value = this.stops[this.slider.value];
    this.typing = false;
    this.set(value);
    this.put(value);
  }

  set(value) {
    super.set(value);
    if (!this.slider) return;
    const place = nearest(this.stops, value ?? this.stops[0]);
    this.slider.value = place;
    this.slider.style.setProperty("--gl-share", place / (this.stops.length - 1));
    this.slider.setAttribute("aria-valuetext", written(value) || "usual");
  }
}

class ChoiceEditor {
  constructor(spec, { put }) {
    this.main = element("select", "gl-input gl-choice");
    for (const [name, label] of spec.choices) this.main.append(new Option(label, name));
    this.main.addEventListener("change", () => put(this.main.value));
    this.nodes = [this.main];
  }

  set(value) {
    this.main.value = value;
  }
}

class SwitchEditor {
  constructor(spec, { put }) {
    this.main = element("input", "gl-switch");
    this.main.type = "checkbox";
    this.main.setAttribute("role", "switch");
    this.main.addEventListener("change", () => put(this.main.checked));
    this.nodes = [this.main];
  }

  set(value) {
    this.main.checked = value;
  }
}

export const EDITORS = {
  number: NumberEditor,
  integer: NumberEditor,
  choice: ChoiceEditor,
  list: TextEditor,
  text: TextEditor,
  switch: SwitchEditor,
};
