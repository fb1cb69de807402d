// The charts beside the picture, mounted once. A frame only replaces arrays in a chart's
// template; charts take turns, and together no more than a third of the page's time: the rest is
// the scene's. All charts over time share one time axis, one zoom and one cursor.

import { ChartCard } from "./chartcard.js";
import { ChartTools } from "./charttools.js";
import { TWICE, watchPointer } from "./cursor.js";
import { changed, timeAxis } from "./curves.js";
import { element } from "../shell/dom.js";

const REST = 2; // times as long as a chart took to draw, nothing else is drawn but the scene

export function loadPlotly(url) {
  if (window.Plotly) return Promise.resolve(window.Plotly);
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => reject(new Error("The charts' script could not be loaded."));
    document.head.append(script);
  });
}

export class Charts {
  /**
   * panels: [{figure, title, help, formula, needs, over_steps, curves, newest, light, dark}].
   * wake() asks for a paint(), seek(step) for a moment of the past; cursor(step or null) hears
   * where the pointer is.
   */
  constructor(place, panels, { wake, seek, cursor = () => {} }) {
    Object.assign(this, { wake, seek, cursor });
    this.queue = []; // cards that wait to be drawn
    this.next = 0; // when the next one may be
    this.arrays = new Map();
    this.meta = { step: 0, steps: 0 };
    this.view = { unit: "steps", smoothing: 0, log: false, zoom: null, zooms: 0 };
    this.step = null; // under the cursor
    this.root = element("div", "gl-board");
    this.tools = new ChartTools(this.root, {
      changed: (choice) => this.choose(choice),
      unzoom: () => this.zoomTo(null),
    });
    this.grid = element("div", "gl-charts");
    this.cards = panels.map((panel) => new ChartCard(panel));
    this.grid.append(...this.cards.map((card) => card.root));
    this.root.append(this.grid);
    place.append(this.root);
    this.timed = this.cards.filter((card) => card.panel.over_steps);
    this.endings = this.timed.map((card) => this.listen(card));
    this.observe();
  }

  /** Cards are drawn while they are on the screen, in the size they have there. */
  observe() {
    const owner = new Map(this.cards.flatMap((card) => [[card.root, card], [card.plot, card]]));
    const each = (act) => (entries) => {
      for (const entry of entries) act(owner.get(entry.target), entry);
      this.wake();
    };
    const sized = each((card, { contentRect }) => {
      card.measure(contentRect);
      this.want(card);
    });
    const seen = each((card, { isIntersecting }) => {
      card.visible = isIntersecting;
      this.want(card);
    });
    this.observers = [new ResizeObserver(sized), new IntersectionObserver(seen, { rootMargin: "64px" })];
    for (const card of this.cards) {
      this.observers[0].observe(card.plot);
      this.observers[1].observe(card.root);
    }
  }

  listen(card) {
    return watchPointer(card.plot, {
      hover: (value) => this.hover(value),
      hold: (held) => this.hold(card, held),
      click: (value) => this.click(value),
      twice: () => this.zoomTo(null),
    });
  }

  /** Data without modes to tell apart, or with a single one, need no charts of modes. */
  describe({ modes }) {
    for (const { root, panel } of this.cards) root.hidden = panel.needs === "modes" && modes < 2;
  }

  start(Plotly) {
    this.Plotly = Plotly;
    this.redraw();
  }

  setTheme(theme) {
    this.theme = theme;
    this.redraw();
  }

  /** Newer arrays for all; the charts over time share one axis that grows with the run. */
  show(arrays, meta) {
    const before = { arrays: this.arrays, end: this.axis.end, cursor: this.meta.cursor };
    this.arrays = arrays;
    this.meta = meta;
    this.tools.show(meta, arrays);
    if (this.view.zoom && this.stepOf(this.view.zoom[0]) >= this.newest) this.zoomTo(null); // a fresh start
    const moved = this.view.unit !== "steps" || this.axis.end !== before.end;
    for (const card of this.cards) {
      const { figure, over_steps: timed } = card.panel;
      if ((moved && timed) || changed(figure, before.arrays, arrays)) this.want(card);
    }
    if (meta.cursor !== before.cursor) this.cursorAt(this.step);
  }

  get newest() {
    return this.meta.newest ?? this.meta.step ?? 0;
  }

  /** The time axis as it is now, the same for all. */
  get axis() {
    return timeAxis(this.view.unit, this.meta, this.arrays);
  }

  choose(choice) {
    if (choice.unit) this.zoomTo(null);
    Object.assign(this.view, choice);
    this.redraw();
  }

  redraw() {
    for (const card of this.cards) this.want(card);
    this.wake();
  }

  want(card) {
    if (card.visible && card.size.width && !this.queue.includes(card)) this.queue.push(card);
  }

  /** Draw the chart that has waited longest, if it is time for one; true while others wait. */
  paint() {
    const now = performance.now();
    if (!this.Plotly || !this.theme) return false;
    const card = this.queue.find(({ held }) => !held);
    if (card && now >= this.next) {
      this.queue.splice(this.queue.indexOf(card), 1);
      this.draw(card);
      const end = performance.now();
      this.next = end + REST * (end - now);
    }
    return this.queue.some(({ held }) => !held);
  }

  draw(card) {
    if (!card.visible) return; // scrolled away while it waited
    const axis = this.axis;
    card.draw(this.Plotly, this.theme, this.arrays, { ...this.view, axis });
    if (!card.panel.over_steps) return;
    if (!card.mounted) card.plot.on("plotly_relayout", (change) => this.zoomed(change));
    card.mounted = true;
    this.mark(card, axis);
  }

  // -- cursor ------------------------------------------------------------------------------------

  hover(value) {
    const step = value === null ? null : this.stepOf(value);
    if (step === this.step) return;
    this.cursorAt(step);
    this.cursor(step);
  }

  /** A whole step of the run, from a value of the time axis. */
  stepOf(value) {
    return Math.min(Math.max(Math.round(this.axis.from(value)), 0), this.newest);
  }

  /** Lines at a step in all charts over time; none for null. */
  cursorAt(step) {
    this.step = step;
    const axis = this.axis;
    for (const card of this.timed) this.mark(card, axis);
  }

  mark(card, { to }) {
    const at = (step) => (step === null ? null : to(step));
    card.hovered.stand(card.plot, at(this.step));
    card.past.stand(card.plot, at(this.meta.cursor ?? null));
  }

  /** A first click on zoomed charts may become a double one, which is no wish to seek. */
  click(value) {
    const step = this.stepOf(value);
    clearTimeout(this.clicking);
    this.clicking = setTimeout(() => this.seek(step), this.view.zoom ? TWICE : 0);
  }

  // -- zoom --------------------------------------------------------------------------------------

  /** A chart under a pressed button is left alone, so that a drag is not cut short. */
  hold(card, held) {
    card.held = held;
    this.wake();
  }

  zoomed(change) {
    const range = change["xaxis.range"] ?? [change["xaxis.range[0]"], change["xaxis.range[1]"]];
    if (range.every(Number.isFinite)) this.zoomTo([...range]);
  }

  /** All charts over time to a range of the axis; null shows all of it. */
  zoomTo(zoom) {
    clearTimeout(this.clicking);
    if (!zoom && !this.view.zoom) return;
    Object.assign(this.view, { zoom, zooms: this.view.zooms + 1 });
    this.tools.zoomed(Boolean(zoom));
    this.redraw();
  }

  destroy() {
    clearTimeout(this.clicking);
    for (const observer of this.observers) observer.disconnect();
    for (const end of this.endings) end();
    for (const card of this.cards) {
      card.about.destroy();
      this.Plotly?.purge(card.plot);
    }
    this.root.remove();
  }
}
