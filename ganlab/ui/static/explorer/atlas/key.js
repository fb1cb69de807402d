// What the colours of the atlas mean: classes with their shares, or a ramp with numbers.

import { inkOn } from "./colour.js";
import { element } from "../../shell/dom.js";

const MOST = 5; // ticks of a ramp

/** Round factors (1, 2, 5 or whole powers of ten) from low to high, natural logarithms. */
export function factors(low, high) {
  const [from, to] = [Math.floor(low / Math.LN10), Math.ceil(high / Math.LN10)];
  const steps = high - low > 4 ? [1] : [1, 2, 5];
  const found = [];
  for (let power = from; power <= to; power += 1) {
    for (const step of steps) {
      const at = power * Math.LN10 + Math.log(step);
      if (at >= low && at <= high) found.push({ at, label: factor(step * 10 ** power) });
    }
  }
  if (found.length < 2) return [low, high].map((at) => ({ at, label: factor(Math.exp(at)) }));
  const every = Math.ceil(found.length / MOST);
  return found.filter((_, i) => i % every === 0);
}

/** "×0.05", "×12", "×3e+5". */
export function factor(value) {
  if (value >= 1e5 || value < 1e-3) return `\u00d7${value.toExponential(0).replace("-", "\u2212")}`;
  return `\u00d7${Number(value.toPrecision(2))}`;
}

const MEANINGS = {
  pictures: "Every tile is the picture that G makes of the z at its middle; the ring is your z",
  stretch: "How much G(z) changes per unit of z, in the direction in which it changes most",
  volume: "How much larger an area of z becomes: its Jacobian\u2019s volume",
  score: "D takes it for",
  place: "A colour stands for a place in the data",
  class: "What the classifier sees in the window; weaker where it is unsure",
};

export class AtlasKey {
  constructor(place) {
    this.root = element("div", "gl-x-atlas-key");
    place.append(this.root);
  }

  /**
   * mode: of colour.js COLOURS; stops: CSS colours; range: [low, high]; counts: per class;
   * beside: what else is in the picture, in words.
   */
  show(mode, { stops, range, counts, beside }) {
    const seen = JSON.stringify([mode, stops, range, counts]);
    if (seen === this.seen) return;
    this.seen = seen;
    this.root.replaceChildren();
    if (MEANINGS[mode]) this.root.append(element("p", "gl-x-atlas-meaning", MEANINGS[mode]));
    if (mode === "class") this.root.append(classes(stops, counts));
    if (mode === "score") this.root.append(bar(stops, [[0, "fake 0"], [0.5, "\u00bd"], [1, "real 1"]]));
    if (range) this.root.append(bar(stops, ticksOf(range)));
    if (beside) this.root.append(element("p", "gl-x-atlas-meaning", beside));
  }
}

function ticksOf([low, high]) {
  return factors(low, high).map(({ at, label }) => [(at - low) / (high - low), label]);
}

function classes(stops, counts) {
  const list = element("ul", "gl-x-atlas-classes");
  const all = counts?.reduce((sum, n) => sum + n, 0) || 1;
  stops.forEach((colour, i) => {
    const item = element("li");
    const chip = element("b", "", String(i));
    Object.assign(chip.style, { backgroundColor: colour, color: inkOn(colour) });
    item.append(chip, element("span", "", `${Math.round((100 * (counts?.[i] ?? 0)) / all)}\u2009%`));
    list.append(item);
  });
  return list;
}

function bar(stops, ticks) {
  const root = element("div", "gl-x-atlas-ramp");
  const colours = element("div", "gl-x-atlas-ramp-colours");
  colours.style.backgroundImage = `linear-gradient(to right, ${stops.join(", ")})`;
  root.append(colours);
  for (const [share, label] of ticks) {
    const tick = element("span", "", label);
    tick.style.left = `${100 * share}%`;
    root.append(tick);
  }
  return root;
}
