// The live socket: newest frame wins, every painted frame is acknowledged, lost lines redialled.

const FIRST_WAIT = 500; // milliseconds before the first redial, doubling up to
const LONGEST_WAIT = 8000;
const GONE = 4404; // our close code: the server does not know the run

export class LiveSocket {
  /**
   * handlers: frame(buffer), which returns false for what needs no acknowledgement,
   * notice(object), line("open" | "lost" | "gone", reason)
   */
  constructor(url, handlers) {
    this.url = url;
    this.handlers = handlers;
    this.wait = FIRST_WAIT;
    this.owed = 0;
    this.open();
  }

  open() {
    this.socket = new WebSocket(this.url);
    this.socket.binaryType = "arraybuffer";
    this.socket.onopen = () => {
      this.wait = FIRST_WAIT;
      this.owed = 0;
      this.handlers.line("open", "");
    };
    this.socket.onmessage = ({ data }) => {
      if (typeof data === "string") return this.handlers.notice(JSON.parse(data));
      if (this.handlers.frame(data) !== false) this.owed += 1;
    };
    this.socket.onclose = ({ code, reason }) => {
      if (this.closed) return;
      if (code === GONE) return this.handlers.line("gone", reason);
      this.handlers.line("lost", reason);
      this.timer = setTimeout(() => this.open(), this.wait);
      this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
    };
  }

  /** Say that what has arrived so far is on the screen (frames skipped on the way included). */
  acknowledge() {
    for (; this.owed > 0; this.owed -= 1) this.write("ack");
  }

  send(command) {
    return this.write(JSON.stringify(command));
  }

  write(text) {
    if (this.socket.readyState !== WebSocket.OPEN) return false;
    this.socket.send(text);
    return true;
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    this.socket.close();
  }
}
