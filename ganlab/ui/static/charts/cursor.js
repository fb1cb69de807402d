// One cursor for all charts over time: thin lines at the same step, laid over the plots, and
// what the pointer does there. The plots themselves are left alone.

import { element } from "../shell/dom.js";

const STILL = 5; // px a pointer may move and still click
export const TWICE = 300; // milliseconds within which two clicks are one double click

/** A vertical line over a plot; kind: "hover" or "past". */
export class CursorLine {
  constructor(place, kind) {
    this.line = element("div", `gl-cursor gl-cursor-${kind}`);
    this.line.setAttribute("aria-hidden", "true");
    this.line.hidden = true;
    place.append(this.line);
  }

  /** Stand at a value of the plot's x axis; nowhere for null, or where the axis does not reach. */
  stand(plot, value) {
    const { xaxis, yaxis } = plot._fullLayout ?? {};
    const x = value === null || !xaxis ? NaN : xaxis.d2p(value);
    this.line.hidden = !(x >= -0.5 && x <= xaxis._length + 0.5);
    if (this.line.hidden) return;
    this.line.style.height = `${yaxis._length}px`;
    this.line.style.transform = `translate(${xaxis._offset + x}px, ${yaxis._offset}px)`;
  }
}

/** The value of the x axis under the pointer; null outside the axes of a drawn plot. */
export function valueAt(plot, { clientX, clientY }) {
  const { xaxis, yaxis } = plot._fullLayout ?? {};
  if (!xaxis) return null;
  const { left, top } = plot.getBoundingClientRect();
  const [x, y] = [clientX - left - xaxis._offset, clientY - top - yaxis._offset];
  const inside = x >= 0 && x <= xaxis._length && y >= 0 && y <= yaxis._length;
  return inside ? xaxis.p2d(x) : null;
}

/**
 * Report what the pointer does on a plot: hover(value or null), hold(whether it is pressed, while
 * which the plot must not be drawn), click(value), twice(). Plotly covers the page while a button
 * is pressed, so no click ever reaches the plot itself. Returns what ends it.
 */
export function watchPointer(plot, { hover, hold, click, twice }) {
  let pressed; // {x, y, value} where the button went down
  let clicked = -Infinity;
  const ending = new AbortController();
  const { signal } = ending;
  const released = (event) => {
    if (!pressed) return;
    const { x, y, value } = pressed;
    pressed = undefined;
    hold(false);
    if (event.type !== "pointerup" || value === null) return;
    if (Math.hypot(event.clientX - x, event.clientY - y) > STILL) return;
    const again = event.timeStamp - clicked < TWICE;
    clicked = again ? -Infinity : event.timeStamp;
    if (again) twice();
    else click(value);
  };
  plot.addEventListener("pointermove", (event) => hover(valueAt(plot, event)), { signal });
  plot.addEventListener("pointerleave", () => hover(null), { signal });
  plot.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    pressed = { x: event.clientX, y: event.clientY, value: valueAt(plot, event) };
    hold(true);
  }, { signal });
  for (const type of ["pointerup", "pointercancel"]) window.addEventListener(type, released, { signal });
  return () => ending.abort();
}
