// Before any script of the page: what goes over the live socket is kept for the test to read, and
// the line can be cut.
//   wire.sent: commands, each with how many frames had been heard by then
//   wire.frames: what each frame says of the run, and the names of its arrays
//   wire.notices: everything else that was heard
//   wire.array(name, kind, id): {values, shape} of an array as it was heard last, in frames of a
//     kind, in the answer to the question of that id
const wire = { lines: [], sent: [], frames: [], notices: [], cut: false, array };
const TYPES = { f4: Float32Array, u1: Uint8Array };
const KEPT = 60; // answers
const newest = {}; // of each kind of frame
const answers = []; // the last ones, whole
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
  if (meta.id === undefined) return;
  answers.push({ kind: meta.kind, id: meta.id, data, start, arrays });
  if (answers.length > KEPT) answers.shift();
}

function found(kind, id) {
  if (id !== undefined) return answers.filter((one) => one.kind === kind && one.id === id);
  return kind ? [newest[kind]].filter(Boolean) : Object.values(newest);
}

function array(wanted, kind, id) {
  const heard = found(kind, id);
  for (const { data, start, arrays } of heard) {
    const entry = arrays.find(([name]) => name === wanted);
    if (!entry) continue;
    const [, code, shape, offset] = entry;
    const count = shape.reduce((product, n) => product * n, 1);
    return { values: [...new TYPES[code](data, start + offset, count)], shape };
  }
  return undefined;
}
