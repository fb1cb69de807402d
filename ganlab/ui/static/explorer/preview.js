// A small copy of the picture beside the tabs while the picture itself is out of sight; on phones,
// where it has a row of its own, always.

import { button, element, write } from "../shell/dom.js";

const HEADER = 60; // px that the page's own bar hides at the top
const SIDE = 144; // canvas pixels
const NARROW = window.matchMedia("(max-width: 40rem)");
const CALM = window.matchMedia("(prefers-reduced-motion: reduce)");
const HINT = "Back to the big picture and its controls";

export class Preview {
  /** source: the canvas that is copied; words(): what is known of it, in short. */
  constructor(place, { source, words }) {
    Object.assign(this, { source, words });
    this.canvas = element("canvas");
    this.canvas.setAttribute("aria-hidden", "true");
    Object.assign(this.canvas, { width: SIDE, height: SIDE });
    this.root = button({ label: "\u00a0", hint: HINT, act: () => this.back(), className: "gl-x-preview" });
    this.root.setAttribute("aria-label", HINT);
    this.root.prepend(this.canvas);
    place.append(this.root);
    this.observer = new IntersectionObserver(([entry]) => this.seen(entry), {
      rootMargin: `-${HEADER}px 0px 0px 0px`, threshold: 0.25,
    });
    this.observer.observe(source);
  }

  /** Only where the picture has left by the top: further up the tabs are not in sight either. */
  seen({ isIntersecting, boundingClientRect: { top, height } }) {
    this.away = !isIntersecting && height > 0 && top < HEADER;
    this.root.toggleAttribute("data-away", this.away);
    this.copy();
  }

  copy() {
    if (!this.away && !NARROW.matches) return;
    const { source } = this;
    const context = this.canvas.getContext("2d");
    context.imageSmoothingEnabled = source.width > SIDE; // few pixels stay squares
    context.clearRect(0, 0, SIDE, SIDE);
    context.drawImage(source, 0, 0, SIDE, SIDE);
    write(this.root.lastChild, this.words());
  }

  back() {
    this.source.scrollIntoView({ block: "center", behavior: CALM.matches ? "auto" : "smooth" });
  }

  destroy() {
    this.observer.disconnect();
    this.root.remove();
  }
}
