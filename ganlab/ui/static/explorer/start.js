// Where z starts from: a seed, by chance or typed in; how far it is drawn in; and the way back.

import { button, element } from "../shell/dom.js";
import { slider } from "./sliders.js";

const LARGEST_SEED = 2 ** 31 - 1;
const SURPRISES = 10_000; // seeds short enough to tell somebody
const WHY = "Draws z in towards the middle of the prior: safer pictures, less variety. 1 leaves it alone.";

export class Start {
  /** seed(n): start from the z of a seed. */
  constructor(place, { point, changed, seed }) {
    Object.assign(this, { point, changed, seed });
    this.root = element("div", "gl-x-start");
    this.root.append(this.surprise(), this.field(), this.resetAll());
    place.append(this.root);
    this.truncation = this.psi();
    this.end = point.on(() => this.refresh());
    this.refresh();
  }

  surprise() {
    const act = (event) => {
      this.changed(event);
      this.seed(Math.floor(Math.random() * SURPRISES));
    };
    const hint = "Another z, by chance";
    return button({ icon: "seed", label: "Surprise me", hint, act, className: "gl-x-surprise" });
  }

  field() {
    const label = element("label", "gl-x-choice", "Seed");
    this.input = Object.assign(element("input", "gl-input"), {
      type: "number", min: 0, max: LARGEST_SEED, step: 1, inputMode: "numeric",
      title: "The same seed always gives the same z",
    });
    this.input.addEventListener("change", (event) => this.typed(event));
    this.input.addEventListener("keydown", (event) => this.key(event));
    label.append(this.input);
    return label;
  }

  /** Enter leads back to the seed that is there already, too: no change tells of that. */
  key(event) {
    event.stopPropagation(); // elsewhere keys are the run's
    if (event.key === "Enter" && this.input.value === String(this.point.seed)) this.typed(event);
  }

  typed(event) {
    const wanted = Number(this.input.value);
    const seed = Math.min(Math.max(Math.round(wanted), 0), LARGEST_SEED);
    if (this.input.value === "" || !Number.isFinite(seed)) return this.refresh();
    this.changed(event);
    return this.seed(seed);
  }

  resetAll() {
    const act = (event) => { this.changed(event); this.point.resetAll(); };
    const hint = "Every control back to the seed\u2019s z";
    this.reset = button({ icon: "reset", label: "Reset all", hint, act });
    return this.reset;
  }

  psi() {
    const row = slider({
      name: "Truncation \u03c8", range: { min: 0, max: 1, step: 0.01 }, hint: WHY,
      changed: this.changed, put: (value) => this.point.setPsi(value), reset: () => this.point.setPsi(1),
    });
    const node = element("div", "gl-x-psi");
    node.hidden = this.point.latent.dim === 0;
    node.append(row.node, element("p", "gl-x-note", WHY));
    this.showPsi = () => row.show(this.point.psi, this.point.psi !== 1);
    return node;
  }

  refresh() {
    const { point, input, reset } = this;
    const text = point.seed === undefined ? "" : String(point.seed);
    if (input.value !== text && document.activeElement !== input) input.value = text;
    if (reset.disabled !== !point.moved) reset.disabled = !point.moved;
    this.showPsi();
  }

  destroy() {
    this.end();
  }
}
