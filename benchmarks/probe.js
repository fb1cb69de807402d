// What a page of the dashboard does, seen from inside. It runs before the page's own scripts and
// leaves its notes in window.seen; times are milliseconds since navigation began.

(() => {
  if (window.top !== window) return;
  const KINDS = ["painted", "updates", "redraws", "clicks", "longtask", "layout-shift"];
  const empty = () => Object.fromEntries(KINDS.map((kind) => [kind, []]));
  const all = (selector) => [...document.querySelectorAll(selector)];
  const drawn = (plot) => plot.querySelector(".xtick") || !plot.offsetWidth; // or left out
  const MILESTONES = {
    heading: () => all("h1").some((heading) => heading.offsetHeight),
    training: () => notes.painted.some(({ step }) => step > 0),
    charts: () => all(".gl-live").length && all(".gl-plot").every(drawn),
  };
  let notes = empty(); // {at, ...} of what happened since they were last taken
  let trained = 0; // the step of the newest frame, until it is not 0

  const seen = window.seen = {
    first: {}, // when each milestone was there
    line: undefined, // the newest live socket
    take() {
      const taken = notes;
      notes = empty();
      return { ...taken, until: performance.now() };
    },
  };

  function note(kind, facts = {}) {
    notes[kind].push({ at: performance.now(), ...facts });
  }

  function watch() {
    const missing = Object.keys(MILESTONES).filter((name) => !(name in seen.first));
    for (const name of missing) if (MILESTONES[name]()) seen.first[name] = performance.now();
    if (missing.length) requestAnimationFrame(watch);
  }
  watch();

  // The view counts the frames it has shown in an attribute. The front page has no counter.
  new MutationObserver(() => {
    const text = document.querySelector(".gl-counter")?.textContent ?? `step ${trained}`;
    const step = Number(text.match(/step ([\d,]+)/)?.[1].replaceAll(",", "") ?? 0);
    note("painted", { step, state: document.querySelector(".gl-state")?.dataset.state });
  }).observe(document, { subtree: true, attributes: true, attributeFilter: ["data-painted"] });

  function arrived({ data }) {
    if (typeof data === "string") return;
    note("updates", { size: data.byteLength });
    if (trained) return;
    const length = new DataView(data).getUint32(4, true);
    const header = JSON.parse(new TextDecoder().decode(new Uint8Array(data, 8, length)));
    trained = header.meta.step ?? 0;
  }

  window.WebSocket = class extends window.WebSocket {
    constructor(url, ...more) {
      super(url, ...more);
      if (!String(url).includes("/ganlab/live/")) return;
      seen.line = this;
      this.addEventListener("message", arrived);
    }
  };

  let plotly;
  Object.defineProperty(window, "Plotly", {
    configurable: true,
    get: () => plotly,
    set: (made) => {
      plotly = made;
      const { react } = made;
      made.react = (...given) => {
        note("redraws");
        return react(...given);
      };
    },
  });

  // timeStamp: when the mouse button went up, however long the page took to notice.
  document.addEventListener("click", ({ timeStamp }) => note("clicks", { at: timeStamp }), true);
  for (const type of ["longtask", "layout-shift"]) {
    new PerformanceObserver((list) => {
      for (const { startTime, duration, value, hadRecentInput } of list.getEntries()) {
        if (!hadRecentInput) note(type, { at: startTime, size: value ?? duration });
      }
    }).observe({ type, buffered: true });
  }
})();
