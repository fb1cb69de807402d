// Colours made of others, as canvases take them.

import { rgb } from "../shell/theme.js";

/** A colour on the way from one (share 0) to another (share 1). */
export function blend(from, to, share) {
  const [a, b] = [rgb(from), rgb(to)];
  return `rgb(${a.map((value, i) => Math.round(value + share * (b[i] - value))).join(" ")})`;
}

/** The colour for a byte in a table of theme.js ramp(). */
export function shade(table, byte) {
  const word = table[byte];
  return `rgb(${word & 255} ${(word >> 8) & 255} ${(word >> 16) & 255})`;
}
