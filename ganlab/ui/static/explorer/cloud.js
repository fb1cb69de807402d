// Many samples of the generator, for data that are points: always of the same latents.

import { plain } from "./decoder.js";

const PACKETS = 4;
const PACKET = 64; // latents in one question, the most a server takes
const FIRST_SEED = 10_000; // away from the seeds a visitor tries first
const LANE = "cloud";

export class Cloud {
  /** shown(points {values, shape}) */
  constructor(channel, shown) {
    Object.assign(this, { channel, shown });
    this.latents = [];
    this.seeds(0);
  }

  seeds(packet) {
    const seeds = Array.from({ length: PACKET }, (_, i) => FIRST_SEED + packet * PACKET + i);
    this.channel.ask({ op: "seeds", seeds }, ({ meta, arrays }) => {
      if (meta.error) return;
      const { values, shape: [n, size] } = arrays.get("z");
      for (let i = 0; i < n; i += 1) this.latents.push(values.subarray(i * size, (i + 1) * size));
      if (packet + 1 < PACKETS) this.seeds(packet + 1);
      else this.refresh();
    }, LANE);
  }

  /** Decode all again; while that goes on, wishes for it add up to one. */
  refresh(mlp) {
    if (this.latents.length < PACKETS * PACKET) return;
    if (mlp) return void this.shown(mlp.points(this.latents));
    this.again = this.busy;
    if (!this.busy) this.decode([]);
  }

  decode(parts) {
    this.busy = parts.length < PACKETS;
    if (!this.busy) return this.finish(parts);
    const z = this.latents.slice(parts.length * PACKET, (parts.length + 1) * PACKET).map(plain);
    this.channel.ask({ op: "decode", z }, ({ meta, arrays }) => {
      if (meta.error) this.busy = false;
      else this.decode([...parts, arrays.get("x")]);
    }, LANE);
    return undefined;
  }

  finish(parts) {
    const values = new Float32Array(parts.reduce((sum, part) => sum + part.values.length, 0));
    let at = 0;
    for (const part of parts) {
      values.set(part.values, at);
      at += part.values.length;
    }
    this.shown({ values, shape: [PACKETS * PACKET, parts[0].shape[1]] });
    if (this.again) this.refresh();
  }
}
