// The latent explorer: the picture of G(z), the controls of z, what is known of it, and the tabs.
// At home on a page of its own and below a laboratory's picture, over the same kind of socket.

import { loadPlotly } from "../charts/charts.js";
import { element, write } from "../shell/dom.js";
import { readTheme } from "../shell/theme.js";
import { Channel } from "./channel.js";
import { Cloud } from "./cloud.js";
import { Decoder } from "./decoder.js";
import { Landing } from "./landing.js";
import { modelCard } from "./modelcard.js";
import { Pad } from "./pad.js";
import { coloured, paint, picture } from "./picture.js";
import { MAIN, Point } from "./point.js";
import { Preview } from "./preview.js";
import { Readout } from "./readout.js";
import { Sliders } from "./sliders.js";
import { Start } from "./start.js";
import { Tabs } from "./tabs.js";

const MANY = 8; // coordinates from which single ones change little: main directions come first
const SHOWN = 8; // of them
const FIRST_SEED = 1;
const LANE = "explorer";
const SAID = 6000; // milliseconds a sentence stays

export class Explorer {
  /** data: {palettes: {light, dark}, panels, plotly: address}; send(command): boolean. */
  constructor(place, data, send) {
    this.data = data;
    this.panels = data.panels;
    this.channel = new Channel(send);
    this.root = element("section", "gl-x");
    this.root.setAttribute("aria-label", "Latent explorer");
    this.message = element("p", "gl-x-message");
    this.message.setAttribute("role", "status");
    this.instrument = element("div", "gl-x-instrument");
    this.below = element("div", "gl-x-below");
    this.root.append(this.message, this.instrument, this.below);
    place.append(this.root);
    this.setTheme();
  }

  // -- the line ----------------------------------------------------------------------------------

  /** The line is open, for the first time or again. */
  opened() {
    this.channel.reset();
    this.inquire();
  }

  /** What is explored? Asked again when a run began anew. */
  inquire() {
    this.channel.ask({ op: "about" }, ({ meta, arrays }) => {
      if (meta.error) this.say(meta.error);
      else this.describe({ ...meta, kind: meta.makes }, arrays); // on the wire kind says "about"
    }, LANE);
  }

  receive(frame) {
    return this.channel.receive(frame);
  }

  refused(notice) {
    return this.channel.refused(notice);
  }

  describe(meta, arrays) {
    const same = this.about && nature(this.about) === nature(meta);
    this.about = meta;
    this.arrays = arrays;
    this.step = meta.step;
    if (!same) return this.build();
    this.decoder.fetch();
    this.decoder.move();
    this.tabs.each("describe", meta, arrays);
    return undefined;
  }

  /** The run that is explored has trained on: its frame's meta. z stays. */
  pulse(meta) {
    const { step, state } = meta;
    const still = state !== "playing" && state !== "optimum";
    if (!this.decoder || (step === this.step && still === this.still)) return;
    const moved = step !== this.step;
    Object.assign(this, { step, still });
    if (moved) this.stale = true;
    if (this.stale) this.decoder.mlp = undefined;
    if (moved) this.follow(meta);
    if (this.stale && still) {
      this.stale = false;
      this.decoder.fetch();
    }
  }

  follow(meta) {
    this.decoder.move();
    this.cloud?.refresh();
    this.tabs.each("pulse", meta);
  }

  /** Whether anybody can see the explorer. */
  attend(seen) {
    this.tabs?.chosen.view?.[seen ? "show" : "hide"]();
  }

  // -- what there is -----------------------------------------------------------------------------

  build() {
    this.clear();
    const { about } = this;
    this.point = new Point(about.latent);
    const changed = (event) => { this.since = event.timeStamp; };
    const place = (name) => element("div", `gl-x-${name}`);
    const [see, play, sliders] = [place("see"), place("play"), place("controls")];
    this.instrument.append(see, play, sliders);
    this.see(see);
    this.start = new Start(play, { point: this.point, changed, seed: (n) => this.seed(n) });
    this.pad = new Pad(play, { point: this.point, changed });
    this.sliders = new Sliders(sliders, { point: this.point, changed });
    sliders.append(this.start.truncation);
    if (about.card) this.below.append(modelCard(about.card));
    this.tabs = new Tabs(this.below, this);
    this.preview = new Preview(this.tabs.head, {
      source: this.screen ?? this.landing.canvas, words: () => this.readout.brief(),
    });
    this.parts = [this.pad, this.sliders, this.start, this.decoder, this.preview, this.tabs];
    this.point.on(() => this.moved());
    this.dress();
    this.seed(FIRST_SEED);
    if (about.latent.dim > MANY) this.mainDirections();
  }

  /** The picture and the readout below it. */
  see(place) {
    const { about, arrays, channel } = this;
    const frame = element("div", "gl-x-screen");
    place.append(frame);
    if (about.kind === "image") {
      this.screen = picture("The generated image of this z", "gl-x-shown");
      frame.append(this.screen);
    } else {
      this.landing = new Landing(frame, about, arrays.get("real"));
      place.append(legend());
      this.cloud = new Cloud(channel, (points) => this.landing?.cloud(points));
    }
    this.readout = new Readout(place, about);
    this.decoder = new Decoder(channel, this.point, about, {
      shown: (sample) => this.show(sample),
      verdict: (score, classes) => this.judged(score, classes),
      latency: (ms, route) => this.measured(ms, route),
      failed: (text) => this.say(text, SAID),
      ready: () => this.ready(),
    });
  }

  /** The weights are here: the page decodes for itself from now on. */
  ready() {
    this.root.dataset.route = this.decoder.route;
    this.cloud?.refresh(this.decoder.mlp);
  }

  clear() {
    for (const part of this.parts ?? []) part.destroy();
    this.landing?.destroy();
    this.landing = this.cloud = this.screen = undefined;
    this.instrument.replaceChildren();
    this.below.replaceChildren();
  }

  /** Single coordinates of many change little, so what changes most comes first. */
  mainDirections() {
    const { point } = this;
    this.channel.ask({ op: "directions", method: "features", k: SHOWN, seed: 0 }, ({ meta, arrays }) => {
      if (meta.error || !meta.done || point !== this.point) return;
      const { values, shape: [n, size] } = arrays.get("vectors");
      point.addDirections(Array.from({ length: n }, (_, i) => ({
        key: `${MAIN}${i + 1}`, label: `main ${i + 1}`, vector: values.slice(i * size, (i + 1) * size),
      })));
      this.pad.choose(0, `${MAIN}1`);
      this.pad.choose(1, `${MAIN}2`);
    }, LANE);
  }

  // -- what happens ------------------------------------------------------------------------------

  moved() {
    this.decoder.move(this.since);
    this.since = undefined;
    this.readout.length(this.point.norm());
    this.tabs.each("moved");
  }

  show({ values, height, width, sample }) {
    if (this.landing) this.landing.show(sample);
    else paint(this.screen, values, height, width);
    this.preview.copy();
    this.root.dataset.painted = Number(this.root.dataset.painted ?? 0) + 1;
  }

  judged(score, classes) {
    this.readout.verdict(score, classes);
    this.preview.copy();
  }

  measured(ms, route) {
    this.root.dataset.latency = ms.toFixed(1);
    this.root.dataset.route = route;
    this.readout.latency(ms, route);
  }

  /** Asks for the z of a seed and starts from there. */
  seed(n) {
    this.channel.ask({ op: "seeds", seeds: [n] }, ({ meta, arrays }) => {
      if (meta.error) return this.say(meta.error, SAID);
      this.landing?.forget();
      return this.point.setBase(arrays.get("z").values, n);
    }, LANE);
  }

  /** A sentence for the visitor, for a while; "" takes it away. */
  say(text, time = 0) {
    clearTimeout(this.silence);
    write(this.message, text);
    if (time) this.silence = setTimeout(() => write(this.message, ""), time);
  }

  plotly() {
    return loadPlotly(this.data.plotly);
  }

  setTheme() {
    this.theme = readTheme(this.root);
    this.palette = this.data.palettes[this.theme.dark ? "dark" : "light"];
    const { style } = this.root.closest(".gl-live"); // the choice of a generator has these colours too
    for (const [name, colour] of Object.entries(this.palette)) {
      if (typeof colour === "string") style.setProperty(`--gl-${name}`, colour);
    }
    this.palette.belief.forEach((colour, i) => style.setProperty(`--gl-x-belief-${i}`, colour));
    if (this.about) this.dress();
  }

  dress() {
    const { theme, palette } = this;
    this.landing?.setTheme(theme, palette);
    this.pad.setTheme(theme, palette);
    this.tabs.each("setTheme", theme, palette);
  }

  destroy() {
    clearTimeout(this.silence);
    if (this.about) this.clear();
    this.root.remove();
  }
}

/** What is what where z lands. */
function legend() {
  const made = element("p", "gl-x-note gl-x-legend");
  const end = " samples; the big dot is where this z lands.";
  made.append(coloured("real", "Real"), " and ", coloured("fake", "generated"), end);
  return made;
}

/** What decides whether the instrument still fits. */
function nature({ name, kind, latent, shape, discriminator, classes }) {
  return JSON.stringify([name, kind, latent, shape, discriminator, classes]);
}
