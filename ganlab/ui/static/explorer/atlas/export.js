// The mosaic taken away: as a picture, as numbers, or as the Python that makes it.

import { button, element, write } from "../../shell/dom.js";

const SHORTEST = 1200; // px, of an exported picture
const KINDS = [
  { format: "png", label: "PNG", hint: "Save the mosaic as a picture" },
  { format: "npz", label: "NPZ", hint: "Save latents, samples and numbers for NumPy" },
  { format: "python", label: "Python", hint: "Save the script that makes this mosaic with the library" },
];

export class AtlasExport {
  /** what(): {origin, axes, window, n} and `side`, pixels per tile; undefined while there is none. */
  constructor(place, channel, what) {
    Object.assign(this, { channel, what });
    this.root = element("div", "gl-x-atlas-export");
    this.root.setAttribute("role", "group");
    this.root.setAttribute("aria-label", "Export the mosaic");
    this.buttons = KINDS.map(({ format, label, hint }) => {
      return button({ label, hint, act: () => this.ask(format) });
    });
    this.root.append(...this.buttons);
    this.said = element("span", "gl-x-atlas-said");
    this.said.setAttribute("role", "status");
    this.root.append(this.said);
    place.append(this.root);
  }

  /** Points make no mosaic. */
  describe({ image }) {
    this.buttons[0].hidden = !image;
  }

  ask(format) {
    const what = this.what();
    if (!what) return write(this.said, "Wait for the tiles first.");
    const { side, ...atlas } = what;
    const scale = Math.min(16, Math.max(1, Math.ceil(SHORTEST / (side * atlas.n))));
    write(this.said, "Making it \u2026");
    this.channel.ask({ op: "export", format, atlas, scale }, (answer) => this.receive(answer), "atlas");
    return undefined;
  }

  receive({ meta, arrays }) {
    if (meta.error) return write(this.said, meta.error);
    if (!meta.done) return write(this.said, `${Math.round(100 * (meta.share ?? 0))}\u2009%`);
    save(arrays.get("bytes").values, meta);
    return write(this.said, `${meta.filename} saved`);
  }
}

/** Hand bytes to the browser as a file. */
function save(bytes, { filename, mime }) {
  const address = URL.createObjectURL(new Blob([bytes], { type: mime }));
  const link = Object.assign(element("a"), { href: address, download: filename });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}
