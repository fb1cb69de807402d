// What the real samples are: thumbnails, a drawing of one's own, a file of one's own.

import { button, element, write } from "../shell/dom.js";
import { Row } from "./field.js";

const OWN = "points";
const FEW = 4; // so many pictures may be larger
const DRAW = "Draw your own";
const UNREACHED = "The file did not arrive: the server does not answer.";

export class DataPicker extends Row {
  /** data: [{name, title, image}]; choose(name), draw() and upload (an address) act at once. */
  constructor({ data, base, kind, upload, choose, draw }) {
    const titles = Object.fromEntries(data.map(({ name, title }) => [name, title]));
    super("data.name", `Reset Data to ${titles[base] ?? base}`, () => choose(base));
    this.titles = titles;
    this.upload = upload;
    this.node.classList.add("gl-field-data");
    this.title = element("span", "gl-name gl-data-title");
    this.tiles = new Map();
    const tiles = element("div", data.length > FEW ? "gl-tiles" : "gl-tiles gl-few");
    tiles.setAttribute("role", "group");
    tiles.setAttribute("aria-label", "Data");
    for (const each of data) {
      const own = kind === 2 ? draw : () => this.file.click();
      tiles.append(this.tile(each, each.name === OWN ? own : () => choose(each.name), kind));
    }
    this.node.append(this.title, this.back, tiles);
    if (kind !== "image") this.node.append(...this.uploading());
    this.node.append(this.note);
  }

  tile({ name, title, image }, act, kind) {
    const made = element("button", "gl-tile");
    const words = name === OWN && kind === 2 ? DRAW : title;
    const picture = element("img");
    made.type = "button";
    made.title = words;
    made.setAttribute("aria-label", words);
    picture.src = image;
    picture.alt = "";
    made.append(picture);
    made.addEventListener("click", act);
    const named = () => write(this.title, words);
    for (const event of ["pointerenter", "focus"]) made.addEventListener(event, named);
    for (const event of ["pointerleave", "blur"]) made.addEventListener(event, () => this.caption());
    this.tiles.set(name, made);
    return made;
  }

  uploading() {
    this.file = element("input");
    this.file.type = "file";
    this.file.accept = ".csv,.txt,.npy";
    this.file.hidden = true;
    this.file.addEventListener("change", () => this.send(this.file.files[0]));
    const hint = "Your own points: a CSV or NPY file with one or two columns";
    const act = () => this.file.click();
    return [button({ icon: "upload", label: "Upload CSV", hint, act, className: "gl-small" }), this.file];
  }

  async send(file) {
    if (!file) return;
    this.answer({ note: "Uploading ..." });
    const answer = await this.post(file);
    this.file.value = ""; // so that the same file, corrected, can be chosen again
    this.answer(answer);
  }

  async post(file) {
    const headers = { "X-File-Name": encodeURIComponent(file.name) };
    try {
      return await (await fetch(this.upload, { method: "POST", body: file, headers })).json();
    } catch {
      return { error: UNREACHED };
    }
  }

  answer({ error = "", note = "" }) {
    this.news = note;
    this.complain(error);
  }

  show(name, state) {
    this.name = name;
    for (const [each, tile] of this.tiles) tile.setAttribute("aria-pressed", String(each === name));
    this.caption();
    this.mark(state);
  }

  caption() {
    write(this.title, this.titles[this.name] ?? this.name ?? "");
  }

  /** Nothing is ever typed here, but something may have been said. */
  restore() {
    this.answer({});
  }
}
