// The settings of a run, as a column of cards that together are the diagram of the game. A live
// setting acts at once; the others wait until the visitor asks for a restart.

import { flat } from "./address.js";
import { Card } from "./card.js";
import { Changes } from "./changes.js";
import { DataPicker } from "./datapicker.js";
import { busy, flow, network, noise } from "./diagram.js";
import { element } from "../shell/dom.js";
import { Field } from "./field.js";

export { Share } from "./share.js";

const SEND_PAUSE = 80; // milliseconds between two messages while a slider is dragged
const CONFIRM_TIME = 1500; // milliseconds until an unconfirmed value gives way to the one in force
const FIELDLESS = new Set(["data.drawn"]); // what is drawn or uploaded; it comes with data.name
const OWN_DATA = { "data.drawn": "data.name", "data.path": "data.name" };
const PLAYERS = [
  { key: "data", title: "Real data", symbol: "x", groups: { data: "" } },
  { key: "latent", title: "Noise", symbol: "z", drawn: true, groups: { latent: "" } },
  {
    key: "generator", title: "Generator", symbol: "G", drawn: true,
    groups: { generator: "Network", g_optimizer: "Optimiser" },
  },
  {
    key: "discriminator", title: "Discriminator", symbol: "D", drawn: true,
    groups: { discriminator: "Network", d_optimizer: "Optimiser" },
  },
];
const RULES = [
  { key: "loss", title: "Loss", groups: { loss: "" } },
  { key: "penalty", title: "Penalties", groups: { penalty: "" } },
  { key: "training", title: "Training", groups: { run: "Run", training: "Loop" } },
  { key: "probe", title: "Measuring", groups: { probe: "" } },
];
const OWNERS = { generator: "G", g_optimizer: "G", discriminator: "D", d_optimizer: "D" };

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

export class Controls {
  /** options: see the page's data; send(command): to the run; draw(): start drawing points. */
  constructor(place, options) {
    this.options = options;
    this.send = options.send;
    this.hidden = new Set(options.hidden);
    this.base = options.base;
    this.values = { ...options.base }; // in force
    this.pending = new Map(); // wait for a restart
    this.sent = new Map(); // live ones on their way
    this.outbox = {};
    this.fields = new Map();
    this.root = element("div", "gl-controls");
    if (!this.hidden.has("settings")) this.build();
    place.append(this.root);
  }

  build() {
    this.changes = new Changes({
      restart: () => this.restart(),
      undo: () => this.undo(),
      reset: () => this.resetAll(),
    });
    this.cards = new Map();
    const [data, latent, generator, discriminator] = PLAYERS.map((card) => this.card(card));
    const rules = RULES.map((card) => this.card(card)).filter(({ controls }) => controls.length);
    const game = element("div", "gl-game");
    const rail = element("div", "gl-rail");
    rail.dataset.key = "real";
    rail.append(element("span", "gl-rail-words", "real x"));
    const middle = [latent.node, flow("z", "z"), generator.node, flow("fake", "fake G(z)")];
    game.append(data.node, rail, ...middle, discriminator.node);
    const rest = element("div", "gl-rules");
    rest.append(flow("verdict", "D(x), D(G(z))"), ...rules.map(({ node }) => node));
    const columns = element("div", "gl-columns");
    columns.append(game, rest);
    this.root.append(this.changes.node, columns);
    this.moving = [...this.root.querySelectorAll("[data-key]:not(.gl-card)")];
    this.refresh();
  }

  card(card) {
    const groups = Object.entries(card.groups).map(([group, name]) => ({ name, fields: this.group(group) }));
    const made = new Card(card, groups);
    this.cards.set(card.key, made);
    return made;
  }

  /** [{spec, control}] of a group's settings that are not hidden. */
  group(group) {
    const shown = ({ path }) => !FIELDLESS.has(path) && !this.hidden.has(path) && !this.hidden.has(group);
    const specs = this.options.settings.filter((spec) => spec.group === group && shown(spec));
    return specs.map((spec) => {
      const control = spec.path === "data.name" ? this.picker() : this.field(spec);
      this.fields.set(spec.path, { spec, control });
      return { spec, control };
    });
  }

  field(spec) {
    const put = (path, value) => this.put(path, value);
    return new Field(spec, { base: this.base[spec.path], owner: OWNERS[spec.group], put });
  }

  picker() {
    return new DataPicker({
      ...this.options,
      base: this.base["data.name"],
      choose: (name) => this.choose(name),
    });
  }

  // -- changes by the visitor ----------------------------------------------------------------

  put(path, value) {
    const { spec, control } = this.fields.get(path);
    if (spec.live) this.post({ [path]: value });
    else if (same(value, this.values[path])) this.pending.delete(path);
    else this.pending.set(path, value);
    control.restore();
    control.complain("");
    this.refresh([path]);
  }

  /** Live values on their way: not more than one message in a while, the last one always. */
  post(values) {
    for (const [path, value] of Object.entries(values)) this.sent.set(path, value);
    Object.assign(this.outbox, values);
    if (!this.timer) this.flush();
  }

  flush() {
    this.timer = undefined;
    if (!Object.keys(this.outbox).length) return;
    this.send({ op: "set", values: this.outbox });
    this.outbox = {};
    this.timer = setTimeout(() => this.flush(), SEND_PAUSE);
    clearTimeout(this.doubt);
    this.doubt = setTimeout(() => { this.sent.clear(); this.refresh(); }, CONFIRM_TIME);
  }

  choose(name) {
    this.fields.get("data.name").control.answer({});
    if (name === this.values["data.name"] && !this.values["data.drawn"]) return;
    const drawn = name === this.base["data.name"] ? this.base["data.drawn"] ?? null : null;
    this.rebuild({ "data.name": name, "data.drawn": drawn }, true);
  }

  restart() {
    this.rebuild(Object.fromEntries(this.pending), this.playing);
  }

  rebuild(values, play) {
    this.send({ op: "reset", values, play: Boolean(play) });
  }

  undo() {
    const paths = [...this.pending.keys()];
    this.pending.clear();
    this.refresh(paths);
  }

  /** Everything as in the preset, at once; the run restarts only where it must. */
  resetAll() {
    for (const { control } of this.fields.values()) control.restore();
    const differ = ({ path }) => !same(this.shown(path), this.base[path]);
    const specs = this.options.settings.filter(differ);
    const values = Object.fromEntries(specs.map(({ path }) => [path, this.base[path] ?? null]));
    this.pending.clear();
    this.outbox = {};
    if (specs.some(({ live }) => !live)) this.rebuild(values, this.playing);
    else if (specs.length) this.post(values);
    this.refresh();
  }

  // -- news from the run ---------------------------------------------------------------------

  /** The configuration in force, as nested groups. */
  config(nested) {
    this.values = flat(nested);
    for (const waiting of [this.pending, this.sent]) {
      for (const [path, value] of waiting) if (same(value, this.values[path])) waiting.delete(path);
    }
    for (const { control } of this.fields.values()) control.forgive();
    this.refresh();
  }

  /** A refusal: its sentence beside the control. False where the visitor cannot see it there. */
  refused({ text, path }) {
    const found = this.fields.get(OWN_DATA[path] ?? path);
    if (!found) return false;
    this.pending.delete(path);
    this.sent.delete(path);
    this.refresh([found.spec.path]);
    found.control.restore();
    found.control.complain(text);
    const fold = found.control.node.closest("details");
    if (fold) fold.open = true;
    return onScreen(found.control.node);
  }

  /** What stays for the whole run: the layers of the networks. */
  describe(meta) {
    if (!this.cards) return;
    const { latent, generator, discriminator, parameters } = meta;
    const size = latent.dim + latent.signs;
    const z = { label: `z ${size}`, shape: size };
    const sample = generator.at(-1).shape;
    const x = { label: `x ${sample}`, shape: sample };
    this.draw("latent", noise(latent));
    this.draw("generator", network(z, generator, parameters.generator));
    this.draw("discriminator", network(x, discriminator, parameters.discriminator));
  }

  draw(key, drawing) {
    this.cards.get(key).diagram.replaceChildren(drawing);
  }

  /** A frame's meta: what the run is busy with. */
  show(meta) {
    this.playing = meta.state === "playing";
    const working = busy(meta);
    const words = working.length ? meta.stage?.name ?? "to its optimum" : "";
    if (!this.cards || this.working === working.join() + words) return;
    this.working = working.join() + words;
    for (const [key, card] of this.cards) card.work(working.includes(key) ? words : undefined);
    for (const node of this.moving) node.toggleAttribute("data-busy", working.includes(node.dataset.key));
  }

  // -- what is shown -------------------------------------------------------------------------

  shown(path) {
    return [this.pending, this.sent].find((waiting) => waiting.has(path))?.get(path) ?? this.values[path];
  }

  refresh(paths = [...this.fields.keys()]) {
    if (!this.cards) return;
    for (const path of paths) {
      const value = this.shown(path);
      const changed = !same(value, this.base[path]);
      this.fields.get(path).control.show(value, { changed, pending: this.pending.has(path) });
    }
    for (const card of this.cards.values()) card.recount();
    const differing = this.root.querySelectorAll(".gl-field[data-changed]").length;
    this.changes.show(differing, this.pending.size);
  }

  destroy() {
    clearTimeout(this.timer);
    clearTimeout(this.doubt);
    this.root.remove();
  }
}

function onScreen(node) {
  const { top, bottom, height } = node.getBoundingClientRect();
  return height > 0 && bottom > 0 && top < window.innerHeight;
}
