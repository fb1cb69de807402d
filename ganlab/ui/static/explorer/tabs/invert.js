// Draw: a picture of one's own, and the search for the z that leads there (inversion).

import { button, element, write } from "../../shell/dom.js";
import { Examples } from "../invert/examples.js";
import { LossCurve } from "../invert/losscurve.js";
import { imageOf } from "../picture.js";
import { Sketch, labelled } from "../invert/sketch.js";
import { Trio, verdict } from "../invert/trio.js";

const LANE = "draw";
const NEAR = 1e-4; // a z this near to the one that was placed is the same
const SETTINGS = { // of a search
  starts: { label: "Starts", min: 1, max: 16, value: 8, help: "Where a search begins; the best one counts" },
  steps: { label: "Steps", min: 10, max: 1000, value: 300, help: "Steps of Adam from each start" },
  seed: { label: "Seed", min: 0, max: 999999, value: 0, help: "Other starts with another seed" },
};
const OUTDATED = "The generator has trained on since: by now it draws this z differently.";
const DIGITS = ["mnist", "digits"];
const IDLE = "Draw something, or choose an image; then find the z whose picture comes nearest.";

export default class InvertTab {
  static title = "Draw";

  static applies(about) {
    return about.kind === "image";
  }

  constructor(place, explorer) {
    this.explorer = explorer;
    this.root = element("div", "gl-x-invert");
    this.source = element("section", "gl-x-draw-source");
    this.search = element("section", "gl-x-draw-search");
    this.source.setAttribute("aria-label", "What to look for");
    this.search.setAttribute("aria-label", "Search for z");
    const columns = element("div", "gl-x-draw-columns");
    columns.append(this.source, this.search);
    this.root.append(columns);
    place.append(this.root);
    this.build();
    if (explorer.about) this.describe(explorer.about);
    if (explorer.theme) this.setTheme(explorer.theme, explorer.palette);
  }

  build() {
    this.find = button({ label: "Find z", act: () => this.start(), className: "gl-primary" });
    this.halt = button({ label: "Stop", act: () => this.stop() });
    this.progress = element("progress", "gl-x-draw-progress");
    this.progress.setAttribute("aria-label", "Search");
    const acts = element("div", "gl-x-draw-acts");
    acts.append(this.find, this.halt, this.progress);
    const edit = { label: "Edit from here", hint: "Take the z that was found", act: () => this.place() };
    this.edit = button(edit);
    this.follow = Object.assign(element("input", "gl-x-draw-check"), { type: "checkbox", checked: true });
    const after = element("div", "gl-x-draw-acts");
    after.append(this.edit, labelled("gl-x-draw-option", this.follow, "The big picture follows the search"));
    this.said = element("p", "gl-x-draw-said", IDLE);
    this.said.setAttribute("role", "status");
    this.search.append(acts);
    this.trio = new Trio(this.search);
    this.search.append(this.said, after);
    this.curve = new LossCurve(this.search);
    this.search.append(this.fold());
    this.examples = new Examples(this.source, {
      ask: (command, on) => this.explorer.channel.ask(command, on, LANE),
      pick: (chosen) => this.take(chosen),
      current: () => this.takeCurrent(),
    });
    this.state("idle");
  }

  fold() {
    const fold = element("details", "gl-more gl-x-draw-fold");
    fold.append(element("summary", "", "How it searches"));
    this.fields = {};
    for (const [name, { label, min, max, value, help }] of Object.entries(SETTINGS)) {
      const field = Object.assign(element("input", "gl-x-draw-number"), { type: "number", min, max, value });
      field.addEventListener("change", () => { field.value = this.setting(name); });
      const row = labelled("gl-x-draw-option", element("span", "", label), field);
      row.title = help;
      this.fields[name] = field;
      fold.append(row);
    }
    fold.append(element("p", "gl-x-draw-note",
      "Of many random z the best are the starts. From each of them, gradient descent through the frozen "
      + "generator lowers the mean squared error to the target, with a weak pull of z towards where the "
      + "prior's latents lie. After a quarter and after half of the steps, the worse half retires."));
    return fold;
  }

  /** A number of the fold, within its limits. */
  setting(name) {
    const { min, max, value } = SETTINGS[name];
    const typed = Math.round(this.fields[name].valueAsNumber);
    return Number.isFinite(typed) ? Math.max(min, Math.min(max, typed)) : value;
  }

  describe(about) {
    const [height, width] = about.shape.slice(-2);
    const same = this.sketch && this.sketch.height === height && this.sketch.width === width;
    if (!same) this.remake(height, width, DIGITS.includes(about.data) ? "Draw a digit here" : "Draw here");
    if (this.visible) this.examples.start();
  }

  remake(height, width, invitation) {
    this.sketch?.destroy();
    const changed = () => this.redrawn();
    this.sketch = new Sketch(this.source, { height, width, invitation, changed });
    this.source.prepend(this.sketch.root);
    this.redrawn();
  }

  /** What is drawn changed: a new target, once per painted frame. */
  redrawn() {
    if (this.redrawing) return;
    this.redrawing = requestAnimationFrame(() => {
      this.redrawing = undefined;
      if (this.sketch.strokes.drawn || this.sketch.strokes.empty) this.leaveTest();
      const target = this.sketch.pixels();
      if (this.busy) this.stop();
      this.trio.aim(target, this.sketch);
      this.forget();
      this.state("idle");
    });
  }

  /** It is no longer a test image that is looked for. */
  leaveTest() {
    this.test = undefined;
    this.examples.mark(undefined);
  }

  take({ values, index }) {
    this.sketch.setGround(values);
    this.test = index;
  }

  takeCurrent() {
    const z = [Array.from(this.explorer.point.value())];
    this.explorer.channel.ask({ op: "decode", z }, ({ meta, arrays }) => {
      if (meta.error) return write(this.said, meta.error);
      this.leaveTest();
      return this.sketch.setGround(imageOf(arrays.get("x")).values);
    }, LANE);
  }

  start() {
    const { sketch, explorer } = this;
    const [starts, steps, seed] = ["starts", "steps", "seed"].map((name) => this.setting(name));
    const aim = this.test === undefined ? { pixels: Array.from(sketch.pixels()) } : { test: this.test };
    this.forget();
    this.trio.aim(sketch.pixels(), sketch);
    this.leading = this.follow.checked;
    this.state("busy");
    write(this.said, "Looking for z ...");
    explorer.channel.ask({ op: "invert", ...aim, starts, steps, seed }, (answer) => this.hear(answer), LANE);
  }

  hear({ meta, arrays }) {
    if (meta.error) {
      this.state("idle");
      return write(this.said, meta.error);
    }
    if (!arrays.has("x")) return undefined; // a sign of life: the test images are being read
    const image = imageOf(arrays.get("x")).values;
    const error = this.trio.show(image, imageOf(arrays.get("target")).values);
    this.found = { z: arrays.get("z").values.slice(), step: meta.step, error };
    this.curve.add(meta.step, arrays.get("losses").values);
    this.progress.value = meta.step / Math.max(meta.steps, 1);
    if (this.leading) this.place();
    if (meta.done) return this.finish(meta);
    this.state("busy");
    return write(this.said, `Step ${meta.step} of ${meta.steps}: RMS error ${error.toFixed(2)}`);
  }

  finish({ step }) {
    this.state("done");
    const { error } = this.found;
    write(this.said, `After ${step} steps: RMS error ${error.toFixed(2)} (from black to white is 2); `
      + verdict(error));
  }

  stop() {
    this.explorer.channel.stop("invert");
    const { found } = this;
    this.state(found ? "done" : "idle");
    write(this.said, found ? `Stopped at step ${found.step}: RMS error ${found.error.toFixed(2)}.` : IDLE);
  }

  /** The big picture becomes what was found. */
  place() {
    this.placed = this.found.z;
    this.explorer.point.place(this.found.z);
  }

  forget() {
    this.found = undefined;
    this.outdated = false;
    this.placed = undefined;
    this.progress.value = 0;
    this.curve.clear(this.setting("steps"));
  }

  state(name) {
    this.root.dataset.state = name;
    this.busy = name === "busy";
    const blank = !this.sketch || this.sketch.strokes.empty;
    this.find.disabled = this.busy || blank;
    this.halt.disabled = !this.busy;
    this.edit.disabled = !this.found;
    if (name === "idle") write(this.said, IDLE);
  }

  /** Whoever moves z by hand during a search takes it over. */
  moved() {
    if (!this.busy || !this.leading || !this.placed) return;
    const now = this.explorer.point.value();
    if (this.placed.some((value, i) => Math.abs(value - now[i]) > NEAR)) this.leading = false;
  }

  show() {
    this.visible = true;
    if (this.sketch) this.examples.start();
  }

  hide() {
    this.visible = false;
  }

  /** What was found belongs to the weights of its time. */
  pulse() {
    if (!this.found || this.busy || this.outdated) return;
    this.outdated = true;
    write(this.said, `${this.said.textContent} ${OUTDATED}`);
  }

  setTheme(theme, palette) {
    this.trio.setTheme(palette);
    this.curve.setTheme(theme, palette);
    this.sketch?.paint();
  }

  destroy() {
    cancelAnimationFrame(this.redrawing);
    if (this.busy) this.explorer.channel.stop("invert");
    this.curve.destroy();
    this.sketch?.destroy();
    this.root.remove();
  }
}
