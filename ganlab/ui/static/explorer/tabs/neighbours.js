// Memory: is what the generator draws a copy? The nearest training images to the sample, and how
// near they are compared with those of real test images.

import { element, write } from "../../shell/dom.js";
import { imageOf, paint, picture } from "../picture.js";
import { NearScale } from "../neighbours/scale.js";

const MANY = 5;
const PAUSE = 400; // milliseconds between questions
const LANE = "memory";
const QUESTION = "Does it only repeat what it has seen? The training images nearest to this sample:";
const SPACES = {
  pixel: { title: "Nearest in pixels", help: "d: Euclidean distance of the pixels, each from \u22121 to 1" },
  feature: { title: "Nearest in features", help: "d: Euclidean distance of a classifier\u2019s features" },
};
const POINTS = "The check compares images; for points, the picture itself shows every training point.";
const SHOWS = [
  "A distance says little by itself. It is therefore compared with the same distance of real test images, "
    + "which nobody can have copied: a generator that has learned what the data look like, not the single "
    + "images, is as near to the training images as they are.",
  "The distance d is Euclidean: between the pixels, each from -1 to 1, where copies and near copies show; "
    + "and between the features of a classifier, where images are near that look alike without being the "
    + "same pixel by pixel.",
  "In pixels, a copy that was shifted or turned is not found, and neither notion finds parts that were "
    + "copied. It is one sample that is looked at here. Nor is a large distance a merit: a bad picture is "
    + "far from everything.",
];

export default class NeighboursTab {
  static title = "Memory";

  static applies() {
    return true;
  }

  constructor(place, explorer) {
    this.explorer = explorer;
    this.asked = -Infinity;
    this.root = element("div", "gl-x-near");
    place.append(this.root);
    this.build();
    if (explorer.about) this.describe(explorer.about);
    if (explorer.theme) this.setTheme(explorer.theme, explorer.palette);
  }

  build() {
    this.question = element("p", "gl-x-near-question", QUESTION);
    this.reason = element("p", "gl-x-near-reason");
    this.reason.setAttribute("role", "status");
    this.waiting = element("div", "gl-x-near-waiting");
    this.progress = element("progress", "gl-x-draw-progress");
    this.progress.setAttribute("aria-label", "Preparing the features of the training images");
    const words = element("p", "", "Preparing the features of the training images");
    this.waiting.append(words, this.progress);
    this.body = element("div", "gl-x-near-body");
    this.sample = element("figure", "gl-x-near-sample");
    this.canvas = picture("The current sample");
    this.sample.append(this.canvas, element("figcaption", "gl-x-near-caption", "This sample"));
    this.body.append(this.sample);
    this.spaces = {};
    for (const [space, words] of Object.entries(SPACES)) this.spaces[space] = this.space(space, words);
    const fold = element("details", "gl-more gl-x-draw-fold");
    fold.append(element("summary", "", "What this check can show, and what not"));
    for (const text of SHOWS) fold.append(element("p", "", text));
    const stage = element("div", "gl-x-near-stage");
    stage.append(this.body, this.waiting);
    this.root.append(this.question, this.reason, stage, fold);
    this.stage = stage;
    this.fold = fold;
  }

  /** One notion of distance: the reading, the scale, the row of neighbours. */
  space(name, { title, help }) {
    const part = element("section", "gl-x-near-space");
    const heading = element("h3", "gl-x-near-title", title);
    const said = element("p", "gl-x-near-said");
    const row = element("div", "gl-x-near-row");
    part.setAttribute("aria-label", title);
    part.append(heading, element("p", "gl-x-near-help", help), row);
    const scale = new NearScale(part);
    part.append(said);
    this.body.append(part);
    return { said, row, scale, tiles: Array.from({ length: MANY }, () => tile(row)) };
  }

  describe(about) {
    this.about = about;
    const why = about.kind === "image" ? about.memory : POINTS;
    write(this.reason, why);
    this.able = !why;
    this.reason.hidden = this.able;
    this.question.hidden = this.stage.hidden = this.fold.hidden = !this.able;
    this.waiting.hidden = true;
    this.body.dataset.state = "empty";
    this.want();
  }

  /** Ask soon: at most every so often, and only while somebody looks. */
  want() {
    if (!this.visible || !this.able || !this.explorer.point) return void (this.stale = true);
    if (this.timer) return undefined;
    const pause = Math.max(0, this.asked + PAUSE - performance.now());
    this.timer = setTimeout(() => this.ask(), pause);
    return undefined;
  }

  ask() {
    this.timer = undefined;
    this.stale = false;
    this.asked = performance.now();
    const z = Array.from(this.explorer.point.value());
    this.explorer.channel.ask({ op: "neighbours", z, k: MANY }, (answer) => this.hear(answer), LANE);
  }

  hear({ meta, arrays }) {
    this.reason.hidden = !meta.error;
    if (meta.error) return write(this.reason, meta.error);
    this.waiting.hidden = arrays.has("x");
    if (!arrays.has("x")) return void (this.progress.value = meta.share ?? 0);
    this.body.dataset.state = "full";
    const { values, height, width } = imageOf(arrays.get("x"));
    paint(this.canvas, values, height, width);
    for (const [name, space] of Object.entries(this.spaces)) {
      this.fill(space, {
        images: arrays.get(name),
        distances: arrays.get(`${name}_distance`).values,
        labels: meta.labels?.[name] ?? [],
        percentile: meta.percentile[name],
      });
    }
    return undefined;
  }

  fill(space, { images, distances, labels, percentile }) {
    const many = images.shape[0];
    for (let i = 0; i < Math.min(many, MANY); i += 1) {
      const { values, height, width } = imageOf(images, i);
      const { canvas, label, distance } = space.tiles[i];
      paint(canvas, values, height, width);
      write(label, labels[i] === undefined ? "" : `labelled ${labels[i]}`);
      write(distance, `d = ${distances[i].toPrecision(3)}`);
      canvas.setAttribute("aria-label", `Training image ${i + 1}, labelled ${labels[i] ?? "?"}`);
    }
    write(space.said, space.scale.show(percentile));
  }

  moved() {
    this.want();
  }

  pulse() {
    this.want();
  }

  show() {
    this.visible = true;
    this.want();
  }

  hide() {
    this.visible = false;
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.able) this.explorer.channel.stop("neighbours");
  }

  setTheme() {}

  destroy() {
    this.hide();
    this.root.remove();
  }
}

function tile(row) {
  const figure = element("figure", "gl-x-near-one");
  const canvas = picture("Training image");
  const caption = element("figcaption", "gl-x-near-caption");
  const [label, distance] = [element("span", "", "\u00a0"), element("span", "", "\u00a0")];
  caption.append(label, distance);
  figure.append(canvas, caption);
  row.append(figure);
  return { canvas, label, distance };
}
