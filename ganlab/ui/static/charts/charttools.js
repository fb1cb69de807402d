// The line above the charts: how they are smoothed, and in what their axes count.

import { button, element } from "../shell/dom.js";
import { unavailable } from "./curves.js";

const UNITS = { steps: "Steps", epochs: "Epochs", seconds: "Seconds" };

export class ChartTools {
  /** changed({smoothing} or {unit} or {log}): what the user chose; unzoom(). */
  constructor(place, { changed, unzoom }) {
    this.changed = changed;
    this.root = element("div", "gl-chart-bar");
    this.root.setAttribute("role", "group");
    this.root.setAttribute("aria-label", "How the charts are shown");
    this.root.append(this.slider(), this.segments(), ...this.switches(unzoom));
    place.append(this.root);
  }

  slider() {
    const label = element("label", "gl-smoothing", "Smoothing");
    const input = element("input");
    Object.assign(input, { type: "range", min: 0, max: 0.99, step: 0.01, value: 0 });
    label.title = "Moving average of the curves; the measured values stay, faint";
    const shown = element("output", "", "0.00");
    shown.setAttribute("aria-hidden", "true"); // the slider says it
    input.addEventListener("input", () => {
      shown.textContent = Number(input.value).toFixed(2);
      this.changed({ smoothing: Number(input.value) });
    });
    label.append(input, shown);
    return label;
  }

  segments() {
    const group = element("div", "gl-segments");
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", "Time axis in");
    this.units = Object.entries(UNITS).map(([unit, label]) => {
      const made = button({ label, act: () => this.choose(unit) });
      made.setAttribute("aria-pressed", String(unit === "steps"));
      group.append(made);
      return [unit, made];
    });
    return group;
  }

  choose(unit) {
    for (const [name, made] of this.units) made.setAttribute("aria-pressed", String(name === unit));
    this.changed({ unit });
  }

  switches(unzoom) {
    this.log = button({ label: "Log", act: () => this.switch() });
    this.log.title = "Logarithmic y axis, for the charts whose values are all above 0";
    this.log.setAttribute("aria-pressed", "false");
    this.reset = button({ label: "Reset zoom", act: unzoom, className: "gl-unzoom" });
    this.reset.title = "Show the whole time axis; a double click on a chart does the same";
    this.zoomed(false);
    return [this.log, this.reset];
  }

  switch() {
    const log = this.log.getAttribute("aria-pressed") !== "true";
    this.log.setAttribute("aria-pressed", String(log));
    this.changed({ log });
  }

  zoomed(zoomed) {
    this.reset.classList.toggle("gl-idle", !zoomed); // its place stays: nothing jumps
  }

  /** Only units that the run knows can be chosen. */
  show(meta, arrays) {
    for (const [unit, made] of this.units) {
      const why = unavailable(unit, meta, arrays);
      if (made.title !== why) made.title = why;
      made.disabled = why !== "";
      if (why && made.getAttribute("aria-pressed") === "true") this.choose("steps");
    }
  }
}
