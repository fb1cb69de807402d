// From z to the picture: in the page where the generator is small, by the server otherwise. One
// question is on its way at a time and the newest z wins, so a drag never lags behind the hand.

import { Mlp } from "./mlp.js";

const DIGITS = 7; // of a coordinate on the wire
const LANE = "picture";
const VERDICTS = 80; // milliseconds between two verdicts on what the page decodes: each costs a frame

/** z as the wire takes it. */
export const plain = (z) => Array.from(z, (value) => Number(value.toPrecision(DIGITS)));

export class Decoder {
  /**
   * shown({image | sample}), verdict(score, classes) and latency(ms, route) are told what came;
   * failed(text) what went wrong.
   */
  constructor(channel, point, about, handlers) {
    Object.assign(this, { channel, point, about, ...handlers });
    this.judged = about.discriminator || about.classes > 0;
    this.fetch();
  }

  /** The weights of a small generator; they are right for one step of its training. */
  fetch() {
    this.mlp = undefined;
    if (!this.about.weights) return;
    this.channel.ask({ op: "weights" }, ({ meta, arrays }) => {
      const scaled = this.about.kind === "image" || meta.output === "linear"; // else units are unknown
      if (!meta.error && scaled) this.mlp = new Mlp({ meta, arrays });
      this.ready?.();
    }, LANE);
  }

  get route() {
    return this.mlp ? "page" : "socket";
  }

  /** z has moved, by an input event at `since` (performance.now()), or the weights have. */
  move(since) {
    this.since = since;
    if (this.mlp) this.frame(() => this.here());
    else if (!this.queued) {
      this.queued = true;
      queueMicrotask(() => { this.queued = false; this.there(); }); // several set() are one move
    }
  }

  /** At the next frame; of several only the newest. */
  frame(act) {
    this.next = act;
    if (this.scheduled) return;
    this.scheduled = true;
    requestAnimationFrame(() => {
      this.scheduled = false;
      if (!this.ended) this.next();
    });
  }

  here() {
    if (!this.mlp) return this.there();
    const z = this.point.value();
    const [height, width] = this.about.shape.slice(-2);
    this.shown(this.about.kind === "image"
      ? { values: this.mlp.pixels(z), height, width }
      : { sample: this.mlp.sample(z) });
    this.measure(this.since, "page");
    if (this.judged) this.verdictSoon();
    return undefined;
  }

  /** What D and the classifier say of the newest z; the picture does not wait for it. */
  verdictSoon() {
    if (this.due) return;
    this.due = setTimeout(() => {
      this.due = undefined;
      this.asked = performance.now();
      if (!this.ended) this.ask(this.point.value(), ({ arrays }) => this.judge(arrays));
    }, Math.max(0, (this.asked ?? 0) + VERDICTS - performance.now()));
  }

  there() {
    const { since } = this;
    this.ask(this.point.value(), ({ arrays }) => this.frame(() => {
      this.draw(arrays);
      this.judge(arrays);
      this.measure(since, "socket");
    }));
  }

  ask(z, act) {
    this.channel.ask({ op: "decode", z: [plain(z)] }, (answer) => {
      if (answer.meta.error) this.failed(answer.meta.error);
      else if (!this.ended) act(answer);
    }, LANE);
  }

  draw(arrays) {
    const { values, shape } = arrays.get("x");
    this.shown(this.about.kind === "image"
      ? { values, height: shape[1], width: shape[2] }
      : { sample: values });
  }

  judge(arrays) {
    this.verdict(arrays.get("score")?.values[0], arrays.get("classes")?.values);
  }

  /** Once the browser has painted: a task after the frame's own. */
  measure(since, route) {
    if (since === undefined) return;
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => { port1.close(); this.latency(performance.now() - since, route); };
    port2.postMessage(0);
  }

  destroy() {
    this.ended = true;
  }
}
