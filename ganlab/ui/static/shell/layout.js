// Where everything on a page of a run stands; what is in the places is the business of others.

import { button, element } from "./dom.js";

const ROOMY = window.matchMedia("(min-width: 87rem)"); // settings stand open beside the picture

export class Layout {
  constructor(parent, { view, hidden }) {
    this.root = element("div", `gl-live gl-${view}`);
    this.hidden = new Set(hidden);
    this.narration = element("div");
    this.figure = element("figure", "gl-figure");
    this.picture = element("div", "gl-picture");
    this.message = element("p", "gl-message");
    this.message.setAttribute("role", "status");
    this.trace = element("pre", "gl-trace");
    this.figure.append(this.picture, this.message, this.trace);
    if (view === "hero") this.root.append(this.figure, this.narration);
    else this.lab();
    parent.append(this.root);
  }

  lab() {
    const place = (className) => element("div", className);
    this.bar = place("gl-bar-place");
    this.share = place("gl-share-place");
    this.stages = place("gl-stages-place");
    this.timeline = place("gl-timeline-place");
    this.latents = place("gl-latents");
    this.charts = place("gl-charts-place");
    this.settings = element("aside", "gl-settings");
    this.settings.id = "gl-settings";
    this.settings.setAttribute("aria-label", "Settings");
    this.tools = this.hidden.has("settings") ? [this.share] : [this.toggle(), this.share];
    const main = place("gl-main");
    main.append(this.settings, this.figure, this.charts);
    this.charts.hidden = this.hidden.has("charts");
    this.root.append(this.bar, this.stages, this.narration, main, this.latents, this.timeline);
  }

  /** The button that opens and closes the settings; open at first where there is room. */
  toggle() {
    const act = () => this.open(this.root.dataset.settings !== "open");
    this.switch = button({ icon: "settings", label: "Settings", hint: "Show or hide the settings", act });
    this.switch.setAttribute("aria-controls", "gl-settings");
    this.open(ROOMY.matches);
    return this.switch;
  }

  open(wanted) {
    this.root.dataset.settings = wanted ? "open" : "closed";
    this.switch.setAttribute("aria-expanded", String(wanted));
  }
}
