// The live component: one socket, one scene, a few charts, a playback bar. Streamlit calls the
// default export at every change of data or theme; the view behind it is made once.

import { Charts, loadPlotly } from "./charts.js";
import { decodeFrame } from "./frame.js";
import { Playback, element } from "./playback.js";
import { Scene } from "./scene.js";
import { LiveSocket } from "./socket.js";
import { readTheme } from "./theme.js";

const NARRATION_PAUSE = 1500; // milliseconds a sentence stays readable
const SPOKEN_PAUSE = 12000;
const CALM = window.matchMedia("(prefers-reduced-motion: reduce)");
const CALM_PAUSE = 400; // milliseconds more between frames for those who prefer less motion
const NOTICE_TIME = 6000; // milliseconds a refusal stays on the picture
const LOST = "The connection to the server is lost; trying again.";
const views = new WeakMap();

export default function live({ data, parentElement }) {
  let view = views.get(parentElement);
  if (view && view.data.run !== data.run) {
    view.destroy();
    view = undefined;
  }
  if (!view) {
    view = new LiveView(parentElement, data);
    views.set(parentElement, view);
  }
  view.setTheme();
  return () => { // the same for every call: it ends whatever view is there in the end
    views.get(parentElement)?.destroy();
    views.delete(parentElement);
  };
}

function write(place, text) {
  if (place.textContent !== text) place.textContent = text;
}

class LiveView {
  constructor(parent, data) {
    this.data = data;
    this.arrays = new Map();
    this.root = element("div", "gl-live");
    parent.append(this.root);
    this.build();
    const scheme = window.location.protocol === "https:" ? "wss:" : "ws:";
    const figures = data.panels.map((panel) => panel.figure).join(",");
    const url = `${scheme}//${window.location.host}${data.socket}?figures=${figures}`;
    this.socket = new LiveSocket(url, {
      frame: (buffer) => { this.buffer = buffer; this.schedule(); },
      notice: (notice) => this.notice(notice),
      line: (state, reason) => this.line(state, reason),
    });
    this.resize = new ResizeObserver(() => { this.stale = true; this.schedule(); });
    this.resize.observe(this.canvas);
  }

  build() {
    const { scene, panels } = this.data;
    const bar = element("div", "gl-bar");
    this.narration = element("p", "gl-narration");
    this.spoken = element("p", "gl-spoken"); // the same sentence for screen readers, less often
    this.spoken.setAttribute("aria-live", "polite");
    const figure = element("figure", "gl-scene");
    this.canvas = element("canvas", "gl-canvas");
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", scene.description);
    this.message = element("p", "gl-message");
    this.message.setAttribute("role", "status");
    this.trace = element("pre", "gl-trace");
    const legend = element("figcaption", "gl-legend");
    for (const { text, kind } of scene.legend) legend.append(element("span", kind ? `gl-key gl-${kind}` : "", text));
    figure.append(this.canvas, this.message, legend, this.trace);
    const charts = element("div", "gl-charts");
    this.places = {};
    for (const panel of panels) {
      const card = element("section", "gl-chart");
      card.setAttribute("aria-label", `${panel.title}: ${panel.help}`);
      card.append((this.places[panel.figure] = element("div", "gl-plot")));
      charts.append(card);
    }
    const main = element("div", "gl-main");
    main.append(figure, charts);
    this.root.append(bar, this.narration, this.spoken, main);
    this.scene = new Scene(this.canvas, scene.palettes);
    this.playback = new Playback(bar, (command) => this.socket.send(command) || this.say(LOST, NOTICE_TIME));
  }

  /** The charts' script is large: it is fetched once the picture is on the screen. */
  async startCharts() {
    const Plotly = await loadPlotly(this.data.plotly);
    if (this.closed) return;
    this.charts = new Charts(Plotly, this.places, this.data.panels);
    this.setTheme();
    this.charts.offer(this.arrays, this.frame.meta);
    this.schedule();
  }

  setTheme() {
    const theme = readTheme(this.root);
    this.root.dataset.theme = theme.dark ? "dark" : "light";
    for (const [name, colour] of Object.entries(this.data.scene.palettes[this.root.dataset.theme])) {
      if (typeof colour === "string") this.root.style.setProperty(`--gl-${name}`, colour);
    }
    this.scene.setTheme(theme);
    this.charts?.setTheme(theme);
    this.stale = true;
    this.schedule();
  }

  schedule() {
    if (this.scheduled || this.closed) return;
    this.scheduled = true;
    requestAnimationFrame(() => { this.scheduled = false; this.paint(); });
  }

  /** The newest frame onto the screen; acknowledged once the browser has had its turn. */
  paint() {
    if (this.closed) return;
    if (this.buffer) {
      this.frame = decodeFrame(this.buffer);
      this.buffer = undefined;
      this.playback.show(this.frame.meta);
      this.narrate(this.frame.meta);
      this.say();
      if (this.frame.arrays.size) this.arrays = this.frame.arrays; // a failed run keeps its picture
      this.charts?.offer(this.arrays, this.frame.meta);
      this.root.dataset.painted = Number(this.root.dataset.painted ?? 0) + 1;
      this.stale = true;
    }
    if (this.stale) this.scene.paint(this.arrays);
    this.stale = false;
    const waiting = this.charts?.paint();
    setTimeout(() => this.socket.acknowledge(), CALM.matches ? CALM_PAUSE : 0);
    if (!this.starting && this.frame) {
      this.starting = true;
      setTimeout(() => this.startCharts().catch((error) => this.say(error.message)));
    }
    if (waiting) this.schedule();
  }

  narrate({ narration, state }) {
    if (!narration) return;
    const now = performance.now();
    const standing = state !== "playing";
    if (standing || now - (this.narrated ?? -Infinity) > NARRATION_PAUSE) {
      this.narrated = now;
      write(this.narration, narration);
    }
    if (standing || now - (this.spokenAt ?? -Infinity) > SPOKEN_PAUSE) {
      this.spokenAt = now;
      write(this.spoken, narration);
    }
  }

  notice({ type, text }) {
    if (type === "refused") this.say(text, NOTICE_TIME);
  }

  /** Show a sentence over the picture for a while; without one, what the run itself has to say. */
  say(text, time = Infinity) {
    if (text !== undefined) this.said = { text, until: performance.now() + time };
    if (this.said && performance.now() > this.said.until) this.said = undefined;
    const { failure, note, traceback } = this.frame?.meta ?? {};
    write(this.message, this.said?.text || failure || note || "");
    write(this.trace, traceback ?? "");
  }

  line(state, reason) {
    if (state === "open") this.say("");
    if (state === "lost") {
      this.playback.status("lost", "Reconnecting");
      this.say(reason || LOST);
    }
    if (state === "gone") {
      this.playback.status("failed", "Gone");
      this.say(`${reason} Reload the page to start a new one.`);
    }
  }

  destroy() {
    this.closed = true;
    this.socket.close();
    this.resize.disconnect();
    this.playback.destroy();
    this.charts?.destroy();
    this.root.remove();
  }
}
