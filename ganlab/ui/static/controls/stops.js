// Numbers in the controls: how they are written and read, and the places of a slider.

const MANTISSAS = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8];
const NINES = [8, 5, 2, 1]; // 0.92, 0.95, 0.98, 0.99, 0.992, ...
const REACH = 100; // how far a logarithmic slider goes, up and down from the preset's value
const PLACES = 100; // of a slider with even steps
const NEEDLESS = 1e9; // numbers beyond which dragging finds nothing

/** The values a slider stops at, ascending: round ones and ``base``; empty where none would help. */
export function stops(spec, base) {
  const { minimum, maximum } = spec;
  if (minimum === null || maximum === null || maximum - minimum > NEEDLESS) return [];
  const round = spec.log ? decades(spec, base) : nearOne(spec) ? nines(maximum) : even(spec);
  const all = typeof base === "number" ? [...round, base] : round;
  const whole = spec.kind === "integer" ? all.map(Math.round) : all;
  const within = whole.filter((value) => value >= minimum && value <= maximum);
  return [...new Set(within)].sort((a, b) => a - b);
}

/** Decays such as 0, 0.9, 0.99, 0.999, where what counts is the distance to 1. */
const nearOne = ({ minimum, maximum }) => minimum === 0 && maximum < 1 && maximum >= 0.99;

function decades(spec, base) {
  const whole = spec.kind === "integer";
  const fallback = whole ? 1 : spec.maximum / 1000;
  const centre = [base, spec.default].find((value) => value > 0) ?? fallback;
  const low = Math.max(centre / REACH, whole ? 1 : 0);
  const high = centre * REACH * 1.001; // its own end is a stop
  const found = [spec.minimum];
  for (let power = Math.floor(Math.log10(low)); 10 ** power <= high; power += 1) {
    found.push(...MANTISSAS.map((mantissa) => Number(`${mantissa}e${power}`)));
  }
  return found.filter((value) => value === spec.minimum || (value >= low * 0.999 && value <= high));
}

function nines(maximum) {
  const tenths = Array.from({ length: 10 }, (_, k) => k / 10);
  const found = [...tenths, maximum];
  for (let power = 2; 1 - 10 ** -power <= maximum; power += 1) {
    found.push(...NINES.map((digit) => Number((1 - digit * 10 ** -power).toFixed(power))));
  }
  return found;
}

function even({ kind, minimum, maximum }) {
  const least = (maximum - minimum) / PLACES;
  const power = 10 ** Math.floor(Math.log10(least) + 1e-9);
  const size = [1, 2, 5, 10].map((digit) => digit * power).find((step) => step >= least * 0.999);
  const step = kind === "integer" ? Math.max(1, size) : size;
  const count = Math.floor((maximum - minimum) / step + 1e-9);
  const found = Array.from({ length: count + 1 }, (_, k) => Number((minimum + k * step).toPrecision(9)));
  return [...found, maximum];
}

export function nearest(values, wanted) {
  let best = 0;
  for (let i = 1; i < values.length; i += 1) {
    if (Math.abs(values[i] - wanted) < Math.abs(values[best] - wanted)) best = i;
  }
  return best;
}

/** A value as a person types it: 0.002, 1e-5, "64, 64", nothing for null. */
export function written(value) {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.join(", ");
  if (typeof value !== "number") return String(value);
  return value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential() : String(value);
}

const bound = (value) => (Math.abs(value) >= 1000 ? value.toLocaleString("en") : written(value));

/** {value} of what was typed, or {problem}, one sentence. */
export function read(spec, text) {
  return spec.kind === "list" ? readList(spec, text) : readNumber(spec, text.trim());
}

function readNumber({ kind, label, minimum, maximum, default: usual }, text) {
  if (!text && usual === null) return { value: null };
  const value = text ? Number(text) : NaN;
  const fits = Number.isFinite(value) && value >= minimum && value <= maximum;
  if (fits && (kind !== "integer" || Number.isInteger(value))) return { value };
  const what = kind === "integer" ? "a whole number" : "a number";
  return { problem: `${label} must be ${what} from ${bound(minimum)} to ${bound(maximum)}.` };
}

function readList({ label }, text) {
  const parts = text.split(/[\s,]+/).filter(Boolean);
  if (parts.every((part) => /^\d{1,9}$/.test(part))) return { value: parts.map(Number) };
  return { problem: `${label} must be whole numbers separated by commas, such as 64, 64.` };
}
