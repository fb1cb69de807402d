// Flags of notable events above the history. Those that would overlap share a flag; a flag tells
// what happened when it is pointed at, focused or pressed.

import { count, element, write } from "../shell/dom.js";
import { Tip } from "../shell/tip.js";

const COARSE = window.matchMedia("(pointer: coarse)");
const ROOM = { fine: 24, coarse: 36 }; // pixels from flag to flag, no less than their size
const GLYPHS = { warning: "!", notice: "i", good: "\u2713", change: "\u0394" };
const GRAVITY = Object.keys(GLYPHS); // the first one present colours a shared flag
const SPOKEN_PAUSE = 8000; // milliseconds between announcements
const MOVES = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity };

export class Flags {
  /** jump(step): go to that step. */
  constructor(jump) {
    this.jump = jump;
    this.list = [];
    this.flags = new Map(); // key of the first mark -> flag
    this.newest = 0;
    this.width = 0;
    this.node = element("div", "gl-flags");
    this.node.setAttribute("role", "toolbar");
    this.node.setAttribute("aria-label", "Events of the run");
    this.node.addEventListener("keydown", (event) => this.move(event));
    this.voice = element("p", "gl-spoken");
    this.voice.setAttribute("aria-live", "polite");
    this.tip = new Tip((step) => this.jump(step));
    this.resize = new ResizeObserver(([{ contentRect }]) => {
      this.width = contentRect.width;
      this.arrange();
    });
    this.resize.observe(this.node);
  }

  /** The marks as they are now; those not seen before flash and are announced. */
  show(list) {
    const fresh = this.known ? list.filter((mark) => !this.known.has(keyOf(mark))) : [];
    this.known = new Set(list.map(keyOf));
    this.list = [...list].sort((a, b) => a.step - b.step);
    this.fresh = new Set(fresh.map(keyOf));
    if (fresh.length) this.announce(fresh.at(-1).title);
    this.arrange();
  }

  /** Where now is; flags move only once that is a pixel. */
  place(newest) {
    const moved = Math.abs(newest - this.newest) * this.width;
    if (this.width && moved < Math.max(newest, 1)) return;
    this.newest = newest;
    this.arrange();
  }

  arrange() {
    if (!this.width) return;
    const room = COARSE.matches ? ROOM.coarse : ROOM.fine;
    const groups = gathered(this.list, (mark) => share(mark.step, this.newest) * this.width, room);
    const kept = new Set(groups.map(([first]) => keyOf(first)));
    for (const [key, flag] of this.flags) {
      if (kept.has(key)) continue;
      this.tip.leave(flag);
      flag.remove();
      this.flags.delete(key);
    }
    for (const marks of groups) this.draw(marks);
    this.rove();
    this.tip.position();
  }

  draw(marks) {
    const key = keyOf(marks[0]);
    const flag = this.flags.get(key) ?? this.add(key);
    flag.style.left = `${100 * share(marks[0].step, this.newest)}%`;
    const signature = marks.map(keyOf).join("\n");
    if (flag.dataset.marks === signature) return;
    flag.dataset.marks = signature;
    flag.marks = marks;
    flag.dataset.severity = gravest(marks);
    write(flag.firstChild, marks.length > 1 ? String(marks.length) : GLYPHS[flag.dataset.severity]);
    flag.setAttribute("aria-label", nameOf(marks));
    if (marks.some((mark) => this.fresh.has(keyOf(mark)))) flag.classList.add("gl-new");
  }

  add(key) {
    const flag = element("button", "gl-flag");
    flag.type = "button";
    const pin = element("span", "gl-pin");
    pin.setAttribute("aria-hidden", "true");
    flag.append(pin);
    flag.addEventListener("animationend", () => flag.classList.remove("gl-new"));
    flag.addEventListener("focus", () => { this.active = flag; this.rove(); });
    this.tip.serve(flag);
    this.flags.set(key, flag);
    this.node.append(flag);
    return flag;
  }

  inOrder() {
    return [...this.flags.values()].sort((a, b) => a.marks[0].step - b.marks[0].step);
  }

  /** One stop of the tabulator for all flags; arrows go from flag to flag. */
  rove() {
    const flags = this.inOrder();
    if (!flags.includes(this.active)) this.active = flags.at(-1);
    for (const flag of flags) flag.tabIndex = flag === this.active ? 0 : -1;
  }

  move(event) {
    const by = MOVES[event.key];
    const flags = this.inOrder();
    if (by === undefined || !flags.includes(event.target)) return;
    event.preventDefault();
    const to = Math.min(Math.max(flags.indexOf(event.target) + by, 0), flags.length - 1);
    flags[to].focus();
  }

  announce(title) {
    this.unsaid = title;
    if (this.timer) return;
    const say = () => {
      this.timer = this.unsaid && setTimeout(say, SPOKEN_PAUSE);
      if (this.unsaid) write(this.voice, this.unsaid);
      this.unsaid = "";
    };
    say();
  }

  destroy() {
    clearTimeout(this.timer);
    this.resize.disconnect();
    this.tip.destroy();
  }
}

const keyOf = ({ step, name }) => `${step} ${name}`;
const share = (step, newest) => (newest ? Math.min(step / newest, 1) : 0);

const gravest = (marks) => GRAVITY.find((severity) => marks.some((mark) => mark.severity === severity));

function nameOf(marks) {
  if (marks.length === 1) return `${marks[0].title}, step ${count(marks[0].step)}`;
  const [first, last] = [marks[0].step, marks.at(-1).step].map(count);
  return `${marks.length} events${first === last ? ` at step ${first}` : `, steps ${first} to ${last}`}`;
}

/** Marks in groups whose first members stand at least `room` apart. */
function gathered(marks, place, room) {
  const groups = [];
  for (const mark of marks) {
    const last = groups.at(-1);
    if (last && place(mark) - place(last[0]) < room) last.push(mark);
    else groups.push([mark]);
  }
  return groups;
}
