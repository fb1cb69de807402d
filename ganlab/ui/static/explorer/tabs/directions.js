// The tab "Directions": ways through the latent space that mean something, what each does to the
// picture, and arithmetic with the classes' mean latents.

import { Painter } from "../directions/film.js";
import { METHODS } from "../directions/methods.js";
import { DirectionsSum } from "../directions/sum.js";
import { DirectionsTable, offsetsOf } from "../directions/table.js";
import { button, count, element, write } from "../../shell/dom.js";

const MOST = 8; // directions of a method
const AT_ONCE = 9; // filmstrips per question: 63 of 64 latents
const REST = 120; // milliseconds z must rest before the filmstrips follow
const SAID = 6000; // milliseconds a refusal stays
const PATIENCE = 1000; // milliseconds between two looks at weights that move
const [LANE, SUM_LANE] = ["directions", "directions sum"];

export default class DirectionsTab {
  static title = "Directions";

  static applies = (about) => about.latent.dim > 1;

  constructor(place, explorer) {
    this.explorer = explorer;
    this.found = new Map(); // method -> {vectors, shares, step}
    this.root = element("div", "gl-x-directions");
    place.append(this.root);
    this.bar();
    this.words = element("p", "gl-x-directions-words");
    this.shares = element("p", "gl-x-directions-shares");
    this.root.append(this.words, this.halves = element("div", "gl-x-directions-halves"));
    this.left = element("div");
    this.halves.append(this.left);
    this.table = new DirectionsTable(this.left, {
      go: (i, offset) => this.go(i, offset),
      slider: (i) => this.slider(i),
    });
    this.left.append(this.shares);
  }

  bar() {
    const bar = element("div", "gl-x-directions-bar");
    this.methods = element("div", "gl-x-directions-methods");
    this.methods.setAttribute("role", "group");
    this.methods.setAttribute("aria-label", "How directions are found");
    const again = { label: "Find again", hint: "Find the directions of the weights as they are now" };
    const all = { label: "All as sliders", hint: "Add a slider for each of these directions" };
    this.again = button({ icon: "reset", ...again, act: () => this.renew() });
    this.all = button({ ...all, act: () => this.sliders() });
    this.said = element("span", "gl-x-directions-said");
    this.said.setAttribute("role", "status");
    bar.append(this.methods, this.all, this.again, this.said);
    this.root.append(bar);
  }

  /** Another generator. */
  describe(about, arrays) {
    this.about = about;
    const image = about.shape.length > 1;
    this.root.classList.toggle("gl-x-directions-images", image);
    this.painter = new Painter(image ? undefined : arrays.get("real"));
    this.painter.setTheme(this.explorer.palette);
    this.table.scale(offsetsOf(about.latent.kind));
    this.found.clear();
    this.off?.();
    this.off = this.explorer.point.on((what) => what === "axes" && this.mark());
    this.offered = Object.keys(METHODS).filter((method) => METHODS[method].applies(about));
    this.methods.replaceChildren(...this.offered.map((method) => {
      const one = button({ label: METHODS[method].title, act: () => this.choose(method) });
      one.dataset.method = method;
      return one;
    }));
    this.again.hidden = !about.training;
    this.sum?.root.remove();
    this.sum = about.classes > 0
      ? new DirectionsSum(this.halves, { wanted: () => this.add(), go: (z) => this.place(z) })
      : undefined;
    this.choose(this.offered.includes(this.method) ? this.method : this.offered[0]);
  }

  choose(method) {
    this.method = method;
    const { words, source } = METHODS[method];
    for (const one of this.methods.children) {
      one.setAttribute("aria-pressed", String(one.dataset.method === method));
    }
    const link = element("a", "", source.text);
    Object.assign(link, { href: source.address, target: "_blank", rel: "noopener" });
    this.words.replaceChildren(`${words} Source: `, link, ".");
    this.find();
  }

  // -- asking -------------------------------------------------------------------------------------

  /** The directions of the method in hand, and the class means for the sum. */
  find() {
    if (!this.visible) return;
    const missing = [this.method, ...(this.sum ? ["classes"] : [])].find((method) => !this.found.has(method));
    if (missing) this.ask(missing);
    const there = this.found.has(this.method);
    this.table.root.setAttribute("aria-busy", String(!there));
    if (there) this.build();
  }

  ask(method) {
    const k = method === "classes" ? this.about.classes : Math.min(MOST, this.about.latent.dim);
    const { about } = this;
    write(this.said, "Looking \u2026");
    this.explorer.channel.ask({ op: "directions", method, k, seed: 0 }, ({ meta, arrays }) => {
      if (about !== this.about) return;
      write(this.said, meta.error ?? "");
      if (meta.error || !meta.done) return;
      const [vectors, shares] = [arrays.get("vectors"), arrays.get("share").values];
      this.found.set(method, { vectors, shares, step: meta.step });
      const [means, counts] = [arrays.get("means"), arrays.get("counts")];
      if (means) this.sum?.describe(means, counts.values, about.shell);
      if (method === this.method) this.shown = undefined;
      this.find();
    }, LANE);
  }

  renew() {
    this.found.clear();
    this.find();
  }

  /** The vector [latent] of direction i. */
  vector(i) {
    const { values, shape: [, size] } = this.found.get(this.method).vectors;
    return values.slice(i * size, (i + 1) * size);
  }

  get size() {
    return this.found.get(this.method)?.shares.length ?? 0;
  }

  /** z moved along direction i; signs are no way to go. */
  along(i, offset) {
    const vector = this.vector(i);
    const { dim } = this.about.latent;
    const moved = (value, k) => (k < dim ? value + offset * vector[k] : value);
    return Array.from(this.explorer.point.value(), moved);
  }

  build() {
    const { shares, step } = this.found.get(this.method);
    const method = METHODS[this.method];
    if (this.shown !== shares) {
      this.shown = shares;
      this.table.build(method, shares);
    }
    const when = this.about.training && step !== undefined ? ` Found at step ${count(step)}.` : "";
    write(this.shares, `${method.shares(Array.from(shares))}${when}`);
    this.mark();
    this.films();
  }

  /** Pictures along every direction, some rows per question. */
  films(first = 0) {
    if (!this.visible || first >= this.size) return;
    const rows = Array.from({ length: Math.min(AT_ONCE, this.size - first) }, (_, i) => first + i);
    const { shown, table: { offsets } } = this;
    const z = rows.flatMap((i) => offsets.map((offset) => this.along(i, offset)));
    this.decode(z, LANE, (samples) => {
      if (shown !== this.shown) return;
      rows.forEach((i, k) => this.table.rows[i].film.show(this.painter, samples, k * offsets.length));
      this.films(first + AT_ONCE);
    });
  }

  /** Pictures of the sum and its terms. */
  add() {
    if (!this.visible || !this.sum?.means) return;
    const z = this.sum.latents().map((one) => Array.from(one));
    this.decode(z, SUM_LANE, (samples) => this.sum?.show(this.painter, samples));
  }

  decode(z, lane, show) {
    this.explorer.channel.ask({ op: "decode", z }, ({ meta, arrays }) => {
      if (meta.error) this.explorer.say(meta.error, SAID);
      else show(arrays.get("x"));
    }, lane);
  }

  // -- what happens -------------------------------------------------------------------------------

  show() {
    this.visible = true;
    this.find();
    this.add();
  }

  hide() {
    this.visible = false;
  }

  moved() {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.films(), REST);
  }

  /** The weights moved: new pictures along the same directions. */
  pulse() {
    if (this.pending || !this.visible) return;
    const wait = Math.max(0, (this.pulsed ?? 0) + PATIENCE - performance.now());
    this.pending = setTimeout(() => {
      this.pending = undefined;
      this.pulsed = performance.now();
      this.films();
      this.add();
    }, wait);
  }

  go(i, offset) {
    this.place(this.along(i, offset));
  }

  place(z) {
    const { latent } = this.about;
    const own = this.explorer.point.value();
    this.explorer.point.place(Array.from(own, (value, k) => (k < latent.dim ? z[k] : value)));
  }

  used(i) {
    return this.explorer.point.axis(METHODS[this.method].key(i)) !== undefined;
  }

  mark() {
    this.table.mark((i) => this.used(i));
    const rows = Array.from({ length: this.size }, (_, i) => i);
    this.all.disabled = rows.every((i) => this.used(i));
  }

  /** Direction i becomes a slider, or is one no longer; z stays where it is. */
  slider(i) {
    const { point } = this.explorer;
    if (!this.used(i)) return this.sliders([i]);
    const z = point.value();
    point.removeDirections(METHODS[this.method].key(i));
    return point.place(z);
  }

  sliders(wanted = Array.from({ length: this.size }, (_, i) => i)) {
    const { key, name } = METHODS[this.method];
    const fresh = wanted.filter((i) => !this.used(i));
    const [low, high] = this.about.latent.kind === "uniform" ? [-1, 1] : []; // else as far as Point goes
    const axis = (i) => ({ key: key(i), label: name(i), vector: this.vector(i), low, high });
    this.explorer.point.addDirections(fresh.map(axis));
  }

  setTheme(theme, palette) {
    this.painter?.setTheme(palette);
    if (this.painter?.real) this.films();
  }

  destroy() {
    clearTimeout(this.resting);
    clearTimeout(this.pending);
    this.off?.();
    this.root.remove();
  }
}
