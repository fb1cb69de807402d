// What the atlas shows, in words: one sentence on the window, one line on a tile.

import { number } from "../../scene/hover.js";
import { factor } from "./key.js";

const SEEN = 0.01; // of the tiles, from which on a class counts as there
const SURE = 0.5;
const NEAR = 3; // tiles within which the strongest stretching has its other side

/** How many tiles of each class: [10]. */
export function census({ numbers }) {
  const counts = new Array(10).fill(0);
  numbers.class?.forEach((one) => one >= 0 && (counts[one] += 1));
  return counts;
}

/** Index of the largest (or smallest) finite value; -1 without any. */
export function extreme(values = [], sign = 1) {
  let best = -1;
  values.forEach((value, i) => {
    if (Number.isFinite(value) && (best < 0 || sign * value > sign * values[best])) best = i;
  });
  return best;
}

/** The two classes that meet where the generator stretches most; undefined without them. */
export function border({ numbers, n, rows }) {
  const at = extreme(numbers.stretch);
  if (at < 0 || !numbers.class) return undefined;
  const [row, column, own] = [Math.floor(at / n), at % n, numbers.class[at]];
  for (let far = 1; far <= NEAR; far += 1) {
    for (let i = Math.max(0, row - far); i <= Math.min(rows - 1, row + far); i += 1) {
      for (let j = Math.max(0, column - far); j <= Math.min(n - 1, column + far); j += 1) {
        const other = numbers.class[i * n + j];
        if (other !== own) return [own, other].sort();
      }
    }
  }
  return undefined;
}

function classesSeen(sheet) {
  const { numbers, size } = sheet;
  const sure = new Array(10).fill(0);
  numbers.class.forEach((one, i) => numbers.sure[i] >= SURE && (sure[one] += 1));
  const seen = sure.flatMap((n, one) => (n >= SEEN * size ? [one] : []));
  const missing = sure.flatMap((n, one) => (n >= SEEN * size ? [] : [one]));
  const lacks = missing.length && missing.length < 4 ? ` (no ${missing.join(", ")})` : "";
  return `${seen.length} of 10 classes in this window${lacks}`;
}

function stretched(sheet, image) {
  const { stretch } = sheet.numbers;
  const [most, least] = [extreme(stretch), extreme(stretch, -1)];
  if (most < 0) return "";
  const meet = border(sheet);
  if (meet) return `the strongest stretching is between ${meet.join(" and ")}`;
  const [low, high] = [least, most].map((i) => Number(Math.exp(stretch[i]).toPrecision(2)));
  if (image) return `a unit of z changes the picture by ${low} to ${high}`;
  return `one unit of z becomes ${low} to ${high} units of data in this window`;
}

/** The window in one sentence. about: of the generator; mode: of COLOURS. */
export function sentence(sheet, mode, { image }) {
  const { score, class: classes } = sheet.numbers;
  const parts = [];
  if (classes) parts.push(classesSeen(sheet));
  if (mode === "score" && score) parts.push(`D takes ${share(score)} of it for real`);
  else if (image) parts.push(stretched(sheet, image));
  else if (sheet.stretch) parts.push(`where the generator stretches, samples are thin: ${stretched(sheet)}`);
  const words = parts.filter(Boolean).join("; ");
  return words ? `${words[0].toUpperCase()}${words.slice(1)}.` : "";
}

const share = (score) => `${Math.round((100 * score.filter((d) => d > 0.5).length) / score.length)}\u2009%`;

/** One tile: where it lies, and what is known of it, as two lines. */
export function tileWords(plane, { u, v }, sheet, index) {
  const names = plane.axes.map(({ label }) => label);
  const where = [u, v].slice(0, names.length).map((value, i) => `${names[i]} = ${number(value)}`).join(", ");
  if (!sheet || index < 0) return [where, ""];
  const { class: one, sure, score, stretch } = sheet.about(index);
  const landed = sheet.shape.length < 2
    && `G(z) = ${[...sheet.x.subarray(sheet.each * index, sheet.each * (index + 1))].map(number).join(", ")}`;
  const facts = [
    landed,
    one >= 0 && `class ${one} (${Math.round(100 * sure)}\u2009%)`,
    score >= 0 && `D = ${number(score)}`,
    Number.isFinite(stretch) && `stretching ${factor(Math.exp(stretch))}`,
  ];
  return [where, facts.filter(Boolean).join(" \u00b7 ")];
}
