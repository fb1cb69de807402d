// The live component: one socket, one picture, charts, controls. Streamlit calls the default
// export at every change of data or theme; the view behind it is made once.

import { Address } from "./controls/address.js";
import { Charts, loadPlotly } from "./charts/charts.js";
import { Controls } from "./controls/controls.js";
import { write } from "./shell/dom.js";
import { decodeFrame } from "./shell/frame.js";
import { Layout } from "./shell/layout.js";
import { Narration } from "./shell/narration.js";
import { Panel } from "./explorer/panel.js";
import { Playback } from "./playback/playback.js";
import { Share } from "./controls/share.js";
import { Scene1D } from "./scene/scene1d.js";
import { Scene2D } from "./scene/scene2d.js";
import { SceneImage } from "./scene/sceneimage.js";
import { LiveSocket } from "./shell/socket.js";
import { Stages } from "./playback/stages.js";
import { readTheme } from "./shell/theme.js";
import { Timeline } from "./playback/timeline.js";

const SCENES = { 1: Scene1D, 2: Scene2D, image: SceneImage };
const CALM = window.matchMedia("(prefers-reduced-motion: reduce)");
const CALM_PAUSE = 400; // milliseconds more between frames for those who prefer less motion
const CALMLY = new Set(["seek", "look"]); // commands that a replay goes on under
const NOTICE_TIME = 6000; // milliseconds a refusal stays on the picture
const LOST = "The connection to the server is lost; trying again.";
const views = new WeakMap();

export default function live({ data, parentElement, setTriggerValue }) {
  let view = views.get(parentElement);
  if (view && (view.data.run !== data.run || view.data.preset !== data.preset)) {
    view.destroy();
    view = undefined;
  }
  if (!view) {
    view = new LiveView(parentElement, data, setTriggerValue);
    views.set(parentElement, view);
  }
  view.setTheme();
  return () => { // the same for every call: it ends whatever view is there in the end
    views.get(parentElement)?.destroy();
    views.delete(parentElement);
  };
}

class LiveView {
  constructor(parent, data, trigger) {
    this.data = data;
    this.trigger = trigger;
    this.base = new Map(); // arrays that stay the same for the whole run
    this.frame = undefined;
    this.layout = new Layout(parent, data);
    this.root = this.layout.root;
    this.build();
    this.connect();
  }

  build() {
    const { data, layout } = this;
    const { hidden, kind, scene } = data;
    const send = (command) => this.send(command);
    const wake = () => this.schedule();
    this.narration = new Narration(layout.narration);
    this.scene = new SCENES[kind](layout.picture, { ...scene, kind, send, wake, view: data.view });
    this.parts = [];
    if (data.view === "hero") return;
    this.address = new Address(data);
    this.playback = new Playback(layout.bar, { send, hidden });
    this.latents = new Panel(layout.latents, {
      data: data.explorer, send: (command) => this.socket.send(command), // a replay goes on under it
    });
    const opener = hidden.includes("latents") ? [] : [this.latents.button];
    this.playback.aside.append(...opener, ...layout.tools);
    this.stages = new Stages(layout.stages);
    this.share = new Share(layout.share, { address: this.address, send, hidden });
    this.timeline = new Timeline(layout.timeline, { send, hidden, cursor: (step) => this.charts.cursorAt(step) });
    this.charts = new Charts(layout.charts, data.panels, {
      wake,
      seek: (step) => send({ op: "seek", step: Math.round(step) }),
      cursor: (step) => this.timeline.cursor(step),
    });
    this.controls = new Controls(layout.settings, { ...data, send, draw: () => this.scene.draw?.() });
    this.parts = [this.playback, this.stages, this.timeline, this.controls, this.latents];
  }

  connect() {
    const { data } = this;
    const scheme = window.location.protocol === "https:" ? "wss:" : "ws:";
    const figures = data.panels.map((panel) => panel.figure).join(",");
    const query = `figures=${figures}&layers=${data.scene.layers.join(",")}`;
    this.socket = new LiveSocket(`${scheme}//${window.location.host}${data.socket}?${query}`, {
      frame: (buffer) => this.receive(buffer),
      notice: (notice) => this.notice(notice),
      line: (state, reason) => this.line(state, reason),
    });
  }

  send(command) {
    if (!CALMLY.has(command.op)) this.timeline?.stop();
    if (!this.socket.send(command)) this.say(LOST, NOTICE_TIME);
  }

  /**
   * What stays for the whole run is kept at once; of frames only the newest is painted. Answers to
   * the explorer's questions are told by their kind, and need no acknowledgement: false.
   */
  receive(buffer) {
    const frame = decodeFrame(buffer);
    const { kind } = frame.meta;
    if (kind !== "static" && kind !== "frame") return this.latents?.receive(frame) ?? false;
    if (kind === "static") {
      this.base = frame.arrays;
      this.scene.restart?.(frame.meta);
      this.controls?.describe(frame.meta);
      this.charts?.describe(frame.meta);
      this.latents?.restarted();
    } else {
      this.newest = frame;
    }
    this.schedule();
    return true;
  }

  notice(notice) {
    const answers = {
      config: ({ config }) => {
        this.controls?.config(config);
        this.address?.config(config);
      },
      refused: (refused) => this.latents?.refused(refused) || this.controls?.refused(refused)
        || this.say(refused.text, NOTICE_TIME),
      marks: ({ marks }) => this.timeline?.marks(marks),
      python: ({ text }) => this.share?.python(text),
      branched: ({ run }) => this.trigger("run", run),
    };
    answers[notice.type]?.(notice);
  }

  schedule() {
    if (this.scheduled || this.closed) return;
    this.scheduled = true;
    requestAnimationFrame(() => { this.scheduled = false; this.paint(); });
  }

  /** The newest frame onto the screen; acknowledged once the browser has had its turn. */
  paint() {
    if (this.closed) return;
    if (this.newest) this.show();
    this.scene.paint();
    const waiting = this.charts?.paint();
    setTimeout(() => this.socket.acknowledge(), CALM.matches ? CALM_PAUSE : 0);
    if (!this.starting && this.frame && this.charts) {
      this.starting = true;
      setTimeout(() => this.startCharts().catch((error) => this.say(error.message)));
    }
    if (waiting) this.schedule();
  }

  show() {
    const { meta, arrays } = this.newest;
    this.newest = undefined;
    const before = this.frame?.arrays ?? arrays;
    this.frame = { meta, arrays: arrays.size ? arrays : before }; // a failed run keeps its picture
    const all = new Map([...this.base, ...this.frame.arrays]);
    this.scene.show(all, meta);
    this.charts?.show(all, meta);
    for (const part of this.parts) part.show(meta, all);
    this.narration.show(meta);
    this.say();
    this.root.dataset.painted = Number(this.root.dataset.painted ?? 0) + 1;
  }

  /** The charts' script is large: it is fetched once the picture is on the screen. */
  async startCharts() {
    const Plotly = await loadPlotly(this.data.plotly);
    if (this.closed) return;
    this.charts.start(Plotly);
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
    this.latents?.setTheme();
    this.schedule();
  }

  /** Show a sentence over the picture for a while; without one, what the run itself has to say. */
  say(text, time = Infinity) {
    if (text !== undefined) this.said = { text, until: performance.now() + time };
    if (this.said && performance.now() > this.said.until) this.said = undefined;
    const { failure, note, traceback } = this.frame?.meta ?? {};
    write(this.layout.message, this.said?.text || failure || note || "");
    write(this.layout.trace, traceback ?? "");
  }

  line(state, reason) {
    if (state === "open") {
      this.say("");
      this.latents?.opened();
    }
    if (state === "lost") {
      this.playback?.status("lost", "Reconnecting");
      this.say(reason || LOST);
    }
    if (state === "gone") {
      this.playback?.status("failed", "Gone");
      this.say(`${reason} Reload the page to start a new one.`);
    }
  }

  destroy() {
    this.closed = true;
    this.socket.close();
    for (const part of [this.scene, this.charts, this.address, this.share, ...this.parts]) part?.destroy?.();
    this.root.remove();
  }
}
