// Slow motion: the six parts of an iteration, the one that is being shown, and what it does.

import { element, write } from "../shell/dom.js";

const STAGES = [
  {
    name: "sample z", side: "both",
    text: "Random vectors z are drawn for G, and a batch of real samples for D.",
  },
  { name: "generate", side: "g", text: "G turns each z into a fake sample; nothing is learned yet." },
  {
    name: "score", side: "d",
    text: "D scores the real samples and the fakes: the higher, the more real it believes them.",
  },
  {
    name: "update D", side: "d",
    text: "D learns: its scores of real samples rise, those of fakes fall. G stays as it is.",
  },
  {
    name: "score again", side: "d",
    text: "D, now better, scores fakes again; its gradient tells G which way to move them.",
  },
  {
    name: "update G", side: "g",
    text: "G learns: its fakes move to where D scores them higher. D stays as it is.",
  },
];
const IDLE = "Slow motion: one iteration at a time, in six parts. First D learns, then G.";

export class Stages {
  constructor(place) {
    this.root = element("section", "gl-stages");
    this.root.setAttribute("aria-label", "Parts of an iteration");
    const inner = element("div", "gl-stages-inner");
    const list = element("ol", "gl-stages-list");
    this.chips = STAGES.map(({ name, side, text }) => {
      const chip = element("li", "gl-stage", name);
      chip.title = text;
      chip.dataset.side = side;
      return chip;
    });
    list.append(...this.chips);
    this.text = element("p", "gl-stages-text", IDLE);
    inner.append(list, this.text);
    this.root.append(inner);
    place.append(this.root);
  }

  show({ pace, stage }) {
    this.root.classList.toggle("gl-open", (pace ?? null) !== null && pace < 1);
    const at = stage?.index ?? -1;
    if (at === this.at) return;
    this.at = at;
    this.chips.forEach((chip, i) => {
      if (i === at) chip.setAttribute("aria-current", "step");
      else chip.removeAttribute("aria-current");
    });
    write(this.text, (this.text.title = STAGES[at]?.text ?? IDLE));
    this.text.dataset.side = STAGES[at]?.side ?? "both";
  }

  destroy() {
    this.root.remove();
  }
}
