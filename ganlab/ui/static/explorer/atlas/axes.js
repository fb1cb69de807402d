// Which two axes of a Point span the atlas's plane: those chosen, as long as they are there.

export class AtlasAxes {
  constructor() {
    this.keys = [];
    this.chosen = []; // by the visitor
  }

  /** What a plane can lie along: directions first, for they change more than coordinates do. */
  options({ axes }) {
    const of = (wanted) => axes.filter(({ kind }) => kind === wanted);
    return [...of("direction"), ...of("coordinate")];
  }

  /** The axes there are may be others now. True where the plane is another one. */
  renew(point) {
    const there = this.options(point).map(({ key }) => key);
    const kept = this.chosen.filter((key) => there.includes(key));
    const keys = [...kept, ...there.filter((key) => !kept.includes(key))].slice(0, 2);
    const changed = keys.join() !== this.keys.join();
    this.keys = keys;
    return changed;
  }

  /** Axis i is another; the other one gives way where it was that. */
  choose(i, key) {
    const keys = [...this.keys];
    if (keys[1 - i] === key) keys[1 - i] = keys[i];
    keys[i] = key;
    this.keys = this.chosen = keys;
  }
}
