// The history of the run: a slider over all its steps, flags of what happened, and, laid over the
// page, what one can do in the past: play it back, continue from there, return to now.

import { button, count, drawing, element, write } from "../shell/dom.js";
import { Flags } from "./flags.js";

const PAUSE = 60; // milliseconds between two seeks while dragging
const BEAT = 50; // milliseconds between two moments of a replay
const PATIENCE = 1000; // milliseconds to wait for the run to show what was asked for
const HINT = "Drag back to look at an earlier step";
const JUMPS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 };
const SVG = "http://www.w3.org/2000/svg";

export class Timeline {
  /** send(command): to the run; cursor(step | null): told where the pointer is. */
  constructor(place, { send, hidden = [], cursor = () => {} }) {
    this.send = send;
    this.pointed = cursor;
    this.moments = [];
    this.newest = 0;
    this.shown = null; // the past step that the run shows
    this.sentAt = -Infinity;
    this.root = element("section", "gl-timeline");
    this.root.setAttribute("aria-label", "History of the run");
    this.root.hidden = hidden.includes("timeline");
    this.flags = new Flags((step) => this.jump(step));
    this.end = element("span", "gl-history-end", "0");
    const start = element("span", "gl-history-start", "0");
    this.root.append(this.strip(), this.flags.node, this.flags.voice, start, this.rail(), this.end);
    place.append(this.root);
    this.follow();
  }

  rail() {
    const rail = element("div", "gl-history-rail");
    const ticks = document.createElementNS(SVG, "svg");
    ticks.setAttribute("class", "gl-kept");
    ticks.setAttribute("preserveAspectRatio", "none");
    ticks.setAttribute("aria-hidden", "true");
    this.ticks = ticks;
    ticks.append((this.tickPath = document.createElementNS(SVG, "path")));
    const line = element("div", "gl-history-line");
    line.append((this.line = element("div", "gl-history-cursor")));
    this.line.hidden = true;
    this.range = element("input", "gl-history");
    Object.assign(this.range, { type: "range", min: 0, max: 0, step: 1, value: 0 });
    this.range.setAttribute("aria-label", "History");
    this.range.title = HINT;
    rail.append(ticks, line, this.range);
    this.listen();
    return rail;
  }

  listen() {
    const { range } = this;
    const release = () => { this.dragging = false; this.follow(); };
    range.addEventListener("pointerdown", () => {
      this.dragging = true;
      this.stop();
      for (const end of ["pointerup", "pointercancel"]) window.addEventListener(end, release, { once: true });
    });
    range.addEventListener("input", () => { this.stop(); this.seek(this.nearest(Number(range.value))); });
    range.addEventListener("change", release);
    range.addEventListener("keydown", (event) => this.key(event));
    range.addEventListener("pointermove", ({ clientX }) => this.point(this.stepAt(clientX)));
    range.addEventListener("pointerleave", () => this.point(null));
  }

  strip() {
    this.words = element("span", "gl-history-words");
    this.replayButton = button({ icon: "play", label: "Replay", act: () => this.toggleReplay() });
    this.branchButton = button({ icon: "branch", label: "Continue", act: () => this.send({ op: "branch" }) });
    this.why = element("span", "gl-history-why", "as a new run; this one stays");
    const back = button({ label: "Back to now", act: () => { this.stop(); this.seek(null); } });
    this.past = element("div", "gl-past");
    const branch = element("span", "gl-branch");
    branch.append(this.branchButton, this.why);
    this.past.append(this.replayButton, branch, back);
    const strip = element("div", "gl-history-strip");
    strip.append(this.words, this.past);
    return strip;
  }

  show(meta, arrays) {
    this.shown = meta.cursor ?? null;
    this.branchStep = meta.branch_step ?? null;
    if (this.asked && this.asked.step === this.shown) this.asked = undefined;
    if (this.shown === null && !this.asked) this.stop();
    if (!this.dragging) this.grow(meta.newest ?? meta.step ?? this.newest);
    this.keep(arrays?.get("timeline/steps")?.values ?? []);
    this.follow();
  }

  marks(list) {
    this.flags.show(list);
  }

  /** A thin line at the step that is pointed at, here or in a chart. */
  cursor(step) {
    this.line.hidden = step === null || step < 0 || step > this.newest;
    if (!this.line.hidden) this.line.style.left = `${100 * (step / (this.newest || 1))}%`;
  }

  grow(newest) {
    if (newest === this.newest) return;
    this.newest = newest;
    this.range.max = newest;
    this.ticks.setAttribute("viewBox", `0 0 ${newest || 1} 1`);
    write(this.end, count(newest));
    this.flags.place(newest);
  }

  keep(steps) {
    const same = steps.length === this.moments.length && steps.at(-1) === this.moments.at(-1);
    if (same && steps[0] === this.moments[0]) return;
    this.moments = [...steps];
    this.tickPath.setAttribute("d", this.moments.map((step) => `M${step} 0v1`).join(""));
  }

  /** The step asked for, or else the one that is shown; null is now. */
  target() {
    return this.asked ? this.asked.step : this.shown;
  }

  follow() {
    const step = this.target();
    const at = step ?? this.newest;
    if (!this.dragging) this.range.value = at;
    this.range.setAttribute("aria-valuetext", `step ${count(at)}${step === null ? ", now" : ""}`);
    this.range.disabled = this.newest === 0;
    this.root.classList.toggle("gl-in-past", step !== null);
    this.past.inert = step === null;
    write(this.words, step === null ? "" : `Looking at step ${count(at)} of ${count(this.newest)}`);
    const branch = this.branchStep ?? step ?? 0;
    write(this.branchButton.lastChild, `Continue from step ${count(branch)}`);
    this.branchButton.disabled = this.branchStep === null;
  }

  /** The kept moment closest to a step; null for now. */
  nearest(step) {
    const closer = (a, b) => (Math.abs(b - step) < Math.abs(a - step) ? b : a);
    const best = this.moments.reduce(closer, this.newest);
    return best >= this.newest ? null : best;
  }

  stepAt(x) {
    const { left, right } = this.ticks.getBoundingClientRect();
    return Math.min(Math.max((x - left) / (right - left), 0), 1) * this.newest;
  }

  point(step) {
    this.cursor(step);
    this.pointed(step);
  }

  key(event) {
    const by = JUMPS[event.key];
    if (by === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.stop();
    const at = this.target() ?? this.newest;
    const stops = [...this.moments.filter((step) => step < this.newest), this.newest];
    const next = by > 0 ? stops.find((step) => step > at) : stops.findLast((step) => step < at);
    if (next !== undefined) this.seek(next === this.newest ? null : next);
  }

  jump(step) {
    this.stop();
    this.seek(this.nearest(step));
  }

  /** Ask for a past step; at most every `pause` milliseconds, and the last one always. */
  seek(step, pause = PAUSE) {
    if (step === this.target()) return;
    clearTimeout(this.forget);
    this.asked = { step };
    this.forget = setTimeout(() => { this.asked = undefined; this.follow(); }, PATIENCE);
    this.follow();
    const wait = this.sentAt + pause - performance.now();
    clearTimeout(this.later);
    if (wait <= 0) this.sendSeek(step);
    else this.later = setTimeout(() => this.sendSeek(step), wait);
  }

  sendSeek(step) {
    this.sentAt = performance.now();
    this.send({ op: "seek", step });
  }

  toggleReplay() {
    if (this.replaying) return this.stop();
    const from = this.target() ?? this.newest;
    const later = this.moments.filter((step) => step > from && step < this.newest);
    const film = later.length ? later : this.moments.filter((step) => step < this.newest);
    this.replaying = setInterval(() => this.beat(film), BEAT);
    this.face("pause", "Stop");
  }

  /** The next moment, once the last one has been seen. */
  beat(film) {
    if (this.asked) return;
    if (!film.length) return this.stop();
    this.seek(film.shift(), 0);
  }

  /** End a replay, as when the run is asked for something else. */
  stop() {
    if (!this.replaying) return;
    clearInterval(this.replaying);
    this.replaying = undefined;
    this.face("play", "Replay");
  }

  face(icon, label) {
    this.replayButton.firstChild.replaceWith(drawing(icon));
    write(this.replayButton.lastChild, label);
  }

  destroy() {
    this.stop();
    clearTimeout(this.later);
    clearTimeout(this.forget);
    this.flags.destroy();
    this.root.remove();
  }
}
