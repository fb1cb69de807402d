// Small Plotly charts, mounted once. A frame only replaces arrays in a chart's template; charts
// take turns, and together no more than a third of the page's time: the rest is the scene's.

import { tracesOf } from "./frame.js";

const CONFIG = { displayModeBar: false, responsive: true, doubleClick: "reset" };
const SHORTEST = 100; // steps
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
  /** places: figure name -> element; panels: [{figure, light, dark}], Plotly figures. */
  constructor(Plotly, places, panels) {
    this.Plotly = Plotly;
    this.places = places;
    this.panels = Object.fromEntries(panels.map((panel) => [panel.figure, panel]));
    this.queue = [];
    this.arrays = new Map();
    this.horizon = SHORTEST;
    this.next = 0;
  }

  setTheme(theme) {
    this.look = theme.dark ? "dark" : "light";
    this.redraw();
  }

  /** Everything has to be drawn again, as after a change of theme or a late start. */
  redraw() {
    this.queue = Object.keys(this.places);
  }

  /** Newer arrays for all; the charts over time share one axis that grows with the step. */
  offer(arrays, { step = 0, steps = 0 }) {
    this.arrays = arrays;
    this.horizon = horizon(step, steps);
    for (const name of Object.keys(this.places)) {
      if (!this.queue.includes(name)) this.queue.push(name);
    }
  }

  /** Draw the chart that has waited longest, if it is time for one; true while others wait. */
  paint() {
    const now = performance.now();
    if (this.queue.length && this.look && now >= this.next) {
      this.draw(this.queue.shift());
      const end = performance.now();
      this.next = end + REST * (end - now);
    }
    return this.queue.length > 0;
  }

  draw(name) {
    const panel = this.panels[name];
    const { data, layout } = panel[this.look];
    const fresh = tracesOf(this.arrays, name);
    const traces = data.map((trace, i) => withArrays(trace, fresh[i] ?? {}));
    if (panel.over_steps) layout.xaxis.range = [0, this.horizon];
    this.Plotly.react(this.places[name], traces, layout, CONFIG);
  }

  destroy() {
    for (const place of Object.values(this.places)) this.Plotly.purge(place);
  }
}

/** Where the time axis ends: it doubles rather than creeps, so that it mostly stands still. */
function horizon(step, steps) {
  let end = SHORTEST;
  while (end < step) end *= 2;
  return Math.min(end, Math.max(steps, step));
}

/** A copy of the trace with arrays at their dotted attributes ("x", "marker.color"). */
function withArrays(trace, arrays) {
  const copy = { ...trace };
  for (const [path, values] of Object.entries(arrays)) {
    const parts = path.split(".");
    const last = parts.pop();
    let target = copy;
    for (const part of parts) target = target[part] = { ...target[part] };
    target[last] = values;
  }
  return copy;
}
