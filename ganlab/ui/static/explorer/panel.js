// The explorer as a panel of a laboratory, over the laboratory's own socket; its scripts are
// fetched when it is first opened.

import { button, write } from "../shell/dom.js";

const FAILED = "The explorer could not be loaded; reload the page to try again.";
const CALM = window.matchMedia("(prefers-reduced-motion: reduce)");
const HINT = "Explore the latent space of this generator, also while it trains";

export class Panel {
  /** place: where it opens; data: of an Explorer; send(command): boolean. */
  constructor(place, { data, send }) {
    Object.assign(this, { place, data, send });
    place.id = "gl-latents";
    place.hidden = true;
    this.button = button({ icon: "latents", label: "Latents", hint: HINT, act: () => this.toggle() });
    this.button.setAttribute("aria-controls", place.id);
    this.button.setAttribute("aria-expanded", "false");
  }

  async toggle() {
    this.place.hidden = !this.place.hidden;
    this.button.setAttribute("aria-expanded", String(!this.place.hidden));
    this.explorer?.attend(!this.place.hidden);
    if (this.place.hidden) return;
    if (this.explorer) this.explorer.inquire();
    else await this.make().catch(() => write(this.place, FAILED));
    const behavior = CALM.matches ? "auto" : "smooth";
    if (!this.ended) this.place.scrollIntoView({ block: "start", behavior });
  }

  async make() {
    const { Explorer } = await import("./explorer.js");
    if (this.ended || this.explorer) return;
    this.explorer = new Explorer(this.place, this.data, this.send);
    this.explorer.opened();
  }

  /** The line is open, for the first time or again. */
  opened() {
    this.explorer?.opened();
  }

  /** A run began, or began anew. */
  restarted() {
    if (this.open) this.explorer.inquire();
  }

  /** The newest frame's meta. */
  show(meta) {
    if (this.open) this.explorer.pulse(meta);
  }

  get open() {
    return Boolean(this.explorer) && !this.place.hidden;
  }

  /** An answer; it needs no acknowledgement. */
  receive(frame) {
    this.explorer?.receive(frame);
    return false;
  }

  refused(notice) {
    return Boolean(this.explorer?.refused(notice));
  }

  setTheme() {
    this.explorer?.setTheme();
  }

  destroy() {
    this.ended = true;
    this.explorer?.destroy();
  }
}
