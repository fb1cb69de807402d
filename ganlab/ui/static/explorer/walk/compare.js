// What lerp and slerp do differently, in a sentence.

const TERMS = 2000; // of the series, more than it ever needs
const FEW = 3; // coordinates that leave no hole in the middle

/** P(chi-square with d degrees of freedom < x), by the series of the incomplete gamma function. */
export function chiSquare(d, x) {
  if (!(x > 0)) return 0;
  const [a, half] = [d / 2, x / 2];
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < TERMS && term > sum * 1e-12; n += 1) {
    term *= half / (a + n);
    sum += term;
  }
  return Math.min(1, sum * Math.exp(a * Math.log(half) - half - logGamma(a)));
}

/** log Gamma(a) for a = 1/2, 1, 3/2, ...: by recurrence down from Stirling's series. */
function logGamma(a) {
  let [shift, value] = [0, a];
  for (; value < 12; value += 1) shift += Math.log(value);
  const inverse = 1 / value;
  const series = inverse / 12 - inverse ** 3 / 360 + inverse ** 5 / 1260;
  return (value - 0.5) * Math.log(value) - value + Math.log(2 * Math.PI) / 2 + series - shift;
}

/** {frame, text} of lerp's shortest z, and how it stands among all; lerp, slerp: |z| of each frame. */
export function comparison(lerp, slerp, latent, shell) {
  const frame = lerp.indexOf(Math.min(...lerp));
  const [short, kept] = [lerp[frame], slerp[frame]].map((length) => length.toFixed(1));
  const verdict = lerp[frame] >= shell.low
    ? "still within the shell of 95 % of all z" : tooShort(lerp[frame], latent);
  const more = latent.dim <= FEW ? " With so few coordinates the middle of the prior is not empty." : "";
  const start = `At frame ${frame + 1}, lerp's z is ${short} long: ${verdict}.`;
  return { frame, text: `${start} Slerp's is ${kept} there.${more}` };
}

function tooShort(length, { kind, dim }) {
  if (kind !== "normal") return "shorter than 97.5 % of all z";
  return rarity(chiSquare(dim, length ** 2));
}

/** How few z are that short, in words that can be read. */
export function rarity(share) {
  if (share >= 0.001) return `only ${(100 * share).toFixed(share < 0.01 ? 2 : 1)} % of all z are that short`;
  if (!(share > 1e-9)) return "not one z in a billion is that short";
  return `only one z in ${Number((1 / share).toPrecision(1)).toLocaleString("en")} is that short`;
}
