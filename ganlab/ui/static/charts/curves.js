// What a chart over time is computed from: arrays of a frame in, Plotly traces and axes out.
// Pure functions; nothing here knows the page.

import { tracesOf } from "../shell/frame.js";

const SHORTEST = { steps: 100, seconds: 5 }; // where a time axis ends at first
const FAINT = 0.3; // opacity of a curve behind its smoothed self
const same = (value) => value;

/** Where an axis ends: it doubles rather than creeps, so that it mostly stands still. */
export function horizon(newest, last = Infinity, shortest = SHORTEST.steps) {
  let end = shortest;
  while (end < newest) end *= 2;
  return Math.min(end, Math.max(last || Infinity, newest));
}

/** y at x on the line from (0, 0) through (xs, ys), ascending; beyond it at its mean slope. */
export function interpolate(x, xs, ys) {
  const last = xs.length - 1;
  if (last < 0 || !(x > 0)) return 0;
  if (x >= xs[last]) return xs[last] > 0 ? (ys[last] * x) / xs[last] : 0;
  let [low, high] = [0, last]; // the first place where xs > x
  while (low < high) {
    const middle = (low + high) >> 1;
    if (xs[middle] > x) high = middle;
    else low = middle + 1;
  }
  const [x0, y0] = low ? [xs[low - 1], ys[low - 1]] : [0, 0];
  return y0 + ((x - x0) / (xs[low] - x0)) * (ys[low] - y0);
}

const newestOf = (meta) => meta.newest ?? meta.step ?? 0;
const clockOf = (arrays) => ["step", "seconds"].map((name) => arrays.get(`clock/${name}`)?.values ?? []);

const AXES = {
  steps: (meta) => ({ to: same, from: same, end: horizon(newestOf(meta), meta.steps) }),
  epochs: (meta) => {
    const each = meta.step > 0 && meta.epoch > 0 ? meta.epoch / meta.step : 0;
    return {
      to: (step) => step * each,
      from: (epoch) => (each ? epoch / each : 0),
      end: horizon(newestOf(meta), meta.steps) * each || 1,
    };
  },
  seconds: (meta, arrays) => {
    const [steps, seconds] = clockOf(arrays);
    const to = (step) => interpolate(step, steps, seconds);
    const end = horizon(to(newestOf(meta)), Infinity, SHORTEST.seconds);
    return { to, from: (time) => interpolate(time, seconds, steps), end };
  },
};
const FORMATS = { steps: ",.0f", epochs: ".3~r", seconds: ".2~f" };

/** {unit, to: step -> shown value, from: its inverse, end, format} of a time axis. */
export function timeAxis(unit, meta, arrays) {
  return { unit, format: FORMATS[unit], ...AXES[unit](meta, arrays) };
}

/** Why steps cannot be shown in a unit; empty where they can. */
export function unavailable(unit, meta, arrays) {
  if (unit === "epochs" && meta.epoch == null) return "These data have no epochs: each batch is drawn afresh";
  if (unit === "seconds" && !arrays.has("clock/seconds")) return "The time of each step is not known";
  return "";
}

/** Exponential moving average without its bias towards 0; what is not finite stays a gap. */
export function smooth(values, weight) {
  const smoothed = new Float64Array(values.length);
  let [sum, left] = [0, 1];
  for (let i = 0; i < values.length; i += 1) {
    if (Number.isFinite(values[i])) {
      sum = weight * sum + (1 - weight) * values[i];
      left *= weight;
      smoothed[i] = sum / (1 - left);
    } else {
      smoothed[i] = NaN;
    }
  }
  return smoothed;
}

/** The traces of a panel: its style, the frame's arrays, steps in the axis' unit, smoothed. */
export function panelTraces(panel, look, arrays, { axis, smoothing }) {
  const fresh = tracesOf(arrays, panel.figure);
  const traces = panel[look].data.map((trace, i) => withArrays(trace, fresh[i] ?? {}));
  if (!panel.over_steps) return traces;
  const timed = traces.map((trace) => overTime(trace, axis));
  if (!(smoothing > 0)) return timed;
  return smoothedTraces(timed, curvesOf(panel, timed), panel.newest, smoothing);
}

/** Whether a figure has other numbers than before. */
export function changed(figure, before, after) {
  const own = [...after].filter(([name]) => name.startsWith(`${figure}/`));
  return own.some(([name, { values }]) => {
    const old = before.get(name)?.values;
    return old?.length !== values.length || !values.every((value, i) => Object.is(value, old[i]));
  });
}

/** A copy of the trace with arrays at their dotted attributes ("x", "marker.color"). */
function withArrays(trace, arrays) {
  const copy = { ...trace };
  for (const [path, values] of Object.entries(arrays)) {
    const parts = path.split(".");
    const last = parts.pop();
    let target = copy;
    for (const part of parts) target = target[part] = { ...target[part] };
    target[last] = values;
  }
  return copy;
}

const numbers = (values) => (ArrayBuffer.isView(values) || Array.isArray(values) ? values : []);

function overTime(trace, { to }) {
  if (to === same || (trace.xaxis ?? "x") !== "x") return trace; // other axes run from 0 to 1
  return { ...trace, x: Float64Array.from(numbers(trace.x), to) };
}

const curvesOf = ({ curves }, traces) =>
  curves ?? [...traces.keys()].filter((i) => traces[i].mode === "lines" && !traces[i].xaxis);

/** Each curve faint, with its smoothed self above; the dots of the newest values move onto that. */
function smoothedTraces(traces, curves, newest, weight) {
  const faint = curves.map((i) => ({ ...traces[i], opacity: FAINT, hoverinfo: "skip", hovertemplate: "" }));
  const drawn = [...traces];
  for (const i of curves) drawn[i] = smoothedCurve(traces[i], weight);
  if (drawn[newest]) drawn[newest] = movedDots(traces[newest], curves.map((i) => drawn[i]));
  return [...faint, ...drawn];
}

/** Where a curve carries its true values (an infinite one is drawn at the edge), they count. */
function smoothedCurve(trace, weight) {
  const y = numbers(trace.y);
  const truth = numbers(trace.customdata);
  const known = (value, i) => (Number.isFinite(truth[i]) ? value : NaN);
  const shown = truth.length ? Float64Array.from(y, known) : y;
  const format = trace.hovertemplate?.match(/:([^}]+)}/)?.[1] ?? ".4g";
  return {
    ...trace,
    y: smooth(shown, weight),
    customdata: truth.length ? truth : y,
    hovertemplate: `%{y:${format}} (raw %{customdata:${format}})`,
  };
}

/** The dots are in the order of the curves; one without a smoothed value stays where it is. */
function movedDots(dots, curves) {
  const end = (k) => curves[k]?.y.at(-1);
  const moved = (y, k) => (Number.isFinite(end(k)) ? end(k) : y);
  return { ...dots, y: Float64Array.from(numbers(dots.y), moved) };
}

/** Whether the y axis may be logarithmic: free, its only one, and all it shows is above 0. */
export function canBeLogarithmic(layout, traces) {
  if (layout.yaxis?.type === "log" || layout.yaxis?.range || layout.yaxis2) return false;
  const shown = traces.filter((trace) => (trace.yaxis ?? "y") === "y");
  if (shown.some((trace) => trace.type === "heatmap")) return false;
  const values = shown.flatMap((trace) => [...numbers(trace.y)]).filter(Number.isFinite);
  return values.length > 0 && values.every((value) => value > 0);
}
