// The tabs below the instrument: each is fetched when it is first looked at.

import { element, write } from "../shell/dom.js";

const TABS = [
  { name: "walk", title: "Interpolation", wanted: () => true },
  { name: "atlas", title: "Plane", wanted: ({ latent }) => latent.dim > 0 },
  { name: "directions", title: "Directions", wanted: ({ latent }) => latent.dim > 1 },
  { name: "invert", title: "Draw", wanted: ({ kind }) => kind === "image" },
  { name: "neighbours", title: "Memory", wanted: ({ kind }) => kind === "image" },
];
const MISSING = "This part could not be loaded; reload the page to try again.";
const NOT_HERE = "This part has nothing to show for this generator.";
const NARROW = window.matchMedia("(max-width: 40rem)");
const KEYS = { ArrowRight: 1, ArrowLeft: -1 };
let strips = 0;

export class Tabs {
  constructor(place, explorer) {
    this.explorer = explorer;
    this.root = element("section", "gl-x-tabs");
    this.root.setAttribute("aria-label", "More ways to explore");
    this.strip = element("div", "gl-x-strip");
    this.strip.setAttribute("role", "tablist");
    this.strip.setAttribute("aria-label", "More ways to explore");
    this.head = element("div", "gl-x-head");
    this.head.append(this.strip);
    this.root.append(this.head);
    place.append(this.root);
    const id = `gl-x-tabs-${(strips += 1)}`;
    const { about } = explorer;
    this.tabs = TABS.filter(({ wanted }) => wanted(about)).map((tab) => this.add(tab, id));
    this.choose(this.tabs[0], false);
    this.watch();
  }

  add({ name, title }, id) {
    const head = element("button", "gl-x-tab", title);
    const panel = element("div", `gl-x-panel gl-x-panel-${name}`);
    Object.assign(head, { type: "button", id: `${id}-${name}` });
    head.setAttribute("role", "tab");
    head.setAttribute("aria-controls", (panel.id = `${id}-${name}-panel`));
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", head.id);
    const tab = { name, head, panel };
    head.addEventListener("click", () => this.turn(tab));
    head.addEventListener("keydown", (event) => this.key(event));
    this.strip.append(head);
    this.root.append(panel);
    return tab;
  }

  key(event) {
    const way = KEYS[event.key];
    if (!way) return;
    event.preventDefault();
    event.stopPropagation();
    const { length } = this.tabs;
    this.turn(this.tabs[(this.tabs.indexOf(this.chosen) + way + length) % length]);
    this.chosen.head.focus();
  }

  /** Where the tabs are held at the top, and on phones, a panel is seen from its beginning. */
  turn(tab) {
    const held = this.root.getBoundingClientRect().top < this.head.getBoundingClientRect().top;
    this.choose(tab);
    if (held || NARROW.matches) this.root.scrollIntoView({ block: "start" });
  }

  choose(tab, load = true) {
    if (this.chosen !== tab) this.chosen?.view?.hide();
    this.chosen = tab;
    this.root.dataset.chosen = tab.name;
    for (const other of this.tabs) {
      other.head.setAttribute("aria-selected", String(other === tab));
      other.head.tabIndex = other === tab ? 0 : -1;
      other.panel.hidden = other !== tab;
    }
    if (load) this.load(tab);
  }

  /** The first tab loads when it comes near the window. */
  watch() {
    this.observer = new IntersectionObserver(([{ isIntersecting }]) => {
      if (isIntersecting) this.load(this.chosen);
    }, { rootMargin: "150px" });
    this.observer.observe(this.root);
  }

  async load(tab) {
    if (tab.view) return tab === this.chosen && tab.view.show();
    tab.loading ??= import(`./tabs/${tab.name}.js`);
    try {
      const { default: Tab } = await tab.loading;
      if (!this.ended) this.make(tab, Tab);
    } catch (error) {
      console.warn(error);
      tab.loading = undefined;
      tab.panel.replaceChildren(element("p", "gl-x-note", MISSING));
    }
    return undefined;
  }

  make(tab, Tab) {
    const { about, arrays, theme, palette } = this.explorer;
    if (tab.view) return;
    if (!Tab.applies(about)) return void tab.panel.replaceChildren(element("p", "gl-x-note", NOT_HERE));
    tab.panel.replaceChildren();
    tab.view = new Tab(tab.panel, this.explorer);
    write(tab.head, Tab.title ?? tab.head.textContent);
    if (theme) tab.view.setTheme(theme, palette);
    tab.view.describe(about, arrays);
    if (tab === this.chosen) tab.view.show();
  }

  /** Calls a method of every tab that is there and has it. */
  each(method, ...values) {
    for (const { view } of this.tabs) view?.[method]?.(...values);
  }

  destroy() {
    this.ended = true;
    this.observer.disconnect();
    this.each("destroy");
    this.root.remove();
  }
}
