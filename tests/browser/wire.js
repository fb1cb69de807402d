// Before any script of the page: what goes over the live socket is kept for the test to read, and
// the line can be cut.
//   wire.sent: commands, each with how many frames had been heard by then
//   wire.frames: what each frame says of the run, and the names of its arrays
//   wire.notices: everything else that was heard
//   wire.array(name): {values, shape} of an array as it was heard last
const wire = { lines: [], sent: [], frames: [], notices: [], cut: false, array };
const TYPES = { f4: Float32Array, u1: Uint8Array };
const newest = {}; // of each kind of frame
window.wire = wire;

const Line = window.WebSocket;
window.WebSocket = class extends Line {
  constructor(url, ...more) {
    const live = String(url).includes("/ganlab/live/");
    super(live && wire.cut ? "ws://127.0.0.1:9" : url, ...more);
    if (!live) return;
    wire.lines.push(this);
    this.addEventListener("message", ({ data }) => hear(data));
  }

  send(data) {
    if (wire.lines.includes(this) && data !== "ack") {
      wire.sent.push({ ...JSON.parse(data), heard: wire.frames.length });
    }
    super.send(data);
  }
};

function hear(data) {
  if (typeof data === "string") {
    wire.notices.push(JSON.parse(data));
    return;
  }
  const start = 8 + new DataView(data).getUint32(4, true);
  const { meta, arrays } = JSON.parse(new TextDecoder().decode(new Uint8Array(data, 8, start - 8)));
  wire.frames.push({ ...meta, arrays: arrays.map(([name]) => name) });
  newest[meta.kind] = { data, start, arrays };
}

function array(wanted) {
  for (const { data, start, arrays } of Object.values(newest)) {
    const found = arrays.find(([name]) => name === wanted);
    if (!found) continue;
    const [, code, shape, offset] = found;
    const count = shape.reduce((product, n) => product * n, 1);
    return { values: [...new TYPES[code](data, start + offset, count)], shape };
  }
  return undefined;
}
