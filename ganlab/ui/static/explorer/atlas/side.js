// Beside the atlas: what is seen in one sentence, the tile that is pointed at, the colours' key, and
// the way to take it home. Each has its room from the start.

import { AtlasExport } from "./export.js";
import { AtlasKey } from "./key.js";
import { sentence, tileWords } from "./words.js";
import { element, write } from "../../shell/dom.js";

const HINT = "Point at a tile to read it; a click takes z there.";

export class AtlasSide {
  /** what(): what there is to export, see AtlasExport. */
  constructor(place, channel, what) {
    this.root = element("div", "gl-x-atlas-side");
    this.said = element("p", "gl-x-atlas-sentence");
    this.said.setAttribute("role", "status");
    const tile = element("div", "gl-x-atlas-tile");
    tile.append(this.where = element("div"), this.what = element("div"));
    this.root.append(this.said, tile);
    this.key = new AtlasKey(this.root);
    this.export = new AtlasExport(this.root, channel, what);
    place.append(this.root);
  }

  tell(sheet, mode, image) {
    write(this.said, sentence(sheet, mode, { image }));
  }

  /** What lies at (u, v); where that is z, only where: z is read beside its picture. */
  tile(plane, at, sheet, pointed) {
    const [where, what] = tileWords(plane, at, sheet, sheet ? sheet.find(at.u, at.v) : -1);
    write(this.where, pointed ? where : `z is at ${where}`);
    write(this.what, pointed ? what : HINT);
  }
}
