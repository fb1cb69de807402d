// "How good is this generator?": the figures of merit of a bundled generator, in plain words.

import { count, element } from "../shell/dom.js";

const share = (value) => `${(100 * value).toFixed(value > 0.995 || value < 0.1 ? 1 : 0)} %`;
const plain = (value) => (value < 10 ? value.toFixed(value < 1 ? 3 : 2) : count(value));
const MEASURES = { // in the order shown: name, how it is written, what it says
  confident: ["Readable", share, "of its images the classifier reads without doubt"],
  modes: ["Classes reached", plain, "how many of the ten digits it draws at all"],
  frechet: ["Fr\u00e9chet distance", plain, "how far its images as a whole are from real ones; low is good"],
  class_kl: ["Class balance", plain, "divergence of its classes from the data's, in nats; 0 is balanced"],
  precision: ["Precision", share, "of its images lie where real ones do"],
  recall: ["Recall", share, "of the real images lie where its own do"],
  density: ["Density", plain, "how crowded with real images its neighbourhoods are; 1 as for the data"],
  coverage: ["Coverage", share, "of the real images have one of its own next to them"],
};

/** A fold, or nothing where there is no card. */
export function modelCard(card) {
  const fold = element("details", "gl-more gl-x-card");
  fold.append(element("summary", "", "How good is this generator?"));
  fold.append(origin(card), table(card), shares(card), nearest(card));
  if (card.limits) fold.append(element("p", "gl-x-note", card.limits));
  return fold;
}

function origin({ command, steps, seconds, parameters, bytes }) {
  const words = element("p");
  const size = bytes ? `, ${(bytes / 1e6).toFixed(2)} MB in half precision` : "";
  words.append(`${count(parameters ?? 0)} weights${size}, trained for ${count(steps)} steps`);
  if (seconds) words.append(` in ${minutes(seconds)}`);
  if (command) words.append(" by ", element("code", "", command));
  return words;
}

function minutes(seconds) {
  return seconds < 90 ? `${Math.round(seconds)} seconds` : `${Math.round(seconds / 60)} minutes`;
}

function table({ measures = {} }) {
  const made = element("table", "gl-x-measures");
  const head = element("tr");
  head.append(...["Measure", "This generator", "Real images", "What it says"].map((text) => {
    const cell = element("th", "", text);
    cell.scope = "col";
    return cell;
  }));
  made.append(head);
  for (const [name, [title, write, what]] of Object.entries(MEASURES)) {
    const { value, floor } = measures[name] ?? {};
    if (!Number.isFinite(value)) continue;
    const row = element("tr");
    const label = element("th", "", title);
    label.scope = "row";
    const reference = Number.isFinite(floor) ? write(floor) : "\u2013";
    row.append(label, element("td", "", write(value)), element("td", "", reference), element("td", "", what));
    made.append(row);
  }
  return made;
}

function shares({ class_shares: found }) {
  if (!found?.length) return element("span");
  const text = found.map((value, i) => `${i}: ${(100 * value).toFixed(1)} %`).join(", ");
  return element("p", "", `How often it draws each digit: ${text}.`);
}

function nearest({ nearest: found }) {
  if (!found) return element("span");
  const { pixel_percentile: pixel, feature_percentile: feature } = found;
  const [pixels, features] = [pixel, feature].map(Math.round);
  return element("p", "", "Does it only repeat its training images? Its typical sample lies farther from the "
    + `nearest of them than ${pixels} % of the real test images do in pixels, and than ${features} % in the `
    + "classifier\u2019s features: near 50 is like fresh data, near 0 is copying.");
}
