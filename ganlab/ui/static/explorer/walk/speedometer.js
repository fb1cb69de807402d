// The speedometer: |z|, change, D's score and class along the walk, with a line at the frame shown.

import { element } from "../../shell/dom.js";

const JUMP = 3; // times the mean change, as in figures/walk.py
const GAP = 0.34; // between rows, in shares of a row
const ROWS = ["y", "y2", "y3", "y4"];
const HIGH = { 2: 240, 3: 330, 4: 425 }; // px, by rows
const COMPARED = new Set(["y", "y2"]);
const CONFIG = { staticPlot: true, displayModeBar: false };

export class Speedometer {
  constructor(place, explorer, seek) {
    Object.assign(this, { explorer, frame: 0 });
    this.root = element("div", "gl-x-w-speed");
    this.plot = element("div", "gl-x-w-plot");
    this.plot.setAttribute("role", "img");
    this.line = element("div", "gl-x-w-cursor");
    this.line.hidden = true;
    this.root.append(this.plot, this.line);
    place.append(this.root);
    this.observer = new ResizeObserver(() => this.draw());
    this.observer.observe(this.root);
    for (const type of ["pointerdown", "pointermove"]) {
      this.root.addEventListener(type, (event) => this.pointed(event, seek));
    }
  }

  /** main, other: walks {norm, change, score, classes, keys}. */
  load({ main, other }) {
    this.arrays = main && speedometerArrays(main, other, this.explorer.about.shell);
    this.rows = ROWS.filter((axis) => main && ({ y3: main.score, y4: main.classes }[axis] ?? axis < "y3"));
    this.dashed = main && other ? `: ${main.path} solid, ${other.path} dashed` : "";
    this.alone = main && other ? ` (of ${main.path})` : "";
    this.count = main ? main.norm.length : 0;
    this.plot.setAttribute("aria-label", main ? inWords(main, this.explorer.about.shell) : "No walk yet");
    return this.draw();
  }

  async draw() {
    const template = this.explorer.panels?.walk?.[this.explorer.theme?.dark ? "dark" : "light"];
    if (!this.arrays || !template || !this.root.clientWidth) return;
    this.Plotly ??= await this.explorer.plotly();
    if (this.gone || !this.arrays) return;
    const { arrays } = this;
    const traces = template.data.map((style) => ({ ...style, ...arrays[style.name] }));
    this.root.style.height = `${HIGH[this.rows.length]}px`;
    await this.Plotly.react(this.plot, traces, this.layout(template.layout), CONFIG);
    this.stand();
  }

  layout(template) {
    const { theme } = this.explorer;
    const layout = {
      ...template,
      width: this.root.clientWidth,
      height: HIGH[this.rows.length],
      font: { ...template.font, family: theme.font },
      annotations: this.headings(template.annotations),
      xaxis: { ...template.xaxis, range: [0, Math.max(this.count - 1, 1)], anchor: this.rows.at(-1) },
    };
    const domains = rowDomains(this.rows.length);
    for (const axis of ROWS) {
      const name = axis.replace("y", "yaxis");
      const row = this.rows.indexOf(axis);
      layout[name] = { ...template[name], visible: row >= 0, domain: domains[row] ?? [0, 1] };
    }
    return layout;
  }

  headings(annotations) {
    return annotations
      .map((heading) => ({ ...heading, axis: heading.yref.split(" ")[0] }))
      .filter(({ axis }) => this.rows.includes(axis))
      .map(({ axis, ...heading }) => ({
        ...heading, text: heading.text + (COMPARED.has(axis) ? this.dashed : this.alone),
      }));
  }

  show(frame) {
    this.frame = frame;
    this.stand();
  }

  stand() {
    const { xaxis, _size: size } = this.plot._fullLayout ?? {};
    this.line.hidden = !xaxis || !this.count;
    if (this.line.hidden) return;
    this.line.style.height = `${size.h}px`;
    this.line.style.transform = `translate(${xaxis._offset + xaxis.d2p(this.frame)}px, ${size.t}px)`;
  }

  pointed(event, seek) {
    const { xaxis } = this.plot._fullLayout ?? {};
    if (!xaxis || !this.count || (event.type === "pointermove" && event.buttons !== 1)) return;
    const x = event.clientX - this.root.getBoundingClientRect().left - xaxis._offset;
    if (x < -8 || x > xaxis._length + 8) return;
    seek(Math.round(Math.min(Math.max(xaxis.p2d(x), 0), this.count - 1)));
  }

  destroy() {
    this.gone = true;
    this.observer.disconnect();
    if (this.Plotly) this.Plotly.purge(this.plot);
    this.root.remove();
  }
}

/** Equally high rows from the top down, as row_domains() of figures/walk.py. */
export function rowDomains(rows) {
  const step = 1 / (rows - GAP);
  return Array.from({ length: rows }, (_, i) => [1 - (i + 1 - GAP) * step, 1 - i * step]);
}

/** Arrays by the names of the traces of figures/walk.py; those without numbers are empty. */
export function speedometerArrays(main, other, shell) {
  const count = main.norm.length;
  const x = Array.from({ length: count }, (_, i) => i);
  const line = (y) => (y ? { x, y: Array.from(y) } : { x: [], y: [] });
  const level = (y) => (Number.isFinite(y) ? { x: [0, 1], y: [y, y] } : { x: [], y: [] });
  const even = evenChange(main.change);
  const jumps = x.filter((i) => main.change[i] > JUMP * even);
  const keys = Array.from(main.keys.values ?? main.keys);
  const runs = classRuns(main.classes);
  const last = Math.max(count - 1, 0);
  const arrays = {
    shell: { x: [0, last, last, 0], y: [shell.low, shell.low, shell.high, shell.high] },
    middle: level(shell.middle),
    norm: line(main.norm), "other norm": line(other?.norm),
    change: line(steps(main.change)), "other change": line(other && steps(other.change)),
    jumps: { x: jumps, y: jumps.map((i) => main.change[i]) },
    even: level(even), score: line(main.score), half: level(main.score ? 0.5 : NaN),
    digits: { x: runs.map((run) => run.x), y: runs.map(() => 0.5), customdata: runs.map((run) => run.top) },
    keys: { x: keys.flatMap((key) => [key, key, null]), y: keys.flatMap(() => [0, 1, null]) },
    notice: { x: [], y: [] },
  };
  for (let c = 0; c < 10; c += 1) {
    arrays[`class ${c}`] = line(main.classes && x.map((i) => main.classes.values[i * 10 + c]));
  }
  return arrays;
}

/** Changes without the first, where it has none before it: that of a walk that is not closed. */
const steps = (change) => change.map((value, i) => (i === 0 && value === 0 ? NaN : value));

/** The mean of the finite changes but the first, which has none before it. */
export function evenChange(change) {
  const finite = Array.from(change.slice(1)).filter(Number.isFinite);
  return finite.reduce((sum, value) => sum + value, 0) / finite.length;
}

/** [class, probability] of the most probable class in a frame. */
export function topClass({ values }, frame) {
  const shares = values.subarray(frame * 10, frame * 10 + 10);
  const top = shares.indexOf(Math.max(...shares));
  return [top, shares[top]];
}

/** [{x: middle frame, top}] of stretches of at least a tenth of the walk with one top class. */
function classRuns(classes) {
  if (!classes) return [];
  const top = Array.from({ length: classes.shape[0] }, (_, i) => topClass(classes, i)[0]);
  const starts = top.map((_, i) => i).filter((i) => i === 0 || top[i] !== top[i - 1]);
  return starts
    .map((start, k) => ({ start, end: starts[k + 1] ?? top.length, top: top[start] }))
    .filter(({ start, end }) => end - start >= Math.max(2, top.length / 10))
    .map(({ start, end, top: shown }) => ({ x: (start + end - 1) / 2, top: shown }));
}

function inWords({ norm, change }, { low, high }) {
  const inside = norm.filter((value) => value >= low && value <= high).length;
  const even = evenChange(change);
  const jumps = change.filter((value) => value > JUMP * even).length;
  return `Speedometer: z within the prior's shell in ${inside} of ${norm.length} frames; `
    + `${jumps} ${jumps === 1 ? "jump" : "jumps"} of the picture.`;
}
