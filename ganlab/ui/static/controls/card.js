// A card: one player of the game, or one group of its rules, with the controls that belong to it.

import { element, write } from "../shell/dom.js";

export class Card {
  /** groups: [{name, fields}], a field being {spec, control}; symbol: what papers call it. */
  constructor({ key, title, symbol = "", drawn = false }, groups) {
    this.controls = groups.flatMap(({ fields }) => fields.map(({ control }) => control));
    this.node = element("section", `gl-card gl-card-${key}`);
    this.node.dataset.key = key;
    this.diagram = element("div", "gl-diagram");
    const basic = groups.flatMap(({ fields }) => fields.filter(({ spec }) => spec.basic));
    const head = this.head(title, symbol);
    if (basic.length || drawn) {
      this.node.append(head);
      if (drawn) this.node.append(this.diagram);
      this.node.append(...basic.map(({ control }) => control.node));
      this.fold(element("span", "", "More"), groups, `More: ${title}`);
    } else {
      this.fold(head, groups);
    }
  }

  head(title, symbol) {
    const head = element("h2", "gl-card-title", title);
    if (symbol) head.append(" ", element("i", "gl-symbol", symbol));
    head.append(this.state = element("span", "gl-card-state"));
    return head;
  }

  /** The settings that are not basic, folded away; a heading for each group if there are several. */
  fold(title, groups, name = "") {
    const folded = groups
      .map(({ name, fields }) => ({ name, fields: fields.filter(({ spec }) => !spec.basic) }))
      .filter(({ fields }) => fields.length);
    if (!folded.length) return;
    const more = element("details", "gl-more");
    const summary = element("summary");
    if (name) summary.setAttribute("aria-label", name);
    summary.append(title);
    more.append(summary);
    for (const { name: group, fields } of folded) {
      if (folded.length > 1) more.append(element("h3", "gl-group", group));
      more.append(...fields.map(({ control }) => control.node));
    }
    this.node.append(more);
  }

  /** How many settings differ from the preset, counted off the controls. */
  recount() {
    const many = this.controls.filter(({ node }) => node.hasAttribute("data-changed")).length;
    this.count = many ? `${many} changed` : "";
    this.tell();
  }

  /** Whether the run is busy here at the moment, and with what. */
  work(stage) {
    this.stage = stage;
    this.node.toggleAttribute("data-busy", stage !== undefined);
    this.tell();
  }

  tell() {
    write(this.state, this.stage || this.count || "");
  }
}
