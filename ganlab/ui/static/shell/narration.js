// What is going on, in one sentence: for the eye as it changes, for screen readers less often.

import { element, write } from "./dom.js";

const READABLE = 1500; // milliseconds a sentence stays at least
const SPOKEN = 12000;

export class Narration {
  constructor(place) {
    this.seen = { node: element("p", "gl-narration"), pause: READABLE, at: -Infinity };
    this.spoken = { node: element("p", "gl-spoken"), pause: SPOKEN, at: -Infinity };
    this.seen.node.setAttribute("aria-hidden", "true");
    this.spoken.node.setAttribute("aria-live", "polite");
    place.append(this.seen.node, this.spoken.node);
  }

  show({ narration, state }) {
    if (!narration) return;
    const now = performance.now();
    for (const voice of [this.seen, this.spoken]) {
      if (state === "playing" && now - voice.at < voice.pause) continue;
      voice.at = now;
      write(voice.node, narration);
    }
  }
}
