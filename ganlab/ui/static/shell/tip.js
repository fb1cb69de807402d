// The explanation of one flag at a time, above everything else and next in the order of tabs.

import { button, count, element } from "./dom.js";

const LINGER = 250; // milliseconds the pointer may take from the flag to its explanation
const MARGIN = 8; // pixels to the edge of the window
const GAP = 6; // pixels to the flag

export class Tip {
  constructor(jump) {
    this.jump = jump;
    this.node = element("div", "gl-tip");
    this.node.id = "gl-tip";
    this.node.popover = "manual";
    this.node.addEventListener("pointerenter", () => clearTimeout(this.timer));
    this.node.addEventListener("pointerleave", () => this.hideSoon());
    this.node.addEventListener("focusout", ({ relatedTarget }) => this.lost(relatedTarget));
    this.onKey = (event) => { if (event.key === "Escape" && this.flag) this.close(); };
    this.onPress = ({ target }) => { if (this.flag && !this.holds(target)) this.hide(); };
    this.onScroll = () => this.position();
    document.addEventListener("keydown", this.onKey, true);
    document.addEventListener("pointerdown", this.onPress, true);
    document.addEventListener("scroll", this.onScroll, true);
  }

  serve(flag) {
    flag.setAttribute("aria-expanded", "false");
    flag.addEventListener("pointerenter", (event) => { if (event.pointerType === "mouse") this.open(flag); });
    flag.addEventListener("pointerleave", (event) => { if (event.pointerType === "mouse") this.hideSoon(); });
    flag.addEventListener("focus", () => {
      if (!this.closing && flag.matches(":focus-visible")) this.open(flag);
    });
    flag.addEventListener("blur", ({ relatedTarget }) => this.lost(relatedTarget));
    flag.addEventListener("click", () => this.press(flag));
  }

  open(flag) {
    clearTimeout(this.timer);
    if (this.flag === flag) return;
    this.hide();
    this.flag = flag;
    this.node.replaceChildren(...flag.marks.map((mark) => this.entry(mark)));
    flag.after(this.node);
    flag.setAttribute("aria-expanded", "true");
    flag.setAttribute("aria-describedby", this.node.id);
    this.node.showPopover();
    this.position();
  }

  entry(mark) {
    const entry = element("div", "gl-tip-entry");
    entry.dataset.severity = mark.severity;
    const act = () => {
      this.close();
      this.jump(mark.step);
    };
    const go = button({ label: `Go to step ${count(mark.step)}`, act });
    entry.append(element("strong", "gl-tip-title", mark.title), element("p", "gl-tip-text", mark.text), go);
    return entry;
  }

  /** A press keeps the explanation open until the next press. */
  press(flag) {
    const again = this.flag === flag && this.pinned;
    if (again) return this.hide();
    this.open(flag);
    this.pinned = true;
  }

  position() {
    if (!this.flag) return;
    const flag = this.flag.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = this.node;
    const left = flag.left + flag.width / 2 - width / 2;
    const above = flag.top - height - GAP;
    this.node.style.left = `${Math.max(MARGIN, Math.min(left, window.innerWidth - width - MARGIN))}px`;
    this.node.style.top = `${above < MARGIN ? flag.bottom + GAP : above}px`;
  }

  holds(target) {
    return this.flag.contains(target) || this.node.contains(target);
  }

  lost(target) {
    if (this.flag && !this.pinned && !(target && this.holds(target))) this.hideSoon();
  }

  hideSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (this.flag && !this.pinned && !this.node.contains(document.activeElement)) this.hide();
    }, LINGER);
  }

  /** Closed from within: the focus goes back to the flag, which stays quiet. */
  close() {
    const { flag } = this;
    this.closing = true;
    if (this.node.contains(document.activeElement)) flag.focus();
    this.closing = false;
    this.hide();
  }

  leave(flag) {
    if (this.flag === flag) this.hide();
  }

  hide() {
    clearTimeout(this.timer);
    this.flag?.setAttribute("aria-expanded", "false");
    this.flag?.removeAttribute("aria-describedby");
    this.flag = undefined;
    this.pinned = false;
    this.node.remove();
  }

  destroy() {
    this.hide();
    document.removeEventListener("keydown", this.onKey, true);
    document.removeEventListener("pointerdown", this.onPress, true);
    document.removeEventListener("scroll", this.onScroll, true);
  }
}
