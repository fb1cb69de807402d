// The latent plane beside the picture: the probe latents' first two coordinates, and where the z
// under the pointer lands. The mesh is G on a grid of latents; between its nodes it is bilinear.

import { at } from "./gestures.js";
import { coordinates, number } from "./hover.js";
import { element, write } from "../shell/dom.js";
import { frameOf, Surface } from "./plot.js";
import { drawCross, drawRing } from "./shapes.js";

const ROOM = { left: 1, right: 1, top: 1, bottom: 1 };
const DOT = 2; // px
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const STRIDE = 0.05; // of the plane's half width, per arrow key

export class LatentPlane {
  /** moved(): the z that is pointed at changed. */
  constructor(place, moved) {
    this.moved = moved;
    this.arrays = new Map();
    this.root = element("div", "gl-latent");
    this.canvas = element("canvas", "gl-latent-canvas");
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute("role", "application");
    this.canvas.setAttribute("aria-roledescription", "latent plane");
    this.canvas.setAttribute("aria-label", "Latent plane: arrow keys move z, the text says where it lands");
    const readout = element("div", "gl-latent-readout");
    readout.append(this.from = element("div"), this.to = element("div"), this.rest = element("p"));
    this.from.setAttribute("aria-live", "polite"); // G(z) changes with every frame: too much to say
    this.root.append(this.canvas, readout);
    place.append(this.root);
    this.surface = new Surface(this.canvas);
    this.surface.watch(moved);
    this.listen();
    this.restart({ dim: 2, signs: 0 });
  }

  listen() {
    const point = (event) => this.point(this.latentAt(at(event)));
    this.canvas.addEventListener("pointerdown", point);
    this.canvas.addEventListener("pointermove", point);
    this.canvas.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && this.point());
    this.canvas.addEventListener("blur", () => this.point());
    this.canvas.addEventListener("keydown", (event) => this.key(event));
  }

  /** latent: {dim, signs} of the run. */
  restart(latent) {
    this.latent = latent;
    this.root.classList.toggle("gl-latent-line", latent.dim === 1);
    write(this.rest, held(latent));
    this.point();
  }

  key(event) {
    const way = ARROWS[event.key];
    if (event.key === "Escape") this.point();
    if (!way || !this.frame || event.ctrlKey || event.metaKey || event.altKey) return;
    const stride = STRIDE * this.frame.bounds[1];
    const [u, v] = this.z ?? [0, 0];
    this.point(this.inside([u + way[0] * stride, v + way[1] * stride]));
    event.preventDefault();
    event.stopPropagation(); // elsewhere the arrows are the run's
  }

  point(z) {
    this.z = z;
    this.moved();
  }

  latentAt({ x, y }) {
    return this.frame && this.inside([this.frame.toX(x), this.frame.toY(y)]);
  }

  /** z kept where G is known; on the line, where there is one coordinate only. */
  inside([u, v]) {
    const clamp = (value) => Math.min(Math.max(value, -this.reach), this.reach);
    return this.latent.dim === 1 ? [clamp(u), 0] : [clamp(u), clamp(v)];
  }

  /** Where the z that is pointed at lands, {x, y} in data units; undefined where not known. */
  landing(arrays) {
    const [mesh, latents] = [arrays.get("scene/mesh"), arrays.get("scene/mesh_latents")];
    return this.z && mesh && latents ? landing(mesh, latents, this.z) : undefined;
  }

  /** index: of the fake whose latent is marked, -1 for none. Latents stay; so does most of this. */
  paint(arrays, theme, palette, index) {
    const { surface, z } = this;
    const latents = arrays.get("scene/latents");
    const fitted = surface.fit();
    this.reach = Math.abs(arrays.get("scene/mesh_latents")?.values[0] ?? this.most); // its first corner
    this.say(arrays);
    const seen = [latents, palette, index, z, this.latent];
    if (!fitted && seen.every((thing, i) => thing === this.seen?.[i])) return;
    this.seen = seen;
    surface.clear(theme);
    if (!latents?.values.length || !this.latent.dim) return;
    this.frame = this.frameAround(latents, latents.shape[1]);
    this.dots(latents, palette);
    if (index >= 0 && index < latents.shape[0]) drawRing(surface, ...this.placed(latents, index), 5, palette);
    if (z) drawCross(surface, this.frame.x(z[0]), this.frame.y(z[1]), palette);
  }

  /** The first two coordinates of a latent in pixels. */
  placed({ values, shape }, index) {
    const first = index * shape[1];
    return [this.frame.x(values[first]), this.frame.y(this.latent.dim > 1 ? values[first + 1] : 0)];
  }

  frameAround(latents, size) {
    if (latents !== this.latents) {
      this.latents = latents;
      let most = 1;
      for (let i = 0; i < latents.values.length; i += 1) {
        if (i % size < Math.min(this.latent.dim, 2)) most = Math.max(most, Math.abs(latents.values[i]) || 0);
      }
      this.most = 1.06 * most;
    }
    const { most } = this;
    return frameOf([-most, most, -most, most], this.surface.room(ROOM));
  }

  dots(latents, palette) {
    const { context } = this.surface;
    const { frame } = this;
    context.strokeStyle = palette.axis;
    context.lineWidth = 1;
    context.strokeRect(frame.left - 0.5, frame.top - 0.5, frame.width + 1, frame.height + 1);
    context.fillStyle = palette.fake;
    context.globalAlpha = 0.55;
    for (let i = 0; i < latents.shape[0]; i += 1) {
      const [x, y] = this.placed(latents, i);
      context.fillRect(x - DOT / 2, y - DOT / 2, DOT, DOT);
    }
    context.globalAlpha = 1;
  }

  /** The z that is pointed at and where it lands, in words. */
  say(arrays) {
    const { z, latent } = this;
    const g = this.landing(arrays);
    const shown = Math.min(latent.dim, 2);
    const more = latent.dim + latent.signs > shown ? ", \u2026" : "";
    const idle = shown === 1 ? "Point at a z" : "Point at z\u2081, z\u2082";
    const written = z && Array.from(z.slice(0, shown), number).join(", ");
    write(this.from, z ? `z = (${written}${more})` : idle);
    write(this.to, g ? `G(z) = ${coordinates([g.x, g.y])}` : "");
  }

  destroy() {
    this.surface.destroy();
  }
}

/** What the plane keeps of a z with more to it than two coordinates, in words. */
function held({ dim, signs }) {
  const kept = [dim > 2 && "other coordinates 0", signs > 0 && "signs as in fake 1"];
  return kept.filter(Boolean).join(", ");
}

/** Bilinear G(z) off a mesh [h, w, 2] over latents on a grid; a line has h = 1 or [w, 2]. */
export function landing(mesh, latents, [u, v]) {
  const [width, height] = [mesh.shape.at(-2), mesh.shape.length > 2 ? mesh.shape[0] : 1];
  const size = latents.values.length / (width * height); // coordinates per node
  const column = cell(width, (j) => latents.values[j * size], u);
  const row = cell(height, (i) => latents.values[i * width * size + 1], v);
  const node = (i, j, c) => mesh.values[2 * (i * width + j) + c];
  const along = (i, c) => mix(node(i, column.low, c), node(i, column.high, c), column.share);
  const [x, y] = [0, 1].map((c) => mix(along(row.low, c), along(row.high, c), row.share));
  return Number.isFinite(x + y) ? { x, y } : undefined;
}

const mix = (a, b, share) => a + share * (b - a);

/** Between which two of n ascending nodes a value lies, and how far from the lower one. */
function cell(n, node, value) {
  let low = 0;
  while (low < n - 2 && node(low + 1) <= value) low += 1;
  const high = Math.min(low + 1, n - 1);
  const share = high > low ? (value - node(low)) / (node(high) - node(low)) : 0;
  return { low, high, share: Math.min(Math.max(share, 0), 1) };
}
