// Plays frames in time: which one is shown, and when the next is due. Play, pause and a scrubber.

import { button, drawing, element, write } from "../../shell/dom.js";

const CALM = window.matchMedia("(prefers-reduced-motion: reduce)");

export class Player {
  /** turn(frame): another frame is to be shown; speed(): frames per second. */
  constructor(place, { turn, speed }) {
    Object.assign(this, { turn, speed, count: 0, frame: 0, playing: false });
    const act = () => (this.playing ? this.pause() : this.play());
    this.toggle = button({ icon: "play", label: "Play", act, className: "gl-primary gl-x-w-play" });
    this.scrubber = element("input", "gl-slider gl-x-w-scrubber");
    Object.assign(this.scrubber, { type: "range", min: 0, max: 0, step: 1, value: 0 });
    this.scrubber.setAttribute("aria-label", "Frame of the walk");
    this.scrubber.addEventListener("input", () => this.seek(Number(this.scrubber.value)));
    this.words = element("span", "gl-x-w-quiet gl-x-w-frame");
    this.words.setAttribute("aria-hidden", "true");
    place.append(this.toggle, this.scrubber, this.words);
    this.show();
  }

  /** Another walk of so many frames; what is shown stays at the same share of the way. */
  load(count) {
    const share = this.count > 1 ? this.frame / (this.count - 1) : 0;
    this.count = count;
    this.frame = Math.round(share * Math.max(count - 1, 0));
    if (!count) this.pause();
    this.show();
  }

  seek(frame) {
    this.pause();
    this.stand(frame);
  }

  stand(frame) {
    this.frame = Math.min(Math.max(frame, 0), Math.max(this.count - 1, 0));
    this.show();
    if (this.count) this.turn(this.frame);
  }

  play() {
    if (!this.count || this.playing) return;
    if (this.frame >= this.count - 1) this.stand(0);
    this.playing = true;
    this.due = performance.now() + 1000 / this.speed();
    this.next = requestAnimationFrame((now) => this.tick(now));
    this.show();
  }

  pause() {
    this.playing = false;
    cancelAnimationFrame(this.next);
    this.show();
  }

  /** As many frames on as the time since the last one asks for; a late page skips some. */
  tick(now) {
    const pace = 1000 / this.speed();
    const late = Math.floor((now - this.due) / pace) + 1;
    if (late > 0) {
      this.due += late * pace;
      if (this.ends(late)) return;
      this.stand((this.frame + late) % this.count);
    }
    this.next = requestAnimationFrame((time) => this.tick(time));
  }

  /** Those who prefer less motion see the walk once, all others until they pause it. */
  ends(late) {
    const last = CALM.matches && this.frame + late >= this.count;
    if (last) {
      this.stand(this.count - 1);
      this.pause();
    }
    return last;
  }

  show() {
    const { count, frame, playing, scrubber, toggle } = this;
    scrubber.max = Math.max(count - 1, 0);
    scrubber.value = frame;
    scrubber.style.setProperty("--gl-share", frame / Math.max(count - 1, 1));
    scrubber.disabled = toggle.disabled = !count;
    write(this.words, count ? `${frame + 1} / ${count}` : "");
    scrubber.setAttribute("aria-valuetext", count ? `frame ${frame + 1} of ${count}` : "no walk yet");
    if (toggle.dataset.playing === String(playing)) return;
    toggle.dataset.playing = String(playing);
    const [icon, label] = playing ? ["pause", "Pause"] : ["play", "Play"];
    toggle.replaceChildren(drawing(icon), element("span", "gl-label", label));
    toggle.setAttribute("aria-label", `${label} the walk`); // a run has a Play of its own
  }
}
