// Directions as a table: the share of each, what it does to the picture, and whether it is a slider.

import { Film, signed } from "./film.js";
import { button, element, write } from "../../shell/dom.js";

const STEPS = [-3, -2, -1, 0, 1, 2, 3];
const STRIDE = { uniform: 1 / 3 }; // the uniform prior ends at 1

/** How far along a direction the pictures are, for a kind of prior. */
export const offsetsOf = (kind) => STEPS.map((step) => step * (STRIDE[kind] ?? 1));

export class DirectionsTable {
  /** go(index, offset), slider(index): what was pressed. */
  constructor(place, options) {
    Object.assign(this, options);
    this.root = element("table", "gl-x-directions-table");
    const head = element("thead");
    const row = element("tr");
    this.marks = element("div", "gl-x-film gl-x-film-scale");
    this.heads = ["Direction", "Share", "", ""].map((text) => element("th", "", text));
    this.heads.forEach((cell) => { cell.scope = "col"; });
    this.heads[2].append(this.marks);
    this.heads[3].setAttribute("aria-label", "Slider");
    row.append(...this.heads);
    head.append(row);
    this.body = element("tbody");
    this.root.append(head, this.body);
    place.append(this.root);
  }

  /** How far from z the pictures are. */
  scale(offsets) {
    this.offsets = offsets;
    this.marks.replaceChildren(...offsets.map((offset) => element("span", "", signed(offset))));
    const ends = [offsets[0], offsets.at(-1)].map(signed);
    this.heads[2].setAttribute("aria-label", `G(z) from ${ends[0]} to ${ends[1]} along the direction`);
  }

  /** method: of METHODS; shares: [k]. */
  build(method, shares) {
    write(this.heads[1], method.head);
    const most = Math.max(...shares, 1e-9);
    this.rows = Array.from(shares, (share, i) => this.row(method, share, share / most, i));
    this.body.replaceChildren(...this.rows.map(({ row }) => row));
  }

  row(method, share, length, i) {
    const row = element("tr");
    const name = element("th", "gl-x-direction-name", method.name(i));
    name.scope = "row";
    const film = new Film(method.name(i), this.offsets, (offset) => this.go(i, offset));
    const slider = button({ label: "Slider", act: () => this.slider(i) });
    slider.setAttribute("aria-label", `${method.name(i)} as a slider`);
    const cells = [bar(length, method.share(share)), film.root, slider].map((content) => {
      const cell = element("td");
      cell.append(content);
      return cell;
    });
    row.append(name, ...cells);
    return { row, film, slider };
  }

  /** used(i): whether direction i is a slider. */
  mark(used) {
    this.rows?.forEach(({ slider }, i) => slider.setAttribute("aria-pressed", String(used(i))));
  }
}

function bar(length, words) {
  const root = element("div", "gl-x-direction-share");
  const line = element("i");
  line.style.width = `${100 * Math.max(0, length)}%`;
  const track = element("span", "gl-x-direction-track");
  track.append(line);
  root.append(track, element("b", "", words));
  return root;
}
