// Tick marks.

/** Round tick values from low to high, about five of them, with their labels. */
export function ticks(low, high) {
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((k) => k * power).find((s) => s >= rough);
  const digits = Math.max(0, 1 - Math.floor(Math.log10(step)) - (step / power === 2.5 ? 0 : 1));
  const found = [];
  for (let k = Math.ceil(low / step); k * step <= high + 1e-9 * step; k += 1) {
    const label = (k * step).toFixed(digits).replace(/^-(0(\.0*)?)$/, "$1").replace("-", "\u2212");
    found.push({ value: k * step, label });
  }
  return found;
}
