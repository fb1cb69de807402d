// Interpolation: a walk between endpoints, played, measured, compared and saved.

import { element, write } from "../../shell/dom.js";
import { comparison } from "../walk/compare.js";
import { Downloads } from "../walk/download.js";
import { Endpoints } from "../walk/endpoints.js";
import { Options } from "../walk/options.js";
import { Player } from "../walk/player.js";
import { Speedometer, topClass } from "../walk/speedometer.js";
import { ImageStage } from "../walk/stage.js";
import { Strip } from "../walk/strip.js";
import { TrailStage } from "../walk/trail.js";

const RENEW = 2000; // milliseconds between walks through weights that move
const SAME = 1e-4; // of a coordinate: float32 on its way
const REASKS = new Set(["path", "closed", "easing", "frames", "compare"]);

export default class WalkTab {
  static title = "Interpolation";

  static applies({ latent }) {
    return latent.dim > 0;
  }

  constructor(place, explorer) {
    Object.assign(this, { explorer, walks: {}, renewed: 0 });
    this.root = element("div", "gl-x-walk");
    place.append(this.root);
    this.build();
  }

  build() {
    const { explorer, root } = this;
    const seek = (frame) => this.player.seek(frame);
    const part = (name, owner = root) => {
      const made = element("div", `gl-x-w-${name}`);
      owner.append(made);
      return made;
    };
    this.endpoints = new Endpoints(part("ends"), explorer, {
      changed: () => this.change(),
      go: (i) => this.toEndpoint(i),
    });
    const [options, pace] = [part("options"), element("div", "gl-x-w-pace")];
    this.options = new Options(options, pace, (name) => this.chose(name));
    this.waiting = element("progress", "gl-x-w-progress gl-x-w-waiting");
    this.waiting.setAttribute("aria-label", "Progress of the walk");
    this.waiting.max = 1;
    root.append(this.waiting);
    this.main = part("main");
    this.left = part("left", this.main);
    this.picture = part("picture", this.left);
    this.player = new Player(part("player", this.left), {
      turn: (frame) => this.turn(frame),
      speed: () => this.options.values.fps,
    });
    this.readout = element("p", "gl-x-w-quiet gl-x-w-readout");
    pace.prepend(this.readout);
    this.left.append(pace);
    this.speedometer = new Speedometer(part("right", this.main), explorer, seek);
    const strips = part("strips");
    this.strips = { other: new Strip(strips, explorer, seek), main: new Strip(strips, explorer, seek) };
    this.sentence = element("p", "gl-x-w-sentence");
    this.sentence.setAttribute("aria-live", "polite");
    root.append(this.sentence);
    this.downloads = new Downloads(root, explorer, () => this.question());
    this.busy(false);
  }

  show() {
    this.visible = true;
    this.endpoints.start();
    if (this.stale && this.endpoints.items.length) this.change();
  }

  hide() {
    this.visible = false;
    this.player.pause();
  }

  /** Another generator, or the same one again: everything is asked anew. */
  describe(about) {
    if (this.kind !== about.kind) this.makeStage(about);
    this.stale = true;
    this.downloads.update();
    if (this.visible) this.show();
  }

  makeStage({ kind }) {
    this.kind = kind;
    this.stage?.destroy();
    const seek = (frame) => this.player.seek(frame);
    this.stage = kind === "image"
      ? new ImageStage(this.picture) : new TrailStage(this.picture, this.explorer, seek);
  }

  chose(name) {
    this.began = name === "compare" && this.options.values.compare;
    if (REASKS.has(name)) this.change();
    this.downloads.update();
  }

  /** The walk that is wanted is another: ask for it. The old one stays until then. */
  change(quietly = false) {
    this.options.fit(this.endpoints.items.length);
    if (this.endpoints.items.length < 2) {
      this.clear();
      return;
    }
    this.stale = false;
    const wanted = this.options.walk;
    this.asking = true;
    if (!quietly) this.busy(true);
    this.ask("main", wanted);
    if (this.options.values.compare) this.ask("other", { ...wanted, path: "lerp" });
    else this.forget();
  }

  ask(which, wanted) {
    const command = { op: "walk", points: this.endpoints.points, ...wanted };
    this.explorer.channel.ask(command, (answer) => this.answered(which, command, answer), `walk ${which}`);
  }

  answered(which, command, { meta, arrays }) {
    if (this.endpoints.items.length < 2) return; // it was cleared meanwhile
    if (meta.error) {
      this.busy(false);
      write(this.sentence, meta.error);
      return;
    }
    this.waiting.value = meta.share ?? 0;
    if (!meta.done) return;
    this.walks = { ...this.walks, [which]: walkOf(command, arrays) };
    if (which === "main") this.asked = command;
    if (this.complete) this.load();
  }

  /** Two paths are shown together, once both are there and belong together. */
  get complete() {
    const { main, other } = this.walks;
    const { compare } = this.options.values;
    return Boolean(main) && (!compare || (other && other.key === main.key));
  }

  forget() {
    this.walks = { main: this.walks.main };
  }

  load() {
    const { main, other } = this.walks;
    this.busy(false);
    this.renewed = performance.now();
    this.root.toggleAttribute("data-two", Boolean(other) && this.kind === "image");
    this.stage.load(this.walks);
    this.strips.main.load(this.kind === "image" ? main : undefined, Boolean(other));
    this.strips.other.load(this.kind === "image" ? other : undefined, true);
    this.speedometer.load(this.walks);
    this.player.load(main.count);
    this.paint(this.player.frame);
    this.compare();
    this.downloads.update();
    if (this.stale) this.renewSoon();
  }

  /** The sentence about two paths; where they were just asked for, the frame it speaks of. */
  compare() {
    const { main, other } = this.walks;
    const { about: { latent, shell } } = this.explorer;
    const { frame, text } = other ? comparison(other.norm, main.norm, latent, shell) : { text: "" };
    write(this.sentence, text);
    if (other && this.began) this.player.seek(frame);
    this.began = false;
  }

  clear() {
    this.walks = {};
    this.asked = undefined;
    this.busy(false);
    this.player.load(0);
    this.root.toggleAttribute("data-empty", true);
    const missing = 2 - this.endpoints.items.length;
    write(this.sentence, `A walk needs two endpoints: add ${missing === 1 ? "another" : "two"}.`);
    this.downloads.update();
  }

  busy(waiting) {
    this.asking = waiting;
    this.waiting.toggleAttribute("data-idle", !waiting);
    this.root.setAttribute("aria-busy", String(waiting));
    if (!waiting) this.root.toggleAttribute("data-empty", !this.walks.main);
  }

  /** Frame i is to be shown, and its z to be played by the whole instrument. */
  turn(frame) {
    const { main } = this.walks;
    if (!main) return;
    this.paint(frame);
    this.placed = main.z.values.subarray(frame * main.z.shape[1], (frame + 1) * main.z.shape[1]);
    this.explorer.point.place(this.placed);
  }

  paint(frame) {
    const { main } = this.walks;
    for (const part of [this.stage, this.strips.main, this.strips.other, this.speedometer]) part.show(frame);
    this.endpoints.stand(Array.from(main.keys.values).indexOf(frame));
    write(this.readout, inWords(main, frame, this.explorer.about));
  }

  toEndpoint(i) {
    const { main } = this.walks;
    if (main && i < main.keys.values.length) this.player.seek(main.keys.values[i]);
    else this.explorer.point.place(this.endpoints.items[i].z);
  }

  /** Somebody else moves z: the walk gives way. */
  moved() {
    if (!this.player.playing || !this.placed) return;
    const now = this.explorer.point.value();
    if (this.placed.some((value, i) => Math.abs(value - now[i]) > SAME)) this.player.pause();
  }

  /** The weights moved: the same walk, seen again, but not too often. */
  pulse() {
    this.stale = true;
    this.renewSoon();
  }

  renewSoon() {
    if (this.timer || !this.visible || this.asking) return;
    const wait = Math.max(0, this.renewed + RENEW - performance.now());
    this.timer = setTimeout(() => {
      this.timer = undefined;
      if (this.visible && this.stale && !this.asking) this.renew();
    }, wait);
  }

  renew() {
    this.endpoints.decode();
    if (this.endpoints.items.length > 1) this.change(true);
  }

  question() {
    if (!this.asked) return undefined;
    const { op, ...walk } = this.asked;
    const { seeds } = this.endpoints;
    return { walk, fps: this.options.values.fps, ...(seeds && { seeds }) };
  }

  setTheme() {
    if (this.endpoints.items.length) this.endpoints.decode();
    if (!this.complete) return;
    this.stage.load(this.walks);
    this.speedometer.draw();
    this.paint(this.player.frame);
  }

  destroy() {
    this.visible = false;
    clearTimeout(this.timer);
    this.player.pause();
    for (const part of [this.stage, this.strips.main, this.strips.other, this.speedometer]) part?.destroy();
    this.root.remove();
  }
}

function walkOf(command, arrays) {
  const { path, ...rest } = command;
  const [z, x, keys] = ["z", "x", "keys"].map((name) => arrays.get(name));
  const [norm, change, score] = ["norm", "change", "score"].map((name) => arrays.get(name)?.values);
  return {
    z, x, keys, norm, change, score,
    key: JSON.stringify(rest), // what two paths of one walk have in common
    path: path.replace("_", " "),
    count: z.shape[0],
    classes: arrays.get("classes"),
  };
}

/** What is measured at a frame. */
function inWords({ norm, score, classes }, frame, { latent }) {
  const words = [`|z| ${norm[frame].toFixed(latent.dim > 9 ? 1 : 2)}`];
  if (score) words.push(`D ${score[frame].toFixed(2)}`);
  if (classes) {
    const [top, share] = topClass(classes, frame);
    words.push(`a ${top}, ${Math.round(100 * share)} % sure`);
  }
  return words.join("  ·  ");
}
