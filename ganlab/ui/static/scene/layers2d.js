// The layers of the two-dimensional picture: the sentence that names them, and how each is drawn.

import { drawPoints, drawSegments } from "./plot.js";
import { drawArrows, drawCrosses, drawMesh, drawWords } from "./shapes.js";

/** Layers whose arrays are sent only when asked for; real, fake and modes always are. */
export const ASKED = ["discriminator", "best", "gap", "boundary", "density", "manifold", "gradient"];
export const HEATS = ["discriminator", "best", "gap"]; // one at a time
export const LAYERS = ["real", "fake", "discriminator", "boundary"]; // on at first
const RADII = { real: 1.9, fake: 2.3, stage: 4 }; // px on a picture of 560
const READABLE = 24; // px, of a move of G
const TIMES = [1, 2, 5, 10, 20, 50, 100]; // a move may be lengthened
const PUSHES = [ // in the order of scene/pushes
  ["0", "gradient of D"],
  ["1", "saturating loss"],
  ["2", "non-saturating loss"],
  ["3", "Wasserstein loss"],
  ["4", "least squares loss"],
];

const HELP = {
  real: "Samples of the data",
  fake: "Samples of the generator; point at one for its z, click to follow it",
  discriminator: "D at every place",
  best: "D* = p_data / (p_data + p_g), the best answer to this generator",
  gap: "Where D believes too much (blue) or too little (orange)",
  boundary: "Where D is undecided",
  density: "Contours of the generator's density",
  manifold: "Where a grid over z lands; the darker, the denser",
  folds: "Lines along which the generator turns the plane over",
  gradient: "Where the fakes are pushed",
  modes: "The middles of the data's clusters",
  plane: "Point at a z and see where it lands",
};

const word = (layer, text, colour) => ({ layer, text, colour, help: HELP[layer] });

/** The legend's sentence, for legend.js; forget: what "clear trails" does. */
export function sentence(forget) {
  const pink = { colour: "gradient", of: "gradient" };
  const choice = { choice: "pushes", options: PUSHES, label: "Which gradient the arrows show", ...pink };
  return [
    [
      word("real", "Real", "real"), " and ", word("fake", "fake", "fake"),
      " samples on what the ", word("discriminator", "discriminator", "believes-real"), " believes (",
      { text: "real", colour: "believes-real" }, " / ", { text: "fake", colour: "believes-fake" }, ")",
      [", or the ", word("best", "best D*", "believes-real")],
      [" or ", word("gap", "D \u2212 D*", "believes-fake")],
    ],
    ["line: ", word("boundary", "D = 1/2", "muted")],
    [word("density", "density of p_g", "fake")],
    ["the generator's ", word("manifold", "latent mesh", "fake"), [" with ", word("folds", "folds", "ink")]],
    [word("gradient", "gradient arrows", "gradient"), ": ", choice],
    [word("modes", "mode centres", "ink")],
    [word("plane", "latent plane", "fake")],
    [{ action: "trails", text: "clear trails", help: "Stop following the chosen fakes", act: forget }],
  ];
}

/** Which layers a run can show; meta: what was said of it at its start. */
export function offered({ latent, modes, p_g: density }) {
  const [known, continuous] = [density !== "none", latent.dim > 0];
  const laws = { best: known, gap: known, density: known };
  return { ...laws, manifold: continuous, plane: continuous, modes: modes > 0 };
}

/**
 * From the ground up. A layer is drawn with (surface, frame, {get, palette, chosen, dim, scale}):
 * get(name): an array of the scene; dim: {real, fake}, how faint they are; scale: of the dots.
 */
const PAINTERS = [
  ["manifold", (surface, frame, { get, palette }) => (
    drawMesh(surface, get("mesh"), get("mesh_weight"), frame, palette.fake)
  )],
  ["folds", (surface, frame, { get, palette }) => (
    drawSegments(surface, get("folds"), frame, { colour: palette.ink, width: 2 })
  )],
  ["density", (surface, frame, { get, palette }) => (
    drawSegments(surface, get("density"), frame, { colour: palette.fake, width: 1.5, opacity: 0.8 })
  )],
  ["boundary", (surface, frame, { get, palette }) => (
    drawSegments(surface, get("boundary"), frame, { colour: palette.boundary, width: 1.5 })
  )],
  ["real", (surface, frame, { get, palette, scale, dim }) => (
    drawPoints(surface, get("real"), frame, {
      colour: palette.real, radius: RADII.real * scale, opacity: palette.opacity * dim.real,
    })
  )],
  ["fake", (surface, frame, { get, palette, scale, dim }) => (
    drawPoints(surface, get("fake"), frame, {
      colour: palette.fake, radius: RADII.fake * scale, opacity: palette.opacity * dim.fake,
    })
  )],
  ["modes", (surface, frame, { get, palette, scale }) => (
    drawCrosses(surface, get("modes"), frame, palette.ink, 5 * scale)
  )],
  ["gradient", (surface, frame, { get, palette, chosen }) => (
    drawPushes(surface, get("fake"), get("pushes"), Number(chosen("pushes")), frame, palette.gradient)
  )],
];

/** legend: whose layers are on; look: see PAINTERS. */
export function drawLayers(surface, frame, legend, look) {
  for (const [layer, paint] of PAINTERS) {
    if (legend.has(layer)) paint(surface, frame, look);
  }
}

function drawPushes(surface, fake, pushes, which, frame, colour) {
  if (!pushes || !fake) return;
  const count = 2 * pushes.shape[1];
  const displacements = pushes.values.subarray(which * count, (which + 1) * count);
  const tips = displacements.map((value, i) => fake.values[i] + value);
  drawArrows(surface, fake.values, tips, frame, colour);
}

/** The batch of an iteration in slow motion, as far as it is made: real, fake, judged, moved. */
export function drawStage(surface, frame, { get, palette, scale, font }) {
  const [fake, belief, moved] = [get("fake"), get("belief"), get("moved")];
  const look = { radius: RADII.stage * scale, outline: palette.page };
  drawPoints(surface, get("real"), frame, { ...look, colour: palette.real });
  if (belief) {
    const real = (i) => belief.values[i] >= 128;
    drawPoints(surface, fake, frame, { ...look, colour: palette["believes-real"], keep: real });
    drawPoints(surface, fake, frame, { ...look, colour: palette["believes-fake"], keep: (i) => !real(i) });
  } else {
    drawPoints(surface, fake, frame, { ...look, colour: palette.fake });
  }
  if (fake && moved) drawMoves(surface, fake.values, moved.values, frame, { palette, font });
}

/** What one update of G does to the batch; longer than it is where it could not be seen. */
function drawMoves(surface, tails, tips, frame, { palette, font }) {
  const times = magnification(tails, tips, frame.x(1) - frame.x(0));
  const far = tips.map((tip, i) => tails[i] + times * (tip - tails[i]));
  drawArrows(surface, tails, far, frame, palette.gradient);
  if (times === 1) return;
  const words = `Moves drawn ${times} times as long`;
  drawWords(surface, words, frame.left + 10, frame.top + frame.height - 10, { palette, font, align: "left" });
}

/** The round number that makes the longer moves (their 90th percentile) readable. */
function magnification(tails, tips, scale) {
  const lengths = [];
  for (let i = 0; i + 1 < tails.length; i += 2) {
    lengths.push(scale * Math.hypot(tips[i] - tails[i], tips[i + 1] - tails[i + 1]));
  }
  const known = lengths.filter((length) => length > 0 && length < Infinity).sort((a, b) => a - b);
  const longer = known[Math.floor(0.9 * known.length)] ?? READABLE;
  return TIMES.findLast((times) => times * longer <= READABLE) ?? 1;
}
