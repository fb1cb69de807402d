// The component of the latent explorer's page: the choice of a generator, one socket, the
// explorer, and a small bar where the generator is still training.

import { button, count, drawing, element, write } from "./shell/dom.js";
import { Explorer } from "./explorer/explorer.js";
import { chooser } from "./explorer/chooser.js";
import { decodeFrame } from "./shell/frame.js";
import { LiveSocket } from "./shell/socket.js";

const STATES = {
  playing: ["pause", "Pause", { op: "pause" }],
  optimum: ["pause", "Pause", { op: "pause" }],
  paused: ["play", "Play", { op: "play" }],
};
const LOST = "The connection to the server is lost; trying again.";
const views = new WeakMap();

export default function explorer({ data, parentElement, setTriggerValue }) {
  let view = views.get(parentElement);
  if (view && view.data.run !== data.run) {
    view.destroy();
    view = undefined;
  }
  if (!view) {
    view = new ExplorerView(parentElement, data, setTriggerValue);
    views.set(parentElement, view);
  }
  view.setTheme();
  return () => { // the same for every call: it ends whatever view is there in the end
    views.get(parentElement)?.destroy();
    views.delete(parentElement);
  };
}

class ExplorerView {
  constructor(parent, data, trigger) {
    this.data = data;
    this.root = element("div", "gl-live gl-explore");
    this.root.append(chooser(data.choices, (query) => trigger("source", query)));
    parent.append(this.root);
    if (data.lab) this.bar();
    this.explorer = new Explorer(this.root, data, (command) => this.socket.send(command));
    this.connect();
  }

  /** Of a run that trains: play, pause, where it stands, the way back to its laboratory. */
  bar() {
    const bar = element("div", "gl-x-live");
    const hint = "Play or pause the training";
    this.toggle = button({ icon: "play", label: "Play", hint, act: () => this.press() });
    this.counter = element("span", "gl-x-step");
    const link = element("a", "gl-x-back-link", `Back to its ${this.data.lab.title}`);
    link.href = this.data.lab.address;
    link.target = "_self";
    bar.append(this.toggle, this.counter, link);
    this.root.append(bar);
  }

  connect() {
    const scheme = window.location.protocol === "https:" ? "wss:" : "ws:";
    const address = `${scheme}//${window.location.host}${this.data.socket}?figures=&layers=&scene=0`;
    this.socket = new LiveSocket(address, {
      frame: (buffer) => this.receive(buffer),
      notice: (notice) => this.notice(notice),
      line: (state, reason) => this.line(state, reason),
    });
  }

  receive(buffer) {
    const frame = decodeFrame(buffer);
    const { kind } = frame.meta;
    if (kind === "static") this.explorer.inquire(); // the run began anew
    else if (kind === "frame") this.follow(frame.meta);
    else return this.explorer.receive(frame) && false; // answers need no acknowledgement
    return setTimeout(() => this.socket.acknowledge());
  }

  follow(meta) {
    this.explorer.pulse(meta);
    if (!this.toggle || meta.step === undefined) return;
    this.face = STATES[meta.state];
    this.toggle.disabled = !this.face;
    if (this.face && this.toggle.lastChild.textContent !== this.face[1]) {
      this.toggle.firstChild.replaceWith(drawing(this.face[0]));
      write(this.toggle.lastChild, this.face[1]);
    }
    write(this.counter, `step ${count(meta.step)} of ${count(meta.steps)}`);
  }

  press() {
    this.socket.send(this.face?.[2] ?? { op: "play" });
  }

  notice(notice) {
    if (notice.type !== "refused") return;
    if (!this.explorer.refused(notice)) this.explorer.say(notice.text, 6000);
  }

  line(state, reason) {
    if (state === "open") {
      this.explorer.say("");
      this.explorer.opened();
    }
    if (state === "lost") this.explorer.say(reason || LOST);
    if (state === "gone") this.explorer.say(`${reason} Choose a generator above.`);
  }

  setTheme() {
    this.explorer.setTheme();
    this.root.dataset.theme = this.explorer.theme.dark ? "dark" : "light";
  }

  destroy() {
    this.socket.close();
    this.explorer.destroy();
    this.root.remove();
  }
}
