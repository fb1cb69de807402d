// What is known of the sample on the screen: how long z is, what D and the classifier say, and
// how fast it came.

import { element, write } from "../shell/dom.js";

const ROOM = 1.45; // the bar of |z| goes to this many times the shell's outer edge
const ROUTES = { page: "in this page", socket: "by the server" };
const SURE = 0.75; // from here on D or the classifier counts as sure
const PACE = 300; // milliseconds between two times that are told: each costs the page a frame
const SPOKEN = 1200; // milliseconds of quiet before a screen reader hears the new state

export class Readout {
  constructor(place, about) {
    this.about = about;
    this.root = element("div", "gl-x-readout");
    place.append(this.root);
    this.norm = this.meter("Length of z", "length |z|", about.latent.dim > 0);
    this.belief = this.meter("The discriminator", "D(G(z))", about.discriminator);
    this.kind = this.classes(about.classes > 0);
    this.speed = element("p", "gl-x-latency");
    this.spoken = element("p", "gl-spoken");
    this.spoken.setAttribute("role", "status");
    this.root.append(this.speed, this.spoken);
    this.belief.bar.classList.add("gl-x-belief");
    this.shell(about.shell);
  }

  meter(title, symbol, wanted) {
    const node = element("div", "gl-x-meter");
    const bar = element("div", "gl-x-bar");
    const mark = element("span", "gl-x-mark");
    const words = element("span", "gl-x-words");
    const name = element("span", "gl-x-name", symbol);
    const value = element("span", "gl-x-value");
    name.title = title;
    bar.append(mark);
    node.append(name, bar, value, words);
    node.hidden = !wanted;
    this.root.append(node);
    return { node, bar, mark, value, words };
  }

  classes(wanted) {
    const node = element("div", "gl-x-meter gl-x-kind");
    const bars = element("div", "gl-x-classes");
    const value = element("span", "gl-x-value");
    const words = element("span", "gl-x-words");
    const bar = Array.from({ length: 10 }, (_, i) => {
      const column = element("span", "gl-x-class");
      column.append(element("i"), element("b", "", String(i)));
      return column;
    });
    bars.append(...bar);
    bars.setAttribute("aria-hidden", "true");
    const name = element("span", "gl-x-name", "reads as");
    name.title = "What a classifier trained on the real images takes it for";
    node.append(name, bars, value, words);
    node.hidden = !wanted;
    this.root.append(node);
    return { node, bar, value, words };
  }

  /** The band of lengths that the prior nearly always draws. */
  shell({ low = 0, high = 1 } = {}) {
    this.band = { low, high, end: ROOM * Math.max(high, 1e-6) };
    const { bar } = this.norm;
    bar.style.setProperty("--gl-x-low", low / this.band.end);
    bar.style.setProperty("--gl-x-high", high / this.band.end);
    bar.title = `19 of 20 draws of the prior have a length between ${low.toFixed(1)} and ${high.toFixed(1)}`;
  }

  length(norm) {
    const { low, high, end } = this.band;
    const words = norm < low ? "rarely this short" : norm > high ? "rarely this long" : "typical";
    put(this.norm, norm / end, norm.toFixed(2), words);
    this.norm.node.toggleAttribute("data-rare", words !== "typical");
  }

  /** What the server said of the sample: score of D (or undefined), shares of the classes. */
  verdict(score, classes) {
    if (score !== undefined) put(this.belief, score, score.toFixed(2), opinion(score));
    if (classes?.length) this.reads(classes);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => write(this.spoken, this.sentence()), SPOKEN);
  }

  reads(classes) {
    const best = classes.indexOf(Math.max(...classes));
    classes.forEach((share, i) => {
      this.kind.bar[i].style.setProperty("--gl-x-share", share.toFixed(3));
      this.kind.bar[i].toggleAttribute("data-best", i === best);
    });
    write(this.kind.value, String(best));
    const percent = Math.round(100 * classes[best]);
    write(this.kind.words, `${percent} % sure${classes[best] < SURE ? ", in doubt" : ""}`);
  }

  /** What matters most, where there is little room. */
  brief() {
    const { kind, belief, about } = this;
    const words = [`length |z| ${this.norm.value.textContent}`];
    if (about.classes) words[0] = `reads as ${kind.value.textContent}, ${kind.words.textContent}`;
    if (about.discriminator) words.push(`D(G(z)) ${belief.value.textContent}`);
    return words.join("\n");
  }

  sentence() {
    const parts = [`|z| ${this.norm.value.textContent}, ${this.norm.words.textContent}`];
    if (this.about.discriminator) parts.push(`D: ${this.belief.value.textContent}`);
    const { value, words } = this.kind;
    if (this.about.classes) parts.push(`reads as ${value.textContent}, ${words.textContent}`);
    return parts.join("; ");
  }

  latency(ms, route) {
    const now = performance.now();
    if (now - this.told < PACE) return;
    this.told = now;
    const time = ms < 9.95 ? ms.toFixed(1) : Math.round(ms);
    write(this.speed, `${time} ms from hand to picture, ${ROUTES[route]}`);
  }
}

function put({ mark, value, words }, share, text, sentence) {
  mark.style.setProperty("--gl-x-at", Math.min(Math.max(share, 0), 1).toFixed(4));
  write(value, text);
  write(words, sentence);
}

function opinion(score) {
  if (score >= SURE) return "D takes it for real";
  if (score <= 1 - SURE) return "D sees a fake";
  return "D is undecided";
}

