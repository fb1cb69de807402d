// The playback bar: what the run does next, by button and by key, and where it stands in words.

import { button, count, drawing, element, write } from "../shell/dom.js";
import { Shortcuts, named } from "./shortcuts.js";
import { Speed } from "./speed.js";
import { Until } from "./until.js";

const STATES = {
  playing: "Training",
  paused: "Paused",
  optimum: "Training D alone",
  finished: "Finished",
  diverged: "Diverged",
  failed: "Stopped on an error",
};
const PAST = "Looking at the past";
const ENDED = new Set(["finished", "diverged", "failed"]);
const BROKEN = new Set(["diverged", "failed"]);
const RUNNING = new Set(["playing", "optimum"]);
const PLAY_HINT = "Play or pause";
const AGAIN = {
  icon: "play", label: "Again", hint: "Train again from step 0", command: { op: "reset", play: true },
};
const PAUSE = { icon: "pause", label: "Pause", hint: PLAY_HINT, command: { op: "pause" } };
const FACES = { // of the primary button: what it reads and does
  playing: PAUSE,
  optimum: PAUSE,
  paused: { icon: "play", label: "Play", hint: PLAY_HINT, command: { op: "play" } },
  finished: AGAIN,
  failed: AGAIN,
  diverged: {
    icon: "play", label: "Retry", hint: "Go on from the last healthy state", command: { op: "retry" },
  },
  past: { // of a run that has ended
    icon: "play", label: "To now", hint: "Back to the newest step", command: { op: "seek", step: null },
  },
};
const PLAY_ON = {
  icon: "play", label: "Play on", hint: "Back to the newest step, and train on", command: { op: "play" },
};
const FROM_PAST = "Back to the newest step first"; // what a step does there
const LARGEST_SEED = 2 ** 31 - 1;
const CONTROLS = {
  reset: {
    icon: "reset", label: "Reset", keys: ["Shift+R"],
    hint: "Back to step 0 with the same seed and settings",
    act: (bar) => bar.send({ op: "reset" }),
  },
  seed: {
    icon: "seed", label: "New seed", keys: ["Shift+N"],
    hint: "Start over with other random numbers",
    act: (bar) => bar.reseed(),
  },
  play: {
    icon: "play", label: "Play", keys: ["Space"], hint: PLAY_HINT, className: "gl-primary",
    act: (bar) => bar.toggle(),
  },
  step: {
    icon: "step", label: "Step", keys: ["ArrowRight"], hint: "One iteration: D learns, then G", repeats: true,
    act: (bar) => bar.send({ op: "step", n: 1 }),
  },
  d_step: {
    label: "D step", keys: ["d"], hint: "One update of D alone; G stays as it is", repeats: true,
    className: "gl-rare", act: (bar) => bar.send({ op: "d_step" }),
  },
  g_step: {
    label: "G step", keys: ["g"], hint: "One update of G alone; D stays as it is", repeats: true,
    className: "gl-rare", act: (bar) => bar.send({ op: "g_step" }),
  },
  optimum: {
    label: "Train D to its optimum", keys: ["o"], className: "gl-rare gl-optimum",
    hint: "Train D alone, G frozen, until its loss stops falling",
    act: (bar) => bar.send({ op: bar.state === "optimum" ? "pause" : "optimum" }),
  },
};
const ROWS = [["reset", "seed", "play"], ["step", "d_step", "g_step"]];
const NOT_WHEN = { step: ENDED, d_step: BROKEN, g_step: BROKEN, optimum: BROKEN }; // states
const HISTORY = { keys: ["ArrowLeft", "ArrowRight"], label: "In the history: one kept moment back or on" };

export class Playback {
  /** place: where the bar goes; send(command): to the run; hidden: names of controls to leave out. */
  constructor(place, { send, hidden = [] }) {
    this.send = send;
    this.hidden = new Set(hidden);
    this.root = element("div", "gl-playback");
    this.buttons = {};
    this.face = FACES.paused;
    for (const name of Object.keys(CONTROLS)) if (!this.hidden.has(name)) this.add(name);
    if (!this.hidden.has("speed")) this.speed = new Speed(send);
    if (!this.hidden.has("until")) this.until = new Until(send);
    this.shortcuts = new Shortcuts({ bindings: this.bindings() });
    this.shortcuts.button.classList.add("gl-rare", "gl-keys-button");
    const bar = element("div", "gl-play");
    bar.append(this.controls(), this.readout());
    this.root.append(bar);
    place.append(this.root);
  }

  add(name) {
    const { icon, label, keys, className, act } = CONTROLS[name];
    const made = button({ icon, label, className, hint: hintOf(name), act: () => act(this) });
    made.setAttribute("aria-keyshortcuts", keys.join(" "));
    made.dataset.control = name;
    this.buttons[name] = made;
  }

  bindings() {
    const known = Object.entries(CONTROLS).filter(([name]) => this.buttons[name]);
    const list = known.map(([name, { keys, hint, repeats }]) => ({
      keys, label: hint, repeats, act: () => this.press(name),
    }));
    if (this.speed) {
      list.push({ keys: ["["], label: "Slower", repeats: true, act: () => this.speed.change(-1) });
      list.push({ keys: ["]"], label: "Faster", repeats: true, act: () => this.speed.change(1) });
    }
    return this.hidden.has("timeline") ? list : [...list, HISTORY];
  }

  controls() {
    const rows = element("div", "gl-play-rows");
    rows.setAttribute("role", "group");
    rows.setAttribute("aria-label", "Playback");
    const [first, joined] = ROWS.map((names) => names.map((name) => this.buttons[name]).filter(Boolean));
    const join = element("div", "gl-join");
    join.append(...joined);
    const upper = element("div", "gl-play-row");
    upper.append(...first, join, this.more());
    const lower = element("div", "gl-play-row gl-play-lower");
    const rare = [this.speed?.node, this.until?.node, this.buttons.optimum, this.shortcuts.button];
    this.aside = element("div", "gl-play-aside"); // room for buttons of others
    lower.append(...rare.filter(Boolean), this.aside);
    rows.append(upper, lower);
    return rows;
  }

  /** On narrow pages the rarer controls stand behind this button. */
  more() {
    const act = () => {
      const open = this.root.classList.toggle("gl-open");
      made.setAttribute("aria-expanded", String(open));
    };
    const made = button({ label: "More", hint: "More ways to play", className: "gl-play-more", act });
    made.setAttribute("aria-expanded", "false");
    return made;
  }

  readout() {
    const readout = element("div", "gl-where");
    this.word = element("span", "gl-state");
    this.word.setAttribute("role", "status");
    this.counter = element("span", "gl-counter");
    this.facts = element("span", "gl-facts");
    this.extra = element("span", "gl-extra");
    this.epoch = element("span", "gl-epoch");
    this.rate = element("span", "gl-rate");
    this.facts.append(this.extra, this.rate, this.epoch);
    readout.append(this.word, this.counter, this.facts);
    return readout;
  }

  show(meta) {
    this.state = meta.state;
    const ended = ENDED.has(meta.state);
    const past = (meta.cursor ?? null) !== null && !RUNNING.has(meta.state);
    this.wear(past ? (ended ? FACES.past : PLAY_ON) : FACES[meta.state]);
    this.warn(past);
    for (const [name, states] of Object.entries(NOT_WHEN)) {
      if (this.buttons[name]) this.buttons[name].disabled = states.has(meta.state);
    }
    this.pressed(meta.state === "optimum");
    this.status(past ? "past" : meta.state, past ? PAST : STATES[meta.state]);
    this.speed?.show(meta);
    this.until?.show(meta, ended);
    if (meta.step !== undefined) this.count(meta, past ? meta.cursor : meta.step);
  }

  wear(face) {
    const { play } = this.buttons;
    if (!play || this.face === face) return;
    this.face = face;
    play.firstChild.replaceWith(drawing(face.icon));
    play.lastChild.textContent = face.label;
    play.title = `${face.hint} (space)`;
  }

  /** In the past a step goes back to now first: say so. */
  warn(past) {
    for (const name of ROWS[1]) {
      const title = past ? `${FROM_PAST}. ${hintOf(name)}` : hintOf(name);
      if (this.buttons[name] && this.buttons[name].title !== title) this.buttons[name].title = title;
    }
  }

  pressed(alone) {
    const { optimum } = this.buttons;
    if (!optimum) return;
    optimum.setAttribute("aria-pressed", String(alone));
    write(optimum.lastChild, alone ? "Stop training D" : CONTROLS.optimum.label);
  }

  count(meta, step) {
    const text = (n) => `step ${count(n)} of ${count(meta.steps)}`;
    write(this.counter, text(step));
    this.counter.style.minWidth = `${text(meta.steps).length - 2}ch`; // letters are narrower than digits
    write(this.epoch, Number.isFinite(meta.epoch) ? `epoch ${meta.epoch.toFixed(1)}` : "");
    write(this.rate, meta.rate ? `${perSecond(meta.rate)} steps/s` : "");
    write(this.extra, this.alone(meta) || extras(meta));
  }

  /** How far D has come alone, as far as this page has seen it begin. */
  alone({ state, extra }) {
    if (state !== "optimum") {
      this.before = extra?.d ?? 0;
      return "";
    }
    const done = this.before === undefined ? "" : `${count(extra.d - this.before)} updates, `;
    return `${done}press space to stop`;
  }

  status(kind, words) {
    this.word.dataset.state = kind;
    write(this.word, words);
  }

  /** By key what the button does, unless it is disabled. */
  press(name) {
    if (!this.buttons[name].disabled) CONTROLS[name].act(this);
  }

  toggle() {
    this.send(this.face.command);
  }

  reseed() {
    const seed = Math.floor(Math.random() * LARGEST_SEED);
    this.send({ op: "reset", values: { seed }, play: true });
  }

  destroy() {
    this.shortcuts.destroy();
    this.root.remove();
  }
}

function extras({ extra, until }) {
  const parts = ["d", "g"].filter((side) => extra?.[side]).map((side) => (
    `+${count(extra[side])} ${side.toUpperCase()} step${extra[side] === 1 ? "" : "s"}`
  ));
  if ((until ?? null) !== null) parts.unshift(`until ${count(until)}`);
  return parts.join(", ");
}

const hintOf = (name) => `${CONTROLS[name].hint} (${CONTROLS[name].keys.map(named).join(", ")})`;

const perSecond = (rate) => (rate < 10 ? rate.toFixed(rate < 1 ? 2 : 1) : count(rate));
