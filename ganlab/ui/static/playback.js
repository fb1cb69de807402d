// The playback bar: buttons, keys, the step counter and the state of the run in words.

const ICONS = {
  reset: "M4 4v6h6 M4.6 10a8 8 0 1 1-.6 5",
  play: "M7 4.5v15l12-7.5z",
  pause: "M8 5v14 M16 5v14",
  step: "M5 5v14l9-7z M18 5v14",
  seed: "M12 3v4 M12 17v4 M3 12h4 M17 12h4 M6 6l2.5 2.5 M15.5 15.5L18 18 M18 6l-2.5 2.5 M8.5 15.5L6 18",
};
const FILLED = new Set(["play"]);
const STATES = {
  playing: "Training",
  paused: "Paused",
  finished: "Finished",
  diverged: "Diverged",
  failed: "Stopped on an error",
};
const ENDED = new Set(["finished", "diverged", "failed"]);
const TYPING = "input, textarea, select, [contenteditable='true'], [role='slider']";
const LARGEST_SEED = 2 ** 31 - 1;

export class Playback {
  /** root: where the bar goes; send(command): to the run. */
  constructor(root, send) {
    this.send = send;
    this.buttons = {
      reset: this.button("reset", "Reset", "Back to step 0 with the same seed and settings", () => this.reset()),
      play: this.button("play", "Play", "Play or pause (space)", () => this.toggle()),
      step: this.button("step", "Step", "One iteration (right arrow)", () => this.step()),
      seed: this.button("seed", "New seed", "Start over with other random numbers", () => this.reseed()),
    };
    this.buttons.play.classList.add("gl-primary");
    this.state = element("span", "gl-state");
    this.counter = element("span", "gl-counter");
    this.steps = element("span", "");
    this.rate = element("span", "gl-rate");
    this.counter.append(this.steps, this.rate);
    this.track = element("div", "gl-track");
    this.track.append((this.done = element("div", "gl-done")));
    const group = element("div", "gl-buttons");
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", "Playback");
    group.append(...Object.values(this.buttons));
    root.append(group, this.state, this.counter, this.track);
    this.onKey = (event) => this.key(event);
    document.addEventListener("keydown", this.onKey);
  }

  button(icon, label, hint, act) {
    const button = element("button", "gl-button");
    button.type = "button";
    button.title = hint;
    button.append(drawing(icon), element("span", "gl-label", label));
    button.addEventListener("click", act);
    return button;
  }

  show(meta) {
    this.run = meta.state;
    const playing = meta.state === "playing";
    const again = ENDED.has(meta.state);
    const face = playing ? "pause" : "play";
    if (this.face !== face + again) {
      this.face = face + again;
      this.buttons.play.firstChild.replaceWith(drawing(face));
      this.buttons.play.lastChild.textContent = playing ? "Pause" : again ? "Again" : "Play";
    }
    this.buttons.step.disabled = again;
    this.status(meta.state, STATES[meta.state]);
    if (meta.step === undefined) return;
    this.steps.textContent = `step ${count(meta.step)} of ${count(meta.steps)}`;
    this.rate.textContent = meta.rate ? `${count(meta.rate)} steps/s` : "";
    this.done.style.transform = `scaleX(${Math.min(meta.step / meta.steps, 1)})`;
  }

  status(kind, words) {
    this.state.dataset.state = kind;
    if (this.state.textContent !== words) this.state.textContent = words;
  }

  toggle() {
    if (ENDED.has(this.run)) this.reset();
    this.send({ op: this.run === "playing" ? "pause" : "play" });
  }

  step() {
    if (!this.buttons.step.disabled) this.send({ op: "step", n: 1 });
  }

  reset() {
    this.send({ op: "reset" });
  }

  reseed() {
    const seed = Math.floor(Math.random() * LARGEST_SEED);
    this.send({ op: "reset", values: { seed } });
    this.send({ op: "play" });
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.(TYPING)) return;
    const onButton = event.target.closest?.("button, a, summary");
    if (event.key === " " && !onButton) this.toggle();
    else if (event.key === "ArrowRight") this.step();
    else return;
    event.preventDefault();
  }

  destroy() {
    document.removeEventListener("keydown", this.onKey);
  }
}

export function element(tag, className, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

const count = (value) => Math.round(value).toLocaleString("en");

function drawing(icon) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", ICONS[icon]);
  if (FILLED.has(icon)) path.setAttribute("fill", "currentColor");
  svg.append(path);
  return svg;
}
