// Questions to the server and their answers. Of one op a single question is unanswered at any
// time; of those that wait in a lane only the newest is sent, so a drag never queues up.

const PATIENCE = 8000; // milliseconds without a word after which a question counts as lost

export class Channel {
  /** send(command): boolean, whether the line took it. */
  constructor(send) {
    this.send = send;
    this.id = 0;
    this.current = new Map(); // op -> {id, lane, command, on, heard, answered}
    this.waiting = new Map(); // op -> Map of lane -> {lane, command, on}
  }

  /**
   * Asks; on({meta, arrays}) is called with every answer, meta.done with the last. A refusal is
   * an answer with meta.error. A newer question of the same op and lane takes the place of an
   * older one: at once where that has begun to answer. Lanes of one op take turns.
   */
  ask(command, on = () => {}, lane = "") {
    const { op } = command;
    if (!this.waiting.has(op)) this.waiting.set(op, new Map());
    this.waiting.get(op).set(lane, { lane, command, on });
    this.next(op);
  }

  next(op) {
    const queue = this.waiting.get(op);
    if (!queue?.size) return;
    const current = this.current.get(op);
    const now = performance.now();
    const replaced = current?.answered && queue.has(current.lane);
    if (current && !replaced && now - current.heard < PATIENCE) return;
    const question = queue.get(replaced ? current.lane : queue.keys().next().value);
    const id = this.id + 1;
    if (!this.send({ ...question.command, id })) return; // it waits for the line
    this.id = id;
    queue.delete(question.lane);
    this.current.set(op, { ...question, id, heard: now, answered: false });
  }

  /** A decoded frame. False if it answers nothing that is still wanted. */
  receive({ meta, arrays }) {
    const current = this.current.get(meta.kind);
    if (!current || current.id !== meta.id) return false;
    current.heard = performance.now();
    current.answered = true;
    if (meta.done) this.current.delete(meta.kind);
    current.on({ meta, arrays });
    this.next(meta.kind);
    return true;
  }

  /** A refusal of the server. False if no question here was refused. */
  refused({ op, id, text }) {
    const current = this.current.get(op);
    if (!current || current.id !== id) return false;
    return this.receive({ meta: { kind: op, id, error: text, done: true }, arrays: new Map() });
  }

  /** The line is new: what was not answered in full is asked again. */
  reset() {
    for (const [op, { lane, command, on }] of this.current) {
      const queue = this.waiting.get(op);
      if (!queue.has(lane)) queue.set(lane, { lane, command, on });
    }
    this.current.clear();
    for (const op of this.waiting.keys()) this.next(op);
  }

  /** No more answers to anything of an op. */
  stop(op) {
    this.waiting.delete(op);
    if (!this.current.delete(op)) return;
    this.id += 1;
    this.send({ op: "stop", what: op, id: this.id });
  }
}
