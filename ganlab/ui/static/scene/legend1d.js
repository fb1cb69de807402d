// The sentence under the one-dimensional picture: which layers are drawn, how p_g is found, and
// whether it could be found so.

import { element, write } from "../shell/dom.js";
import { Legend } from "./legend.js";

const ESTIMATORS = { exact: "exact", kde: "KDE", histogram: "histogram" };
const INEXACT = "Exact needs a z of one continuous dimension, like x; shown is the KDE.";
const OPTIONAL = ["best", "rays"]; // layers that are sent only where they are wanted

export class Legend1D {
  /** layers: the names, as sent, that are on at first; changed(): the reader wants others. */
  constructor(place, layers, changed) {
    const estimator = Object.keys(ESTIMATORS).find((name) => layers.includes(name));
    const on = ["data", "d", ...layers.filter((name) => OPTIONAL.includes(name))];
    if (estimator) on.push("p_g");
    this.sentence = new Legend(place, sentence(), { on, changed: () => this.switched(changed) });
    const node = (name) => this.sentence.words.get(name).node;
    if (estimator) node("estimator").value = estimator;
    density(node("data"), "data");
    density(node("p_g"), "g");
    this.exact = true; // as long as nothing else is known
    this.instead = false; // whether the KDE stands in for an exact p_g that was chosen
    this.note = element("p", "gl-note1d");
    this.note.setAttribute("role", "status");
    place.append(this.note);
  }

  has(layer) {
    return this.sentence.has(layer);
  }

  /** The layers that have to be sent: D* is that of a p_g, so one is needed for it as well. */
  get wanted() {
    const others = OPTIONAL.filter((name) => this.has(name));
    const needed = this.has("p_g") || this.has("best");
    const estimator = this.instead ? "exact" : this.sentence.chosen("estimator");
    return needed ? [estimator, ...others] : others;
  }

  /** exact: whether p_g can be had by change of variables. */
  restart(exact) {
    this.exact = exact;
    const { node } = this.sentence.words.get("estimator");
    const chosen = this.instead ? "exact" : node.value;
    this.instead = !exact && chosen === "exact";
    node.querySelector("[value='exact']").disabled = !exact;
    node.value = this.instead ? "kde" : chosen;
    this.explain();
  }

  /** The reader switched a layer or chose an estimator. */
  switched(changed) {
    if (this.sentence.chosen("estimator") !== "kde") this.instead = false;
    this.explain();
    changed();
  }

  explain() {
    write(this.note, !this.exact && this.wanted.includes("exact") ? INEXACT : "");
  }

  /** What p_g is an estimate by, "" where it is exact; `estimator` came with the last frame. */
  get estimated() {
    return this.estimator === "exact" ? "" : ESTIMATORS[this.estimator] ?? "";
  }
}

/** "p" with a subscript, as formulas have it. */
export function density(node, index, tail = "") {
  node.replaceChildren(element("i", "", "p"), element("sub", "", index), tail);
}

function sentence() {
  const word = (layer, text, colour, help) => ({ layer, text, colour, help: `Show or hide ${help}` });
  const options = Object.entries(ESTIMATORS);
  const label = "How the generator's density is found";
  return [
    ["Data ", word("data", "p_data", "real", "the density of the data")],
    [
      "generator ", word("p_g", "p_g", "fake", "the density of the generator"), " ",
      { choice: "estimator", options, label, colour: "fake", of: "p_g" },
    ],
    [word("d", "D(x)", "believes-real", "how sure D is that x is real")],
    ["the ", word("best", "best D* and its gap to D", "believes-real", "the best D for these two densities")],
    ["the ", word("rays", "map z \u2192 G(z)", "fake", "where the generator sends z (its first coordinate)")],
  ];
}
