// The two-dimensional laboratory's picture: its canvas, the sentence below that switches the
// layers, the card at a fake, trails, the latent plane, zoom, and drawing one's own data.

import { button, element } from "../shell/dom.js";
import { Drawing } from "./drawing.js";
import { Gestures } from "./gestures.js";
import { beliefAt, Card, coordinates, nearest } from "./hover.js";
import { LatentPlane } from "./latent.js";
import { ASKED, drawLayers, drawStage, HEATS, LAYERS, offered, sentence } from "./layers2d.js";
import { Legend } from "./legend.js";
import { drawAxes, frameOf, HeatMap, Surface, View } from "./plot.js";
import { drawCross, drawRing, drawWords } from "./shapes.js";
import { ramp } from "../shell/theme.js";
import { Trails } from "./trails.js";

const GROUNDS = { // heat map -> its array, the palette's stops
  discriminator: ["scene/belief", "belief"],
  best: ["scene/best", "belief"],
  gap: ["scene/gap", "gap"],
};
const DIMMED = 0.25; // the probe fakes behind a batch in slow motion, and behind a drawing
const FAINT = 0.1; // the old real samples behind a drawing: many lie on one another
const PHONE = window.matchMedia("(max-width: 40rem)");
const BRIEF = 2; // clauses below a picture that only introduces
const KEYS = "Plus and minus zoom, 0 shows all again.";

export class Scene2D {
  /**
   * options: {palettes: {light, dark}, layers: those the server sends at first, send(command),
   * wake(): a picture is due, description, view: "lab" or "hero"}.
   */
  constructor(place, options) {
    this.options = options;
    this.arrays = new Map();
    this.meta = {};
    this.view = new View();
    this.trails = new Trails();
    this.ground = new HeatMap();
    this.picked = -1; // index of the fake under the pointer
    this.ending = new AbortController();
    this.build(place);
    this.asked = this.served();
  }

  build(place) {
    const { description, view } = this.options;
    this.root = element("div", "gl-plane");
    this.picture = element("div", "gl-plane-picture");
    this.canvas = element("canvas", "gl-plane-canvas");
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", `${description} ${KEYS}`);
    const act = () => this.gestures.reset();
    this.chip = button({ label: "Reset zoom", hint: "Show all again (0)", act, className: "gl-chip" });
    this.chip.hidden = true;
    this.below = element("div", "gl-plane-below");
    this.picture.append(this.canvas, this.chip);
    this.root.append(this.picture, this.below);
    place.append(this.root);
    this.surface = new Surface(this.canvas);
    this.surface.watch(() => this.wake());
    this.card = new Card(this.picture);
    this.listen();
    const on = [...LAYERS, "folds", ...(PHONE.matches ? [] : ["plane"])];
    const words = sentence(() => this.forget());
    this.legend = new Legend(this.below, view === "hero" ? words.slice(0, BRIEF) : words, {
      on, apart: [HEATS], changed: () => this.switched(),
    });
    this.plane = new LatentPlane(this.below, () => this.wake());
    this.arrange();
  }

  listen() {
    this.gestures = new Gestures(this.canvas, {
      view: this.view,
      frame: () => this.frame,
      changed: () => this.wake(),
      hover: (at) => this.point(at),
      tap: (at) => this.follow(at),
      busy: () => Boolean(this.drawing),
    });
    const escape = (event) => event.key === "Escape" && this.point(null);
    document.addEventListener("keydown", escape, { signal: this.ending.signal });
  }

  /** Something other than a frame changed. */
  wake() {
    this.due = true;
    this.options.wake?.();
  }

  setTheme(theme) {
    this.theme = theme;
    this.palette = this.options.palettes[theme.dark ? "dark" : "light"];
    this.ramps = { belief: ramp(this.palette.belief), gap: ramp(this.palette.gap) };
    this.due = true;
  }

  /** A run begins, or this page joins it: its static meta. */
  restart(meta) {
    if (this.facts && this.facts.data !== meta.data) this.gestures.reset();
    this.facts = meta;
    this.trails.clear();
    this.point(null);
    this.plane.restart(meta.latent);
    this.asked = this.served();
    this.arrange();
  }

  show(arrays, meta) {
    this.arrays = arrays;
    this.meta = meta;
    const fake = arrays.get("scene/fake");
    if (fake) this.trails.remember(fake, meta.step);
    this.ask();
    this.due = true;
  }

  // -- layers ------------------------------------------------------------------------------------

  switched() {
    this.arrange();
    this.ask();
    this.wake();
  }

  /** The words and places that fit this run and what is on. */
  arrange() {
    const there = this.facts ? offered(this.facts) : {};
    for (const [layer, known] of Object.entries(there)) this.legend.offer(layer, known);
    const flat = this.facts?.latent.dim === 1;
    this.legend.offer("folds", this.legend.has("manifold") && !flat);
    this.legend.offer("trails", this.trails.count > 0);
    this.plane.root.hidden = !this.legend.has("plane") || Boolean(this.drawing);
    this.legend.root.hidden = Boolean(this.drawing);
  }

  /** Which of the layers that are sent on request the server sends unasked. */
  served() {
    return ASKED.filter((layer) => this.options.layers?.includes(layer)).join();
  }

  /** Tell the server which layers are looked at, when that changed. */
  ask() {
    const wanted = (layer) => this.legend.has(layer) || (layer === "manifold" && this.legend.has("plane"));
    const layers = ASKED.filter(wanted);
    if (layers.join() === this.asked) return;
    this.asked = layers.join();
    this.options.send({ op: "look", layers });
  }

  // -- pointing ----------------------------------------------------------------------------------

  pick(at) {
    const fake = this.arrays.get("scene/fake");
    return at && fake && this.frame && this.legend.has("fake") ? nearest(fake, this.frame, at) : -1;
  }

  point(at) {
    const picked = this.pick(at);
    if (picked !== this.picked) this.wake();
    this.picked = picked;
  }

  follow(at) {
    const index = this.pick(at);
    if (index < 0) return;
    this.trails.toggle(index, this.arrays.get("scene/fake"), this.meta.step);
    this.arrange();
    this.wake();
  }

  forget() {
    this.trails.clear();
    this.arrange();
    this.canvas.focus({ preventScroll: true }); // the word that had the focus is gone
    this.wake();
  }

  // -- drawing one's own -------------------------------------------------------------------------

  /** Let the reader draw data; they are sent once confirmed. */
  draw() {
    if (this.drawing) return;
    this.point(null);
    this.below.style.minHeight = `${this.below.offsetHeight}px`; // so that nothing jumps
    this.drawing = new Drawing(this.canvas, () => this.frame, {
      done: (points) => { this.endDrawing(); this.options.send({ op: "draw", points, play: true }); },
      cancel: () => this.endDrawing(),
      changed: () => this.wake(),
    });
    this.picture.append(this.drawing.bar);
    this.drawn();
    this.drawing.stop.focus({ preventScroll: true });
    this.picture.scrollIntoView({ block: "nearest" });
  }

  endDrawing() {
    this.drawing.close();
    this.drawing = undefined;
    this.below.style.minHeight = "";
    this.drawn();
    this.canvas.focus({ preventScroll: true });
  }

  drawn() {
    this.picture.classList.toggle("gl-plane-drawing", Boolean(this.drawing));
    this.gestures.yield();
    this.arrange();
    this.wake();
  }

  // -- painting ----------------------------------------------------------------------------------

  paint() {
    if (!this.due || !this.theme) return;
    this.due = false;
    const { surface, theme, palette } = this;
    surface.fit();
    surface.clear(theme);
    const bounds = this.arrays.get("scene/bounds");
    if (!bounds) return;
    this.frame = frameOf(this.view.of(bounds.values), surface.room(), { square: true });
    this.chip.hidden = !this.view.zoomed;
    surface.clipped(this.frame, () => this.paintPlot(this.frame));
    drawAxes(surface, this.frame, theme, palette);
    this.describe(this.frame);
    if (!this.plane.root.hidden) this.plane.paint(this.arrays, theme, palette, this.picked);
  }

  paintPlot(frame) {
    const { surface, palette, legend } = this;
    const heat = HEATS.find((name) => legend.has(name));
    if (heat) this.paintGround(frame, ...GROUNDS[heat]);
    const scale = Math.min(Math.max(frame.width / 560, 0.85), 1.35);
    const dim = { real: this.drawing ? FAINT : 1, fake: this.meta.stage || this.drawing ? DIMMED : 1 };
    const from = (place) => (name) => this.arrays.get(`${place}/${name}`);
    const chosen = (name) => legend.chosen(name);
    const look = { palette, font: this.theme.font, scale, dim, get: from("scene"), chosen };
    drawLayers(surface, frame, legend, look);
    this.trails.draw(surface, frame, palette);
    if (this.meta.stage) drawStage(surface, frame, { ...look, get: from("stage") });
    this.drawing?.draw(surface, frame, palette);
    this.paintLanding(frame);
  }

  paintGround(frame, array, stops) {
    const extent = this.arrays.get("scene/extent");
    this.ground.draw(this.surface, this.arrays.get(array), this.ramps[stops], extent, frame);
  }

  /** Where the z that the latent plane points at lands. */
  paintLanding(frame) {
    const g = !this.plane.root.hidden && this.plane.landing(this.arrays);
    if (!g) return;
    const [x, y] = [frame.x(g.x), frame.y(g.y)];
    drawCross(this.surface, x, y, this.palette);
    const align = x + 56 > frame.left + frame.width ? "right" : "left";
    const aside = align === "left" ? 9 : -9;
    const { palette, theme: { font } } = this;
    drawWords(this.surface, "G(z)", x + aside, Math.max(y - 5, frame.top + 18), { palette, font, align });
  }

  /** A ring and a card at the fake that is pointed at. */
  describe(frame) {
    const fake = this.arrays.get("scene/fake");
    const [x, y] = fake ? fake.values.slice(2 * this.picked, 2 * this.picked + 2) : [];
    const at = { x: frame.x(x), y: frame.y(y) };
    const inside = at.x >= frame.left && at.x <= frame.left + frame.width
      && at.y >= frame.top && at.y <= frame.top + frame.height;
    if (this.picked < 0 || !inside) return this.card.hide();
    drawRing(this.surface, at.x, at.y, 6, this.palette);
    const belief = beliefAt(this.arrays.get("scene/belief"), this.arrays.get("scene/extent"), x, y);
    return this.card.show([this.latentOf(this.picked), coordinates([x, y]), belief?.toFixed(2)], at);
  }

  latentOf(index) {
    const latents = this.arrays.get("scene/latents");
    if (!latents || index >= latents.shape[0]) return undefined;
    const size = latents.shape[1];
    return coordinates(latents.values.subarray(index * size, (index + 1) * size), this.facts?.latent.dim);
  }

  destroy() {
    this.ending.abort();
    this.drawing?.close();
    this.surface.destroy();
    this.plane.destroy();
    this.root.remove();
  }
}
