// Arithmetic with class means: z(7) - z(1) + z(4), the pictures of its terms and of the result.

import { button, element, write } from "../../shell/dom.js";
import { number } from "../../scene/hover.js";

const START = [[1, 7], [-1, 1], [1, 4]]; // sign, class
const MOST = 6; // terms
const WORDS = "Each term is the mean latent of a class; added up, they are a z like any other.";
const SIGNS = { 1: "+", [-1]: "\u2212" };

/** The sum of signed rows of means {values, shape: [classes, latent]}; terms: [[sign, class], ...]. */
export function arithmetic({ values, shape: [, size] }, terms) {
  const z = new Float32Array(size);
  for (const [sign, one] of terms) {
    for (let i = 0; i < size; i += 1) z[i] += sign * values[one * size + i];
  }
  return z;
}

export class DirectionsSum {
  /** wanted(): the terms changed, or there is something to draw; go(z). */
  constructor(place, options) {
    Object.assign(this, options);
    this.terms = START.map((term) => [...term]);
    this.root = element("section", "gl-x-sum");
    this.root.append(
      element("h3", "gl-x-sum-title", "Arithmetic with class means"),
      element("p", "gl-x-sum-words", WORDS),
    );
    const line = element("div", "gl-x-sum-line");
    this.list = element("div", "gl-x-sum-terms");
    this.list.setAttribute("role", "group");
    this.list.setAttribute("aria-label", "Terms of the sum");
    line.append(this.list, element("span", "gl-x-sum-equals", "="), this.result());
    this.root.append(line);
    place.append(this.root);
  }

  result() {
    const root = element("div", "gl-x-sum-result");
    this.canvas = element("canvas");
    this.canvas.setAttribute("role", "img");
    this.norm = element("div", "gl-x-sum-norm");
    this.norm.setAttribute("role", "status");
    const act = () => this.means && this.go(arithmetic(this.means, this.terms));
    root.append(this.canvas, this.norm, button({ label: "Go there", hint: "Put z at the result", act }));
    return root;
  }

  /** means: {values, shape: [10, latent]}; counts: [10], classes never seen have no mean. */
  describe(means, counts, shell) {
    Object.assign(this, { means, shell });
    this.known = Array.from(counts).flatMap((n, one) => (n > 0 ? [one] : []));
    this.terms = this.terms.filter(([, one]) => this.known.includes(one));
    if (!this.terms.length && this.known.length) this.terms = [[1, this.known[0]]];
    this.build();
  }

  build() {
    this.pictures = [];
    this.list.replaceChildren(...this.terms.map((term, i) => this.term(term, i)), this.more());
    this.canvas.setAttribute("aria-label", `G of ${this.formula()}`);
    this.wanted();
  }

  term([sign, one], i) {
    const root = element("div", "gl-x-sum-term");
    const canvas = element("canvas");
    canvas.setAttribute("aria-hidden", "true");
    this.pictures.push(canvas);
    const turn = () => this.change(i, [-sign, one], "button");
    const flip = button({ label: SIGNS[sign], hint: `Turn the sign of term ${i + 1}`, act: turn });
    flip.setAttribute("aria-label", `Sign of term ${i + 1}: ${sign > 0 ? "plus" : "minus"}`);
    const select = element("select", "gl-x-select");
    select.setAttribute("aria-label", `Class of term ${i + 1}`);
    select.append(...this.known.map((value) => new Option(`z(${value})`, value)));
    select.value = String(one);
    select.addEventListener("change", () => this.change(i, [sign, Number(select.value)], "select"));
    const drop = button({ icon: "close", hint: `Remove term ${i + 1}`, act: () => this.remove(i) });
    drop.disabled = this.terms.length < 2;
    const line = element("div", "gl-x-sum-chip");
    line.append(flip, select, drop);
    root.append(canvas, line);
    return root;
  }

  more() {
    const add = button({ label: "Add a term", act: () => this.add() });
    add.classList.add("gl-x-sum-more");
    add.disabled = this.terms.length >= MOST;
    return add;
  }

  change(i, term, touched) {
    this.terms[i] = term;
    this.rebuilt(i, touched);
  }

  add() {
    this.terms.push([1, this.known[0]]);
    this.rebuilt(this.terms.length - 1, "select");
  }

  remove(i) {
    this.terms.splice(i, 1);
    this.rebuilt(Math.max(0, i - 1), "select");
  }

  /** The focus stays with the term that was touched. */
  rebuilt(i, touched) {
    this.build();
    this.list.children[i].querySelector(touched).focus();
  }

  formula() {
    const words = this.terms.map(([sign, one]) => `${SIGNS[sign]} z(${one})`).join(" ");
    return words.replace(/^\+ /, "");
  }

  /** Latents to draw: every term's mean, then the result. */
  latents() {
    if (!this.means) return [];
    const each = this.terms.map(([, one]) => arithmetic(this.means, [[1, one]]));
    return [...each, arithmetic(this.means, this.terms)];
  }

  /** Their samples, as asked for; of an older sum they no longer fit. */
  show(painter, samples) {
    if (samples.shape[0] !== this.terms.length + 1) return;
    this.pictures.forEach((canvas, i) => painter.paint(canvas, samples, i));
    painter.paint(this.canvas, samples, this.terms.length);
    const length = Math.hypot(...arithmetic(this.means, this.terms));
    const [low, high] = [this.shell.low, this.shell.high].map(number);
    write(this.norm, `|z| = ${number(length)}; the prior draws ${low} to ${high}`);
  }
}
