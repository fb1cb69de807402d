// A card with one chart: the plot, a button that explains it, a button that enlarges it.

import { canBeLogarithmic, panelTraces } from "./curves.js";
import { CursorLine } from "./cursor.js";
import { button, element } from "../shell/dom.js";

const CONFIG = { displayModeBar: false, showTips: false, doubleClick: false };
const COARSE = window.matchMedia("(pointer: coarse)"); // a finger on a chart scrolls the page
const LOGARITHMIC = { type: "log", tickformat: "~g", nticks: 4 };
const GAP = 8; // px between an explanation and its button, or the window
const WIDEST = 420; // px
const brush = document.createElement("canvas").getContext("2d");

export class ChartCard {
  constructor(panel) {
    this.panel = panel;
    this.size = this.toolsSize = { width: 0, height: 0 };
    this.root = element("section", "gl-chart");
    this.root.setAttribute("aria-label", panel.title);
    this.plot = element("div", "gl-plot");
    this.plot.setAttribute("role", "img");
    this.plot.setAttribute("aria-label", panel.help ?? panel.title);
    this.tools = element("div", "gl-chart-tools");
    this.about = new About(panel);
    const hint = `Enlarge ${panel.title}`;
    this.enlarge = button({ hint, act: () => this.toggle(), className: "gl-enlarge" });
    this.enlarge.setAttribute("aria-pressed", "false");
    this.tools.append(this.about.button, this.about.card, this.enlarge);
    this.root.append(this.plot);
    if (panel.over_steps) {
      this.hovered = new CursorLine(this.root, "hover");
      this.past = new CursorLine(this.root, "past");
    }
    this.root.append(this.tools);
  }

  toggle() {
    const wide = this.root.classList.toggle("gl-wide");
    this.enlarge.setAttribute("aria-pressed", String(wide));
  }

  /** The size of the plot is given to Plotly, never measured by it. */
  measure({ width, height }) {
    this.size = { width: Math.round(width), height: Math.round(height) };
    this.toolsSize = { width: this.tools.offsetWidth, height: this.tools.offsetHeight };
  }

  /** view: {axis, smoothing, log, zoom, zooms}, the same for all charts. */
  draw(Plotly, theme, arrays, view) {
    const look = theme.dark ? "dark" : "light";
    const traces = panelTraces(this.panel, look, arrays, view);
    const layout = this.layout(this.panel[look].layout, traces, { ...view, font: theme.font });
    layout.paper_bgcolor = theme.background; // names in hover labels stand on it
    Plotly.react(this.plot, traces, layout, CONFIG);
  }

  layout(template, traces, { axis, log, zoom, zooms, font: family }) {
    const size = this.titleSize(template.title, family);
    const title = { ...template.title, font: { ...template.title?.font, size } };
    const font = { ...template.font, family };
    const hoverlabel = { ...template.hoverlabel, font: { family } };
    const margin = { ...template.margin, t: Math.max(template.margin?.t ?? 0, this.toolsSize.height) };
    const layout = { ...template, ...this.size, font, title, hoverlabel, margin };
    if (!this.panel.over_steps) return layout;
    const range = zoom ?? [0, axis.end];
    layout.xaxis = { ...template.xaxis, range, uirevision: zooms, hoverformat: axis.format };
    layout.dragmode = COARSE.matches ? false : "zoom";
    layout.yaxis = { ...template.yaxis, fixedrange: true };
    if (template.yaxis2) layout.yaxis2 = { ...template.yaxis2, fixedrange: true };
    if (log && canBeLogarithmic(template, traces)) Object.assign(layout.yaxis, LOGARITHMIC);
    return layout;
  }

  /** Of the title's font, so that the title ends before the buttons begin. */
  titleSize(title, family) {
    const size = title?.font?.size ?? 14;
    const text = (title?.text ?? "").replace(/<[^>]*>/g, "");
    brush.font = `600 ${size}px ${family}`;
    const room = this.size.width - this.toolsSize.width - GAP;
    return Math.max(10, Math.min(size, (size * room) / (brush.measureText(text).width || 1)));
  }
}

/** What a chart shows, in a sentence and a formula, beside the button that opens it. */
class About {
  constructor({ title, help = "", formula = "" }) {
    this.card = element("div", "gl-about");
    this.card.popover = "auto"; // Escape, a click elsewhere, and where the focus goes: the browser's
    this.card.setAttribute("aria-label", `About ${title}`);
    this.card.append(element("p", "", help), ...mathOf(formula));
    this.button = button({ label: "?", hint: `About ${title}`, className: "gl-ask" });
    this.button.setAttribute("aria-label", `About ${title}`);
    this.button.popoverTargetElement = this.card;
    this.follow = () => this.place();
    this.card.addEventListener("beforetoggle", ({ newState }) => this.watch(newState === "open"));
  }

  watch(open) {
    const listen = open ? "addEventListener" : "removeEventListener";
    for (const type of ["scroll", "resize"]) window[listen](type, this.follow, true);
    if (open) this.place();
  }

  /** Below its button where there is room, above it otherwise; always inside the window. */
  place() {
    const { right, top, bottom } = this.button.getBoundingClientRect();
    const { innerWidth, innerHeight } = window;
    const width = Math.min(WIDEST, innerWidth - 2 * GAP);
    const left = Math.min(Math.max(right - width, GAP), innerWidth - width - GAP);
    const below = innerHeight - bottom >= Math.min(top, 260);
    const room = (below ? innerHeight - bottom : top) - 2 * GAP;
    const px = (value) => `${Math.round(value)}px`;
    Object.assign(this.card.style, {
      width: px(width),
      left: px(left),
      top: below ? px(bottom + GAP) : "auto",
      bottom: below ? "auto" : px(innerHeight - top + GAP),
      maxHeight: px(Math.max(room, 80)),
    });
  }

  destroy() {
    this.watch(false);
  }
}

/** The formula as nodes: a line for each of its rows, which may wrap before a relation. */
function mathOf(formula) {
  const parsed = new DOMParser().parseFromString(formula, "application/xml").documentElement;
  if (parsed?.localName !== "math") return [];
  const cells = [...parsed.getElementsByTagName("mtd")];
  const [row = parsed] = parsed.getElementsByTagName("mrow");
  return (cells.length ? cells : [row]).map(({ children }) => {
    const line = element("p", "gl-formula");
    for (const terms of pieces([...children])) {
      const math = document.createElementNS(parsed.namespaceURI, "math");
      math.setAttribute("displaystyle", "true");
      math.append(...terms.map((term) => document.importNode(term, true)));
      line.append(math, element("wbr"));
    }
    return line;
  });
}

const DEPTH = { "(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1 };
const RELATIONS = new Set(["=", "≤", "≥", "→", "≈", "<", ">"]);

/** Terms up to the next relation or wide space that stands outside all brackets. */
function pieces(terms) {
  const found = [[]];
  let depth = 0;
  for (const term of terms) {
    const sign = term.localName === "mo" ? term.textContent.trim() : "";
    depth += DEPTH[sign] ?? 0;
    if (!depth && RELATIONS.has(sign)) found.push([]);
    found.at(-1).push(term);
    if (!depth && parseFloat(term.getAttribute("width")) >= 1) found.push([]);
  }
  return found.filter((piece) => piece.length);
}
