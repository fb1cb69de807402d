// Nodes: the only way this page makes them, so that no text is ever read as markup.

const ICONS = {
  reset: "M4 4v6h6 M4.6 10a8 8 0 1 1-.6 5",
  play: "M7 4.5v15l12-7.5z",
  pause: "M8 5v14 M16 5v14",
  step: "M5 5v14l9-7z M18 5v14",
  seed: "M12 3v4 M12 17v4 M3 12h4 M17 12h4 M6 6l2.5 2.5 M15.5 15.5L18 18 M18 6l-2.5 2.5 M8.5 15.5L6 18",
  settings: "M4 7h9 M17 7h3 M4 17h3 M11 17h9 M15 4.5v5 M9 14.5v5",
  branch: "M6 4v16 M6 14c0-5 12-3 12-8 M15 8l3-3 3 3",
  link: "M9 15l6-6 M11 6l1.5-1.5a4 4 0 0 1 6 6L17 12 M13 18l-1.5 1.5a4 4 0 0 1-6-6L7 12",
  code: "M9 6l-6 6 6 6 M15 6l6 6-6 6",
  draw: "M4 20l1-5L16 4l4 4L9 19z M13 7l4 4",
  upload: "M12 16V4 M7 9l5-5 5 5 M4 20h16",
  help: "M9 9a3 3 0 1 1 4.5 2.6c-1 .6-1.5 1.2-1.5 2.4 M12 18v.5",
  latents: "M4 4h16v16H4z M4 14h16 M10 4v16 M10 14l5-5",
  close: "M6 6l12 12 M18 6L6 18",
};
const FILLED = new Set(["play"]);

export function element(tag, className = "", text = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

export function drawing(icon) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", ICONS[icon]);
  if (FILLED.has(icon)) path.setAttribute("fill", "currentColor");
  svg.append(path);
  return svg;
}

/** A button with an icon, a label, or both; without a label the hint is its accessible name. */
export function button({ icon, label, hint, act, className = "" }) {
  const made = element("button", `gl-button ${className}`.trim());
  made.type = "button";
  if (hint) made.title = hint;
  if (icon) made.append(drawing(icon));
  if (label) made.append(element("span", "gl-label", label));
  else made.setAttribute("aria-label", hint);
  made.addEventListener("click", act);
  return made;
}

export const count = (value) => Math.round(value).toLocaleString("en");

export function write(place, text) {
  if (place.textContent !== text) place.textContent = text;
}
