// One image enlarged: while the pointer is on it, or pinned by a click so that it can be followed.

import { button, element, write } from "../shell/dom.js";

const SIDE = 144; // px of the enlarged image, and less where that is no multiple of it
const GAP = 8; // px between an image and its enlargement
const STEPS = { ArrowLeft: -1, ArrowRight: 1 };

export class Loupe {
  /** find({x, y}): {side, index} at a place on the canvas; count(side): how many images it has. */
  constructor(place, canvas, { find, count, changed }) {
    Object.assign(this, { place, canvas, find, count, changed });
    this.box = element("div", "gl-loupe");
    this.box.setAttribute("role", "group");
    this.box.setAttribute("aria-label", "One image, enlarged");
    this.image = element("canvas");
    this.image.setAttribute("aria-hidden", "true");
    this.words = element("p");
    this.box.append(this.image, this.words, this.tools());
    this.box.hidden = true;
    place.append(this.box);
    this.listen();
  }

  tools() {
    this.bar = element("div", "gl-loupe-tools");
    this.bar.setAttribute("role", "toolbar"); // in which the arrows are not the run's
    this.bar.setAttribute("aria-label", "Other images: left and right arrow");
    this.bar.append(
      button({ label: "\u2039", hint: "The one before", act: () => this.walk(-1) }),
      button({ label: "\u203a", hint: "The next one", act: () => this.walk(1) }),
      button({ icon: "close", hint: "Close", act: () => this.close() }),
    );
    for (const part of this.bar.children) part.setAttribute("aria-label", part.title);
    return this.bar;
  }

  listen() {
    const { canvas } = this;
    canvas.addEventListener("pointermove", (event) => event.pointerType === "mouse" && this.hover(at(event)));
    canvas.addEventListener("pointerleave", () => this.hover(undefined));
    canvas.addEventListener("click", (event) => this.click(at(event)));
    this.bar.addEventListener("keydown", (event) => this.key(event));
    this.ending = new AbortController(); // of what is listened to all over the page
    const escape = ({ key }) => key === "Escape" && this.close();
    document.addEventListener("keydown", escape, { signal: this.ending.signal });
  }

  hover(place) {
    const found = place && this.find(place);
    this.canvas.style.cursor = found ? "zoom-in" : "";
    if (same(found, this.pointed)) return;
    this.pointed = found;
    this.dismissed = false;
    this.changed();
  }

  click(place) {
    const found = this.find(place);
    if (!found || same(found, this.pinned)) return this.close();
    return this.pin(found);
  }

  pin(image) {
    this.pinned = image;
    this.dismissed = false;
    this.changed();
  }

  /** Pin an image from the keyboard, which goes on at the buttons; a second time closes it. */
  follow(image) {
    if (this.pinned) return this.close();
    this.before = document.activeElement;
    this.box.hidden = this.bar.hidden = false; // what is hidden takes no focus
    this.bar.children[1].focus({ preventScroll: true });
    return this.pin(image);
  }

  close() {
    if (!this.chosen()) return;
    if (this.box.contains(document.activeElement)) this.before?.focus();
    this.pinned = undefined;
    this.dismissed = true; // until the pointer is on another image
    this.changed();
  }

  walk(step) {
    const { side, index } = this.pinned;
    const many = this.count(side);
    this.pin({ side, index: (index + step + many) % many });
  }

  key(event) {
    const step = STEPS[event.key];
    if (!step || !this.pinned || event.ctrlKey || event.metaKey || event.altKey) return;
    this.walk(step);
    event.preventDefault();
    event.stopPropagation(); // elsewhere the arrows are the run's
  }

  /** The image to be enlarged, {side, index}: the pinned one, else the one under the pointer. */
  chosen() {
    const image = this.pinned ?? (this.dismissed ? undefined : this.pointed);
    return image && image.index < this.count(image.side) ? image : undefined;
  }

  /**
   * Draw it, beside where it is on the canvas: at {left, top, size} px; score: D's or undefined;
   * one: what such an image is called; formula: what D's score of it is.
   */
  show(mosaic, { one, formula }, { at: home, score, colour, ratio }) {
    const { index } = this.chosen();
    mosaic.drawAlone(this.image, index, Math.round(SIDE * ratio));
    this.image.style.width = `${this.image.width / ratio}px`;
    this.image.style.borderColor = colour;
    const said = score === undefined ? "" : `, ${formula} = ${score.toFixed(2)}`;
    write(this.words, `${one} ${index + 1}${said}`);
    this.box.hidden = false;
    this.box.classList.toggle("gl-pinned", Boolean(this.pinned));
    this.bar.hidden = !this.pinned;
    this.settle(home);
  }

  /** Beside its image where there is room, and never outside the picture. */
  settle({ left, top, size }) {
    const { clientWidth, clientHeight } = this.place;
    const { offsetWidth, offsetHeight } = this.box;
    const right = left + size + GAP;
    const x = right + offsetWidth <= clientWidth ? right : left - GAP - offsetWidth;
    const lowest = clientHeight - 1 - offsetHeight; // 1: both are rounded
    const y = Math.min(top + (size - offsetHeight) / 2, lowest);
    this.box.style.transform = `translate(${Math.floor(Math.max(x, 0))}px, ${Math.floor(Math.max(y, 0))}px)`;
  }

  hide() {
    this.box.hidden = true;
  }

  destroy() {
    this.ending.abort();
  }
}

const at = ({ offsetX, offsetY }) => ({ x: offsetX, y: offsetY });
const same = (a, b) => a?.side === b?.side && a?.index === b?.index;
