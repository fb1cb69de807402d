// The address bar always holds the preset, the run, and every setting that is not the preset's,
// so that sharing a run is copying its link.

const PAUSE = 400; // milliseconds between two changes: browsers refuse when there are too many

export class Address {
  /** base: the preset's settings by dotted path; preset, run: their names. */
  constructor({ base, preset, run }) {
    this.base = base;
    this.preset = preset;
    this.run = run;
    this.schedule();
  }

  /** The configuration in force, as nested groups. */
  config(nested) {
    this.values = flat(nested);
    this.schedule();
  }

  /** At once, then not more often than browsers allow; the last state always. */
  schedule() {
    this.stale = true;
    if (!this.timer) this.write();
  }

  write() {
    this.timer = undefined;
    if (!this.stale) return;
    this.stale = false;
    const wanted = this.url({ preset: this.preset, run: this.run });
    if (wanted !== window.location.href) window.history.replaceState(window.history.state, "", wanted);
    this.timer = setTimeout(() => this.write(), PAUSE);
  }

  /** The address of a copy of this run, from its beginning. */
  link() {
    return this.url({ preset: this.preset });
  }

  url(names) {
    const url = new URL(window.location.href);
    const ours = (name) => name === "run" || name === "preset" || name in this.base;
    const others = [...url.searchParams].filter(([name]) => !ours(name));
    const query = new URLSearchParams([...Object.entries(names), ...this.changes(), ...others]);
    url.search = String(query).replaceAll("%2C", ",");
    return url.href;
  }

  /** [path, text] of the settings that are not the preset's. */
  changes() {
    const differ = ([path, value]) => JSON.stringify(value) !== JSON.stringify(this.base[path] ?? null);
    return Object.entries(this.values ?? {}).filter(differ).map(([path, value]) => [path, asText(value)]);
  }

  destroy() {
    clearTimeout(this.timer);
  }
}

/** Nested groups as dotted path -> value. */
export function flat(nested, prefix = "") {
  const found = {};
  for (const [name, value] of Object.entries(nested)) {
    const group = value !== null && typeof value === "object" && !Array.isArray(value);
    Object.assign(found, group ? flat(value, `${prefix}${name}.`) : { [prefix + name]: value });
  }
  return found;
}

/** As Python's RunConfig.to_query writes it. */
function asText(value) {
  if (value === null) return "";
  if (typeof value === "boolean") return value ? "True" : "False";
  return String(value); // a list's items with commas between them
}
