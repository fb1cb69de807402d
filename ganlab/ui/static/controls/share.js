// Taking a run elsewhere: as a link, or as the Python that makes it again.

import { open } from "../shell/dialog.js";
import { button, element, write } from "../shell/dom.js";

const STAYS = 4000; // milliseconds a confirmation is shown
const COPIED = "The code is on the clipboard.";
const NOT_COPIED = "The browser keeps its clipboard shut: select the text and copy it.";

export class Share {
  /** address: an Address; send(command): to the run, which answers {op: "python"} later. */
  constructor(place, { address, send, hidden }) {
    this.address = address;
    this.send = send;
    this.root = element("div", "gl-share");
    if (!hidden.includes("share")) this.build();
    place.append(this.root);
  }

  build() {
    this.said = element("span", "gl-share-said");
    this.said.setAttribute("role", "status");
    const link = { icon: "link", label: "Copy link", hint: "The address of a run like this one" };
    const code = { icon: "code", label: "Copy as Python", hint: "The library calls that reproduce this run" };
    this.root.append(
      button({ ...link, act: () => this.link() }),
      button({ ...code, act: () => this.ask() }),
      this.said,
    );
  }

  async link() {
    const link = this.address.link();
    if (await copy(link, this.root)) this.say("Link copied");
    else this.offer("Link to a run like this one", link, false);
  }

  ask() {
    this.asked = true;
    this.send({ op: "python" });
  }

  /** The run's answer. */
  async python(text) {
    if (!this.asked) return;
    this.asked = false;
    this.offer("This run as Python", text, await copy(text, this.root));
  }

  say(words) {
    write(this.said, words);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => write(this.said, ""), STAYS);
  }

  /** The text itself, for eyes and for hands. */
  offer(title, text, copied) {
    const code = element("pre", "gl-code", text);
    const state = element("p", "gl-code-state", copied ? COPIED : "");
    state.setAttribute("role", "status");
    code.tabIndex = 0; // so that arrows can scroll it
    const act = async () => write(state, (await copy(text, row)) ? COPIED : NOT_COPIED);
    const row = element("div", "gl-code-row");
    row.append(button({ label: "Copy", hint: "Copy to the clipboard", act }), state);
    open(title, [code, row]);
  }

  destroy() {
    clearTimeout(this.timer);
    this.root.remove();
  }
}

/** Whether the clipboard took the text; ``place`` is where a helper may stand for a moment. */
async function copy(text, place) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch { // refused, or absent where the page has no https
    return copySelected(text, place);
  }
}

function copySelected(text, place) {
  const helper = element("textarea", "gl-spoken");
  const focused = document.activeElement;
  helper.value = text;
  helper.setAttribute("aria-hidden", "true");
  place.append(helper);
  helper.select();
  const copied = document.execCommand("copy");
  helper.remove();
  focused?.focus();
  return copied;
}
