// One control: its label, what changes it, the way back to the preset, and what there is to say.

import { button, element, write } from "../shell/dom.js";
import { EDITORS } from "./editors.js";
import { written } from "./stops.js";

const RESTART = "restart to apply";
let made = 0; // for ids

/** What a control shows beside its value; the data's own control is made of it too. */
export class Row {
  constructor(path, resetName, reset) {
    this.node = element("div", "gl-field");
    this.node.dataset.path = path;
    this.back = button({ icon: "reset", hint: resetName, act: reset, className: "gl-back" });
    this.note = element("p", "gl-note");
    this.note.id = `gl-note-${(made += 1)}`;
    this.note.setAttribute("aria-live", "polite");
  }

  mark({ changed, pending }) {
    this.node.toggleAttribute("data-changed", changed);
    this.node.toggleAttribute("data-pending", pending);
    this.pending = pending;
    this.say();
  }

  complain(problem) {
    this.problem = problem;
    this.node.toggleAttribute("data-wrong", Boolean(problem));
    this.say();
  }

  /** A change went through: what was refused before is history, but for what is being typed. */
  forgive() {
    if (!this.editor?.typing) this.complain("");
  }

  say() {
    write(this.note, this.problem || (this.pending ? RESTART : this.news ?? ""));
  }
}

export class Field extends Row {
  /** owner: "G" or "D" where both have a setting of this name; put(path, value): a change. */
  constructor(spec, { base, owner, put }) {
    const name = owner ? `${spec.label} of ${owner}` : spec.label;
    super(spec.path, `Reset ${name} to ${shown(spec, base)}`, () => put(spec.path, base));
    this.node.classList.add(`gl-field-${spec.kind}`);
    this.editor = new EDITORS[spec.kind](spec, {
      base,
      name,
      put: (value) => put(spec.path, value),
      refuse: (problem) => this.complain(problem),
    });
    const { main, nodes } = this.editor;
    main.id = `gl-setting-${(made += 1)}`;
    main.setAttribute("aria-label", name);
    const help = element("p", "gl-help", `${spec.help} ${spec.live ? "Acts at once." : "Needs a restart."}`);
    help.id = `gl-help-${made}`;
    for (const node of nodes) {
      node.title = spec.help;
      node.setAttribute("aria-describedby", `${help.id} ${this.note.id}`);
    }
    this.node.append(label(spec, main.id), ...nodes, this.back, this.note, help);
  }

  show(value, state) {
    this.editor.set(value);
    this.mark(state);
  }

  complain(problem) {
    super.complain(problem);
    this.editor.main.setAttribute("aria-invalid", String(Boolean(problem)));
  }

  /** The value in force again, whatever was being typed. */
  restore() {
    this.editor.restore?.();
  }
}

function label(spec, id) {
  const node = element("label", "gl-name");
  const text = element("span", "gl-name-text", spec.label);
  const info = element("span", "gl-info", "i");
  node.htmlFor = id;
  text.title = spec.help;
  info.setAttribute("aria-hidden", "true");
  node.append(text, info);
  return node;
}

function shown(spec, value) {
  if (spec.kind === "switch") return value ? "on" : "off";
  const choice = spec.choices?.find(([name]) => name === value);
  return choice?.[1] ?? (written(value) || "empty");
}
