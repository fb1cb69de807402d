// The bar over the settings: how far they are from the preset, and what waits for a restart.

import { button, element, write } from "../shell/dom.js";

const plural = (many, one, more) => `${many} ${many === 1 ? one : more}`;

export class Changes {
  constructor({ restart, undo, reset }) {
    this.node = element("div", "gl-changes");
    this.words = element("p", "gl-changes-words");
    this.words.setAttribute("role", "status");
    const make = (label, hint, act) => button({ label, hint, act, className: "gl-small" });
    this.restart = make("Restart with them", "Back to step 0 with these changes", restart);
    this.undo = make("Undo", "Keep the settings in force", undo);
    this.reset = make("Reset all", "All settings as in the preset; restarts where needed", reset);
    this.restart.classList.add("gl-strong");
    const acts = element("div", "gl-changes-acts");
    acts.append(this.restart, this.undo, this.reset);
    this.node.append(this.words, acts);
  }

  /** differing: settings unlike the preset's; waiting: of these, not yet in force. */
  show(differing, waiting) {
    this.node.toggleAttribute("data-waiting", waiting > 0);
    this.restart.hidden = this.undo.hidden = !waiting;
    this.reset.hidden = waiting > 0;
    this.reset.disabled = !differing;
    write(this.restart.lastChild, waiting === 1 ? "Restart with it" : "Restart with them");
    write(this.words, waiting ? this.waits(waiting) : this.differs(differing));
  }

  waits(many) {
    return `${plural(many, "change waits", "changes wait")} for a restart:`;
  }

  differs(many) {
    return many ? plural(many, "setting changed", "settings changed") : "All as in the preset";
  }
}
