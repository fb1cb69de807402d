// The game as a drawing: the layers of G and D, the noise, and what flows between the cards.

import { count, element } from "../shell/dom.js";

const SVG = "http://www.w3.org/2000/svg";
const HEIGHT = 48; // of a network's drawing, in its own units; as wide as 10 for each layer
const BAR = 2.6;
const ROOMY = 5; // so many columns have room for words,
const BRIEF = 12; // if they are no longer than this
const QUIET = new Set(["", "none", "linear"]);

/** What each of the six stages of an iteration keeps busy: cards and flows by their keys. */
const BUSY = [
  ["data", "latent"],
  ["z", "generator"],
  ["fake", "real", "discriminator"],
  ["verdict", "discriminator", "loss"],
  ["fake", "discriminator"],
  ["verdict", "generator", "loss"],
];

export function busy({ stage, state }) {
  if (stage) return BUSY[stage.index] ?? [];
  return state === "optimum" ? ["discriminator", "loss"] : [];
}

function shape(tag, attributes) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

function picture(viewBox, className) {
  const svg = shape("svg", { viewBox, class: className });
  svg.setAttribute("aria-hidden", "true");
  return svg;
}

/** An arrow between two cards; words: what it carries. */
export function flow(key, words) {
  const node = element("div", "gl-flow");
  node.dataset.key = key;
  const arrow = picture("0 0 12 22", "gl-arrow");
  arrow.append(shape("path", { d: "M6 0V20M1.5 15L6 20.5L10.5 15" }));
  node.append(arrow, element("span", "gl-flow-words", words));
  return node;
}

/** The layers of a network [{label, activation, shape, parameters}], its input first. */
export function network(input, layers, parameters) {
  const node = element("div", "gl-network");
  const columns = [input, ...layers];
  const words = columns.map(describe);
  const total = `${count(parameters)} parameters`;
  const drawn = element("div", "gl-layers");
  drawn.setAttribute("role", "img");
  drawn.setAttribute("aria-label", `${words.join(", then ")}; ${total}`);
  drawn.append(silhouette(columns.map(({ shape: text }) => units(text))));
  const roomy = columns.length <= ROOMY && columns.every(({ label }) => label.length <= BRIEF);
  columns.forEach((column, index) => drawn.append(caption(column, words[index], roomy)));
  drawn.style.setProperty("--gl-columns", columns.length);
  const line = roomy ? total : [...kinds(layers), total].join("; ");
  node.append(drawn, element("p", "gl-parameters", line));
  return node;
}

/** What layers there are, and what follows them, each once: where the drawing has no room for it. */
function kinds(layers) {
  const labels = layers.map(({ label }) => label.replace(/ \d+/, ""));
  const activations = layers.map(({ activation }) => activation).filter((each) => !QUIET.has(each));
  const once = (words) => [...new Set(words.flatMap((each) => each.split(", ")))].join(", ");
  return [labels, activations].map(once).filter(Boolean);
}

const describe = ({ label, activation = "" }) => (QUIET.has(activation) ? label : `${label} ${activation}`);

/** How many numbers a shape such as "64" or "32×7×7" holds. */
const units = (text) => (String(text).match(/\d+/g) ?? []).reduce((product, size) => product * size, 1);

const tall = (size) => Math.min(HEIGHT, 8 + 4 * Math.log2(size + 1));

function silhouette(sizes) {
  const svg = picture(`0 0 ${10 * sizes.length} ${HEIGHT}`, "gl-silhouette");
  svg.setAttribute("preserveAspectRatio", "none");
  sizes.forEach((size, index) => {
    const [centre, half] = [10 * index + 5, tall(size) / 2];
    if (index + 1 < sizes.length) {
      const next = tall(sizes[index + 1]) / 2;
      const [left, right] = [centre + BAR / 2, centre + 10 - BAR / 2];
      const corners = [[left, -half], [right, -next], [right, next], [left, half]];
      const points = corners.map(([x, y]) => `${x},${HEIGHT / 2 + y}`).join(" ");
      svg.append(shape("polygon", { points }));
    }
    svg.append(shape("rect", { x: centre - BAR / 2, y: HEIGHT / 2 - half, width: BAR, height: 2 * half }));
  });
  return svg;
}

function caption(column, words, roomy) {
  const node = element("span", "gl-layer");
  node.title = column.parameters ? `${words}, ${count(column.parameters)} parameters` : words;
  node.append(element("span", roomy ? "" : "gl-layer-shape", roomy ? column.label : String(column.shape)));
  if (roomy && !QUIET.has(column.activation ?? "")) {
    node.append(element("span", "gl-layer-activation", column.activation));
  }
  return node;
}

const LAWS = {
  normal: { words: "normal", path: "M0 15C8 15 7 2 13 2S18 15 26 15" },
  uniform: { words: "uniform", path: "M0 15H4V4H22V15H26" },
  signs: { words: "signs ±1", path: "M0 15H26M7 15V3M19 15V3" },
};

/** z: so many coordinates of a law, so many signs. */
export function noise({ kind, dim, signs }) {
  const node = element("p", "gl-noise");
  for (const [law, many] of [[LAWS[kind], dim], [LAWS.signs, signs]]) {
    if (!many) continue;
    const drawn = picture("0 0 26 16", "gl-law");
    drawn.append(shape("path", { d: law.path }));
    const part = element("span", "gl-noise-part");
    part.append(drawn, element("span", "", `${many} ${law.words}`));
    node.append(part);
  }
  return node;
}
