// A sentence that says what a picture shows, whose coloured words switch its layers on and off.
//
// A sentence is a list of clauses, a clause a list of parts:
//   "words"                                   plain words; an underscore lowers the letter after it
//   {text, colour}                            coloured words; colour: "real" for var(--gl-real), ...
//   {layer, text, colour, help}               a word that switches a layer
//   {choice, options: [[value, label], ...], label, colour, of}   a choice, which switches `of` on
//   {action, text, help, act}                 a word that does something
//   [parts]                                   parts that are gone while all words in them are

import { element } from "../shell/dom.js";

export class Legend {
  /**
   * on: names of the layers that are on at first; apart: lists of layers that exclude one another;
   * changed(): called after the reader switched a layer or chose something.
   */
  constructor(place, sentence, { on = [], apart = [], changed }) {
    Object.assign(this, { apart, changed });
    this.words = new Map(); // name -> {node, there, pressed (layers only)}
    this.groups = []; // {node, names}
    this.root = element("p", "gl-sentence");
    this.clauses = sentence.map((parts) => this.clause(parts));
    this.root.append(".");
    place.append(this.root);
    for (const name of on) if (this.words.has(name)) this.press(name, true);
    this.punctuate();
  }

  clause(parts) {
    const lead = element("span");
    this.root.append(lead);
    return { lead, group: this.group(parts, this.root) };
  }

  group(parts, place) {
    const group = { node: element("span"), names: [] };
    for (const part of parts) this.part(part, group);
    this.groups.push(group);
    place.append(group.node);
    return group;
  }

  part(part, group) {
    if (typeof part === "string") group.node.append(...lowered(part));
    else if (Array.isArray(part)) group.names.push(...this.group(part, group.node).names);
    else if (part.layer) this.add(part.layer, part, group, layerWord(part, () => this.toggle(part.layer)));
    else if (part.choice) this.add(part.choice, part, group, this.select(part));
    else if (part.action) this.add(part.action, part, group, actionWord(part));
    else group.node.append(coloured(worded("span", "gl-hue", part.text), part));
  }

  add(name, part, group, node) {
    coloured(node, part);
    this.words.set(name, { node, there: true, pressed: false });
    group.names.push(name);
    group.node.append(node);
  }

  select(part) {
    const node = element("select", "gl-sentence-choice");
    node.setAttribute("aria-label", part.label);
    for (const [value, label] of part.options) node.append(new Option(label, value));
    node.addEventListener("change", () => {
      if (part.of) this.press(part.of, true);
      this.changed();
    });
    return node;
  }

  toggle(name) {
    this.press(name, !this.words.get(name).pressed);
    this.changed();
  }

  press(name, pressed) {
    const rivals = pressed ? this.apart.filter((list) => list.includes(name)).flat() : [];
    for (const rival of rivals) if (rival !== name) this.press(rival, false);
    const word = this.words.get(name);
    word.pressed = pressed;
    word.node.setAttribute("aria-pressed", pressed);
  }

  /** Show a word, if the sentence has it, or hide it where its layer cannot be had. */
  offer(name, there) {
    const word = this.words.get(name);
    if (!word || word.there === there) return;
    word.there = there;
    word.node.hidden = !there;
    this.punctuate();
  }

  punctuate() {
    for (const { node, names } of this.groups) {
      node.hidden = names.length > 0 && !names.some((name) => this.words.get(name).there);
    }
    const shown = this.clauses.filter((clause) => !clause.group.node.hidden);
    for (const clause of this.clauses) {
      clause.lead.textContent = shown.indexOf(clause) > 0 ? "; " : "";
    }
  }

  /** Whether a layer is in the sentence, on, and can be had. */
  has(name) {
    const word = this.words.get(name);
    return Boolean(word?.pressed && word.there);
  }

  /** The layers that are on, in the order of the sentence. */
  get layers() {
    return [...this.words.keys()].filter((name) => this.has(name));
  }

  /** The value chosen at a choice. */
  chosen(name) {
    return this.words.get(name).node.value;
  }
}

function layerWord({ text, help }, act) {
  const node = worded("button", "gl-word", text);
  node.setAttribute("aria-pressed", false);
  return clickable(node, help, act);
}

function actionWord({ text, help, act }) {
  return clickable(worded("button", "gl-act", text), help, act);
}

function clickable(node, help, act) {
  node.type = "button";
  if (help) node.title = help;
  node.addEventListener("click", act);
  return node;
}

function worded(tag, className, text) {
  const node = element(tag, className);
  node.append(...lowered(text));
  return node;
}

/** "p_g" with its g lowered, as nodes. */
function lowered(text) {
  const [start, ...rest] = text.split("_");
  return [start, ...rest.flatMap((part) => [element("sub", "", part[0]), part.slice(1)])];
}

function coloured(node, { colour }) {
  if (colour) node.style.setProperty("--gl-hue", `var(--gl-${colour})`);
  return node;
}
