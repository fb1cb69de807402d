// The controls of z one by one: sliders, of which the first few are in sight, and signs to switch.

import { button, element, write } from "../shell/dom.js";
import { MAIN } from "./point.js";

const SHOWN = 8; // sliders in sight; the rest stand in a fold
const STEPS = 400; // per slider
const TITLES = { direction: "Directions: how far z moves along each", coordinate: "Coordinates of z" };
const MEANING = "main 1, main 2, \u2026: the moves of z that change G\u2019s first layer most, "
  + "in this order; the tab Directions tells more.";

export class Sliders {
  /** point: the Point; changed(event): the visitor moved something. */
  constructor(place, { point, changed }) {
    Object.assign(this, { point, changed });
    this.root = element("div", "gl-x-sliders");
    place.append(this.root);
    this.rebuild();
    this.end = point.on((what) => (what === "axes" ? this.rebuild() : this.wake()));
  }

  rebuild() {
    const { axes } = this.point;
    const main = axes.filter(({ key }) => key.startsWith(MAIN));
    const added = axes.filter((axis) => axis.kind === "direction" && !main.includes(axis));
    const coordinate = axes.filter(({ kind }) => kind === "coordinate");
    const signs = axes.filter(({ kind }) => kind === "sign");
    const order = [...added, ...main, ...coordinate]; // what the visitor asked for comes first
    this.rows = [];
    this.root.replaceChildren();
    this.root.append(this.list(order.slice(0, SHOWN)));
    if (signs.length) this.root.append(this.signs(signs));
    if (order.length > SHOWN) this.root.append(this.fold(order.slice(SHOWN)));
    this.refresh();
  }

  list(axes) {
    const list = element("div", "gl-x-slider-list");
    for (const [i, axis] of axes.entries()) {
      const row = this.slider(axis);
      if (axis.kind !== axes[i - 1]?.kind) list.append(...this.head(axis));
      list.append(row.node);
      this.rows.push(row);
    }
    return list;
  }

  /** What the sliders from here on are, and how far they go. */
  head({ kind, key, low, high }) {
    const title = element("p", "gl-x-list-title", TITLES[kind]);
    const scale = element("div", "gl-x-scale");
    scale.setAttribute("aria-hidden", "true");
    scale.append(...[low, 0, high].map((value) => element("span", "", signed(value, 0))));
    return key.startsWith(MAIN) ? [title, element("p", "gl-x-note", MEANING), scale] : [title, scale];
  }

  /** Sliders are made when their fold is opened. */
  fold(axes) {
    const fold = element("details", "gl-more gl-x-more");
    fold.append(element("summary", "", `${axes.length} more sliders`));
    fold.open = Boolean(this.open);
    const fill = () => {
      this.open = fold.open;
      if (!fold.open || fold.childElementCount > 1) return;
      fold.append(this.list(axes));
      this.refresh();
    };
    fold.addEventListener("toggle", fill);
    if (fold.open) fill();
    return fold;
  }

  slider(axis) {
    const range = (step) => ({ min: axis.low, max: axis.high, step });
    const put = (value) => this.point.set(axis.key, value);
    const row = slider({
      name: axis.label, range: range((axis.high - axis.low) / STEPS), changed: this.changed, put,
      reset: () => this.point.resetAxis(axis.key),
    });
    return { node: row.node, refresh: () => row.show(axis.value, axis.value !== axis.reset) };
  }

  signs(axes) {
    const group = element("div", "gl-x-signs");
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", "Signs of z");
    group.append(element("span", "gl-x-name", "Signs \u00b11"));
    for (const axis of axes) {
      const act = (event) => { this.changed(event); this.point.set(axis.key, -axis.value); };
      const hint = `${axis.label}: switch between +1 and \u22121`;
      const made = button({ label: "+", hint, act, className: "gl-x-sign" });
      const refresh = () => {
        write(made.firstChild, axis.value > 0 ? "+" : "\u2212");
        made.setAttribute("aria-label", `${axis.label}: ${axis.value > 0 ? "plus" : "minus"} 1`);
        made.setAttribute("aria-pressed", String(axis.value > 0));
      };
      this.rows.push({ node: made, refresh });
      group.append(made);
    }
    return group;
  }

  wake() {
    if (this.scheduled) return;
    this.scheduled = true;
    requestAnimationFrame(() => { this.scheduled = false; this.refresh(); });
  }

  refresh() {
    for (const row of this.rows) row.refresh();
  }

  destroy() {
    this.end();
    this.root.remove();
  }
}

/**
 * A slider with its name, value, and the way back, greyed where there is nothing to go back from.
 * Returns {node, show(value, changed)}.
 */
export function slider({ name, range, put, reset, changed = () => {}, digits = 2, hint = "" }) {
  const node = element("div", "gl-x-slider");
  const label = element("label", "gl-x-name", name);
  const input = Object.assign(element("input", "gl-slider"), { type: "range", ...range });
  const output = element("span", "gl-x-value");
  label.htmlFor = input.id = `gl-x-${(slider.made = (slider.made ?? 0) + 1)}`;
  label.title = hint || name;
  input.addEventListener("input", (event) => { changed(event); put(Number(input.value)); });
  const act = (event) => { changed(event); reset(); };
  const back = button({ icon: "reset", hint: `Reset ${name}`, act, className: "gl-x-back" });
  node.append(label, input, output, back);
  const share = (value) => Math.min(Math.max((value - range.min) / (range.max - range.min), 0), 1);
  let seen; // most sliders stay where they are while one of them moves
  const show = (value, away) => {
    if (seen?.value === value && seen.away === away) return;
    seen = { value, away };
    if (Number(input.value) !== value) input.value = value;
    const [from, to] = [share(0), share(value)].sort((a, b) => a - b);
    input.style.setProperty("--gl-x-from", from);
    input.style.setProperty("--gl-x-to", to);
    write(output, signed(value, digits));
    input.setAttribute("aria-valuetext", output.textContent);
    if (back.disabled !== !away) back.disabled = !away;
  };
  return { node, show };
}

/** A number with a minus sign as wide as a digit. */
export function signed(value, digits = 2) {
  const text = value.toFixed(digits);
  return text.replace("-", Number(text) === 0 ? "" : "\u2212");
}
