// How fast a run plays: a slider over named paces.

import { element, write } from "../shell/dom.js";

const STOPS = [0.08, 0.5, 1, 3, 10, 30, 100, 300, 1000, null]; // iterations per second; null: no limit
const TRUST = 1500; // milliseconds a choice is shown before the run has confirmed it

export class Speed {
  constructor(send) {
    this.send = send;
    this.node = element("label", "gl-speed gl-rare");
    this.range = element("input");
    Object.assign(this.range, { type: "range", min: 0, max: STOPS.length - 1, step: 1 });
    this.range.title = "Iterations per second; at the left, each one part by part (keys [ and ])";
    this.words = element("span", "gl-speed-words");
    this.words.setAttribute("aria-hidden", "true");
    this.node.append(element("span", "", "Speed"), this.range, this.words);
    this.range.addEventListener("input", () => this.choose(STOPS[this.range.value]));
    this.range.addEventListener("pointerup", () => this.range.blur()); // the keys are the page's again
    this.write(null);
  }

  choose(pace) {
    this.wanted = { pace, until: performance.now() + TRUST };
    this.write(pace);
    this.send({ op: "speed", pace });
  }

  /** One stop slower (-1) or faster (1). */
  change(by) {
    const next = Math.min(Math.max(Number(this.range.value) + by, 0), STOPS.length - 1);
    if (next !== Number(this.range.value)) this.choose(STOPS[next]);
  }

  show({ pace }) {
    if (pace === undefined) return;
    if (this.wanted && this.wanted.pace !== pace && performance.now() < this.wanted.until) return;
    this.wanted = undefined;
    this.write(pace);
  }

  write(pace) {
    this.range.value = nearest(pace);
    write(this.words, inWords(pace));
    this.range.setAttribute("aria-valuetext", this.words.textContent);
  }
}

function nearest(pace) {
  if (pace === null) return STOPS.length - 1;
  const away = STOPS.slice(0, -1).map((stop) => Math.abs(Math.log(stop / pace)));
  return away.indexOf(Math.min(...away));
}

function inWords(pace) {
  if (pace === null) return "Full speed";
  if (pace < 0.1) return "Slow motion";
  if (pace < 1) return `1 step in ${shortest(1 / pace)} s`;
  return pace === 1 ? "1 step/s" : `${shortest(pace)} steps/s`;
}

const shortest = (value) => value.toLocaleString("en", { maximumSignificantDigits: 4 });
