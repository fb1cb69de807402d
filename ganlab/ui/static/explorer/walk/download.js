// Files to keep: the server makes them piece by piece, the page offers them for saving.

import { button, element, write } from "../../shell/dom.js";

const FORMATS = {
  gif: ["GIF", "The walk as an animation that plays everywhere"],
  webp: ["WebP", "The same animation, lossless and smaller"],
  npz: ["NPZ", "Latents, samples and measurements as NumPy arrays"],
  seeds: ["Seeds", "The list of seeds of the endpoints"],
  python: ["Python", "A script that takes the same walk again"],
};
const PICTURES = new Set(["gif", "webp"]);
const SIDE = 256; // px, about what an image in an animation measures

export class Downloads {
  /** question(): {walk, seeds, fps} of the walk that is shown, undefined while there is none. */
  constructor(place, explorer, question) {
    Object.assign(this, { explorer, question });
    this.root = element("div", "gl-x-w-save");
    this.buttons = new Map(Object.entries(FORMATS).map(([format, [label, hint]]) => {
      return [format, button({ label, hint, act: () => this.save(format) })];
    }));
    this.bar = element("progress", "gl-x-w-progress");
    this.bar.max = 1;
    this.bar.setAttribute("aria-label", "Progress of the file");
    this.cancel = button({ label: "Cancel", act: () => this.stop() });
    this.words = element("span", "gl-x-w-quiet gl-x-w-saved");
    this.words.setAttribute("role", "status");
    const title = element("span", "gl-x-w-title", "Save as");
    this.root.append(title, ...this.buttons.values(), this.bar, this.cancel, this.words);
    place.append(this.root);
    this.busy(false);
  }

  /** Which files there can be now. */
  update() {
    const { about } = this.explorer;
    const asked = this.question();
    for (const [format, node] of this.buttons) {
      node.hidden = PICTURES.has(format) && about.kind !== "image";
      const lacks = format === "seeds" && !asked?.seeds;
      node.disabled = this.running || !asked || lacks;
      node.title = lacks ? "Only where seeds made all endpoints" : FORMATS[format][1];
    }
    const fps = asked?.fps ?? 20;
    this.buttons.get("gif").title = `${FORMATS.gif[1]}${gifPace(fps)}`;
  }

  save(format) {
    const asked = this.question();
    if (!asked) return;
    const [height, width] = this.explorer.about.shape.slice(-2);
    const scale = Math.min(16, Math.max(1, Math.round(SIDE / Math.max(height, width ?? 1))));
    this.busy(true, format);
    const command = { op: "export", format, scale, ...asked };
    this.explorer.channel.ask(command, (answer) => this.answered(answer, format), "walk");
  }

  answered({ meta, arrays }, format) {
    if (meta.error) return this.busy(false, `Not saved: ${meta.error}`);
    this.bar.value = meta.share ?? 0;
    if (!meta.done) return undefined;
    const { values } = arrays.get("bytes");
    offer(values, meta.filename, meta.mime);
    const pace = format === "gif" ? gifPace(this.question()?.fps ?? 20) : "";
    return this.busy(false, `Saved as ${meta.filename} (${size(values.length)})${pace}`);
  }

  stop() {
    this.explorer.channel.stop("export");
    this.busy(false, "Cancelled");
  }

  busy(running, words = "") {
    this.running = running;
    this.bar.hidden = this.cancel.hidden = !running;
    this.bar.value = 0;
    write(this.words, running ? `Making the ${FORMATS[words][0]} file` : words);
    if (this.explorer.about) this.update();
  }
}

/** What a GIF makes of a speed: its delays are whole hundredths of a second. */
export function gifPace(fps) {
  const kept = 100 / Math.max(2, Math.round(100 / fps));
  if (Math.abs(kept - fps) < 0.05) return "";
  return `; a GIF counts in 1/100 s and plays ${Number(kept.toPrecision(3))} frames a second, not ${fps}`;
}

function offer(values, filename, mime) {
  const address = URL.createObjectURL(new Blob([values], { type: mime }));
  const link = element("a");
  Object.assign(link, { href: address, download: filename });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

function size(bytes) {
  if (bytes < 1024) return `${bytes} bytes`;
  return bytes < 2 ** 20 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 2 ** 20).toFixed(1)} MB`;
}
