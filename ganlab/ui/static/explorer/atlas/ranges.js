// Between which numbers each colour of the atlas runs.

const EDGE = 0.02; // of the tiles are left out at either end
const SETTLED = 0.08; // of its length, by which a range may be off before it follows
const SPAN = { stretch: Math.log(1.5), volume: Math.log(1.5) }; // what differs by less looks alike
const LEAST = 0.01;

/**
 * The 2nd and 98th percentile of the finite numbers, at least `span` apart; undefined without any.
 */
export function rangeOf(values = [], span = LEAST) {
  const finite = Array.from(values).filter(Number.isFinite).sort((a, b) => a - b);
  if (!finite.length) return undefined;
  const at = (share) => finite[Math.round(share * (finite.length - 1))];
  const [low, high] = [at(EDGE), at(1 - EDGE)];
  const more = Math.max(0, (span - (high - low)) / 2);
  return [low - more, high + more];
}

export class AtlasRanges {
  constructor() {
    this.all = {}; // stretch, volume; place0, place1 of points: [low, high]
  }

  /** What a sheet holds. True where a range changed: it follows, but not every breath. */
  take(sheet, { image }) {
    const found = ["stretch", "volume"].map((name) => [name, rangeOf(sheet.numbers[name], SPAN[name])]);
    for (let k = 0; k < sheet.each && !image; k += 1) {
      found.push([`place${k}`, rangeOf(sheet.x.filter((_, i) => i % sheet.each === k))]);
    }
    return found.map(([name, fresh]) => this.follow(name, fresh)).some(Boolean);
  }

  follow(name, fresh) {
    const old = this.all[name];
    if (!fresh) return false;
    const off = old && Math.max(Math.abs(old[0] - fresh[0]), Math.abs(old[1] - fresh[1]));
    if (old && off < SETTLED * (fresh[1] - fresh[0])) return false;
    this.all[name] = fresh;
    return true;
  }
}
