// The endpoints of a walk: two to eight small pictures in a row, to add, reorder and remove.

import { button, element, write } from "../../shell/dom.js";
import { thumbnail } from "./thumbnail.js";

export const MOST = 8;
const START = [1, 2, 3]; // seeds of the first walk
const SEEDS = 2 ** 31; // seeds are below

export class Endpoints {
  /** on: changed() when the points are others, go(i) to be shown endpoint i. */
  constructor(place, explorer, on) {
    Object.assign(this, { explorer, on, items: [] });
    this.list = element("ol", "gl-x-w-list");
    this.list.setAttribute("aria-label", "Endpoints of the walk");
    this.note = element("p", "gl-x-w-quiet");
    this.note.setAttribute("aria-live", "polite");
    place.append(this.list, this.adders(), this.note);
  }

  adders() {
    const act = {
      current: () => this.add(this.explorer.point.value(), this.seedOfNow()),
      random: () => this.addSeeds([Math.floor(Math.random() * 100000)]),
    };
    this.adds = [
      button({ label: "Use the current z", hint: "Add the z that is played now", act: act.current }),
      button({ icon: "seed", label: "Random", hint: "Add a random seed", act: act.random }),
    ];
    const row = element("div", "gl-x-w-adds");
    row.append(...this.adds, this.seedForm());
    return row;
  }

  seedForm() {
    const form = element("form", "gl-x-w-seed");
    const input = element("input", "gl-input");
    Object.assign(input, { type: "number", min: 0, max: SEEDS - 1, required: true, placeholder: "seed" });
    input.setAttribute("aria-label", "Seed to add");
    const add = button({ label: "Add seed", act: () => {} });
    add.type = "submit";
    form.append(input, add);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.addSeeds([Number(input.value)]);
      input.value = "";
    });
    this.adds.push(add);
    return form;
  }

  get points() {
    return this.items.map(({ z }) => Array.from(z));
  }

  /** The seeds that make all of the endpoints; undefined where one of them came otherwise. */
  get seeds() {
    const seeds = this.items.map(({ seed }) => seed);
    return seeds.every((seed) => seed !== undefined) ? seeds : undefined;
  }

  start() {
    if (!this.items.length) this.addSeeds(START);
  }

  /** The seed of the z that is being played, if nothing has moved it. */
  seedOfNow() {
    const { point } = this.explorer;
    return point.moved ? undefined : point.seed;
  }

  addSeeds(seeds) {
    this.askSeeds(seeds, (all) => all.forEach((z, i) => this.insert(z, seeds[i])));
  }

  askSeeds(seeds, then) {
    this.explorer.channel.ask({ op: "seeds", seeds }, ({ meta, arrays }) => {
      write(this.note, meta.error ?? "");
      if (meta.error) return;
      const { values, shape } = arrays.get("z");
      then(seeds.map((_, i) => values.slice(i * shape[1], (i + 1) * shape[1])));
      this.changed();
    }, "walk");
  }

  add(z, seed) {
    this.insert(Float32Array.from(z), seed);
    this.changed();
  }

  insert(z, seed) {
    if (this.items.length < MOST) this.items.push(new Endpoint(this, z, seed));
  }

  move(item, by) {
    const from = this.items.indexOf(item);
    const to = from + by;
    if (to < 0 || to >= this.items.length) return;
    this.items.splice(to, 0, ...this.items.splice(from, 1));
    this.changed(item);
  }

  remove(item) {
    const at = this.items.indexOf(item);
    this.items.splice(at, 1);
    this.changed();
    (this.items[at] ?? this.items.at(-1))?.away.focus();
    if (!this.items.length) this.adds[0].focus();
  }

  /** Another random z in its place. */
  roll(item) {
    const seed = Math.floor(Math.random() * 100000);
    this.askSeeds([seed], ([z]) => item.become(z, seed));
  }

  changed(moved) {
    const focused = document.activeElement;
    this.list.replaceChildren(...this.items.map(({ node }) => node));
    this.items.forEach((item, i) => item.label(i, this.items.length));
    if (moved?.node.contains(focused)) moved.focus(focused);
    for (const add of this.adds) add.disabled = this.items.length >= MOST;
    this.decode();
    this.on.changed();
  }

  /** Small pictures of all endpoints, as the weights are now. */
  decode() {
    if (!this.items.length) return;
    const items = [...this.items];
    this.explorer.channel.ask({ op: "decode", z: this.points }, ({ meta, arrays }) => {
      const samples = arrays.get("x");
      if (!meta.error && samples) items.forEach((item, i) => item.show(samples, i));
    }, "walk");
  }

  /** Mark the endpoint that the frame shown lies at; -1 for none. */
  stand(index) {
    this.items.forEach(({ node }, i) => node.toggleAttribute("data-here", i === index));
  }
}

class Endpoint {
  constructor(owner, z, seed) {
    Object.assign(this, { owner, z, seed });
    this.node = element("li", "gl-x-w-end");
    this.canvas = element("canvas");
    this.go = element("button", "gl-x-w-thumb");
    this.go.type = "button";
    this.go.append(this.canvas);
    this.go.addEventListener("click", () => owner.on.go(owner.items.indexOf(this)));
    this.name = element("span", "gl-x-w-name");
    const tools = element("span", "gl-x-w-tools");
    this.earlier = tool({ label: "‹" }, () => owner.move(this, -1));
    this.dice = tool({ icon: "seed" }, () => owner.roll(this));
    this.later = tool({ label: "›" }, () => owner.move(this, 1));
    this.away = tool({ icon: "close" }, () => owner.remove(this));
    tools.append(this.earlier, this.dice, this.away, this.later);
    this.node.append(this.go, this.name, tools);
  }

  label(index, count) {
    const number = index + 1;
    write(this.name, this.seed === undefined ? "your z" : `seed ${this.seed}`);
    name(this.go, `Show endpoint ${number}, ${this.name.textContent}`);
    name(this.earlier, `Move endpoint ${number} back by one`);
    name(this.later, `Move endpoint ${number} on by one`);
    name(this.dice, `Roll another z for endpoint ${number}`);
    name(this.away, `Remove endpoint ${number}`);
    this.earlier.disabled = index === 0;
    this.later.disabled = index === count - 1;
  }

  become(z, seed) {
    Object.assign(this, { z, seed });
  }

  show(samples, i) {
    thumbnail(this.canvas, samples, i, this.owner.explorer);
  }

  /** Back to the button that moved it, or to the one beside it where that is at its end. */
  focus(wanted) {
    (wanted.disabled ? this.go : wanted).focus();
  }
}

const tool = (what, act) => button({ ...what, act, className: "gl-x-w-tool" });

function name(node, text) {
  node.title = text;
  node.setAttribute("aria-label", text);
}
