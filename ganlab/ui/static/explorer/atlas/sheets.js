// Which tiles to ask for, and those that are there: coarse ones first, then fine ones, the newest
// window first; what is out of date stays under what comes until that covers the view.

import { coarser, cover, holds } from "./plane.js";
import { Sheet } from "./sheet.js";

const TILES = [8, 26]; // across the plane
const LONGEST = 6000; // milliseconds a whole window may take
const ENOUGH = 14; // tiles across, however long they take
const KEPT = 10; // sheets
const LOST = 4000; // milliseconds after which a question no longer holds up the next

export class AtlasSheets {
  /**
   * channel: a Channel; changed(): new tiles; next(): look again; ready(sheet): all tiles of the
   * view are there; failed(text): the question was refused.
   */
  constructor(channel, options) {
    Object.assign(this, options);
    this.channel = channel;
    this.sheets = [];
    this.generation = 0;
    this.forget();
  }

  /** Another generator may take longer, or less long. */
  forget() {
    this.rate = {}; // tiles per millisecond, of the last whole sheet with and without stretching
    this.tiles = {};
  }

  /** Another plane: nothing that is there, or on its way, belongs to it. */
  clear() {
    this.channel.stop("atlas");
    this.asked = undefined;
    this.tiles = {};
    this.sheets = [];
    this.expire();
  }

  /** How many tiles lie across the plane: as many as fit, fewer where they take too long. */
  across(room, stretch) {
    const even = (value, low, high) => 2 * Math.round(Math.min(Math.max(value, low), high) / 2);
    const fit = even(room, ...TILES);
    if (fit !== this.fit) Object.assign(this, { fit, tiles: {} });
    const rate = this.rate[stretch];
    if (rate) this.tiles[stretch] ??= even(Math.sqrt(rate * LONGEST), Math.min(ENOUGH, fit), fit);
    return this.tiles[stretch] ?? fit;
  }

  /** Other pictures in the same places: the origin or the weights moved. */
  expire() {
    this.generation += 1;
  }

  get busy() {
    return this.asked && performance.now() - this.asked.heard < LOST;
  }

  /** The sheet that shows the view best, if any. */
  get best() {
    return this.sheets.findLast((sheet) => sheet.complete && sheet.generation === this.generation)
      ?? this.sheets.findLast((sheet) => sheet.complete);
  }

  /**
   * Ask for what the view lacks. wanted: {plane, origin, part, level, tiles, stretch}; `whole`: at
   * once in full, for pictures that change in their places.
   */
  look(wanted, { whole = false } = {}) {
    const { plane, part, level, tiles, stretch } = wanted;
    const there = this.sheets.findLast((sheet) => this.shows(sheet, wanted, level));
    if (there) return this.settle(there);
    // A rough sheet is let finish: a view that never rests would else see its top rows only.
    if (this.busy && this.asked.rough) return undefined;
    const rough = !whole && !this.sheets.some((sheet) => this.shows(sheet, wanted, coarser(level)));
    const next = cover(plane.bounds, part, tiles, rough ? coarser(level) : level);
    const same = this.asked?.key === next.key && this.asked.generation === this.generation
      && (this.asked.stretch || !stretch);
    if (!(same && this.busy)) this.ask(next, wanted, rough);
    return undefined;
  }

  shows(sheet, { part, stretch }, level) {
    return sheet.complete && sheet.generation === this.generation && (sheet.stretch || !stretch)
      && sheet.level >= level && sheet.level <= level + 2 && holds(sheet.window, part);
  }

  ask(tiles, { plane, origin, part, stretch }, rough) {
    const { generation, channel } = this;
    const sheet = new Sheet(tiles, { generation, stretch, rows: plane.line ? 1 : tiles.n });
    const now = performance.now();
    this.asked = { key: tiles.key, generation, stretch, rough, part, at: now, heard: now };
    const { window, n } = tiles;
    const question = { op: "atlas", origin, axes: plane.vectors, window, n, stretch };
    channel.ask(question, (answer) => this.receive(answer, sheet), "atlas");
  }

  receive({ meta, arrays }, sheet) {
    if (meta.error) {
      this.asked = undefined;
      return this.failed(meta.error);
    }
    this.asked.heard = performance.now();
    if (!this.sheets.includes(sheet)) this.sheets.push(sheet);
    if (meta.rows) sheet.take(meta.rows, arrays);
    if (meta.done) this.finish(sheet);
    return this.changed();
  }

  finish(sheet) {
    sheet.complete = true;
    const { at, part } = this.asked;
    this.rate[sheet.stretch] = sheet.size / (performance.now() - at);
    const covers = holds(sheet.window, part);
    this.asked = undefined;
    if (covers) this.sheets = this.sheets.filter(({ generation }) => generation >= sheet.generation);
    this.sheets = this.sheets.slice(-KEPT);
    this.next();
  }

  /** To the top, so that it is drawn last and forgotten last. */
  settle(sheet) {
    if (this.asked) this.channel.stop("atlas");
    this.asked = undefined;
    this.sheets = [...this.sheets.filter((other) => other !== sheet), sheet];
    this.ready(sheet);
  }
}
