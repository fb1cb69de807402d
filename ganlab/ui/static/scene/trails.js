// Where chosen fakes have been: the positions of each over the steps, drawn as a line that fades.

import { drawRing } from "./shapes.js";

const MOST = 12; // fakes followed at once
const LONGEST = 400; // positions remembered of each
const STRETCHES = 8; // of a trail, from faint to full

export class Trails {
  constructor() {
    this.paths = new Map(); // index of a fake -> [{step, x, y}, ...]
  }

  get count() {
    return this.paths.size;
  }

  clear() {
    this.paths.clear();
  }

  /** Follow a fake, or no longer; beyond the most that fit the oldest gives way. */
  toggle(index, fake, step) {
    if (this.paths.delete(index)) return;
    if (this.paths.size >= MOST) this.paths.delete(this.paths.keys().next().value);
    this.paths.set(index, []);
    this.remember(fake, step);
  }

  /** The fakes' positions {values: [n, 2]} at a step; what lies after it is forgotten. */
  remember(fake, step) {
    for (const [index, path] of this.paths) {
      while (path.length && path.at(-1).step >= step) path.pop();
      const [x, y] = [fake.values[2 * index], fake.values[2 * index + 1]];
      if (Number.isFinite(x + y)) path.push({ step, x, y });
      if (path.length > LONGEST) path.shift();
    }
  }

  draw(surface, frame, palette) {
    for (const path of this.paths.values()) {
      if (path.length) this.trail(surface, path, frame, palette);
    }
  }

  trail(surface, path, frame, palette) {
    const { context } = surface;
    context.lineJoin = context.lineCap = "round";
    line(context, path, frame, palette.page, 4); // an edge, so that it is seen among the fakes
    for (let part = 0; part < STRETCHES; part += 1) {
      const first = Math.floor((part * (path.length - 1)) / STRETCHES);
      const last = Math.floor(((part + 1) * (path.length - 1)) / STRETCHES);
      context.globalAlpha = 0.2 + (0.8 * (part + 1)) / STRETCHES;
      line(context, path.slice(first, last + 1), frame, palette.fake, 2);
    }
    context.globalAlpha = 1;
    const head = path.at(-1);
    drawRing(surface, frame.x(head.x), frame.y(head.y), 5, palette);
  }
}

function line(context, positions, frame, colour, width) {
  context.beginPath();
  for (const { x, y } of positions) context.lineTo(frame.x(x), frame.y(y)); // the first one moves
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.stroke();
}
