// Keys that act wherever the focus is, and the dialog that lists them. They are heard before
// Streamlit hears them, whose own r (rerun) and c (clear cache) act with Shift held as well.

import { open } from "../shell/dialog.js";
import { button, element } from "../shell/dom.js";

const TYPING =
  "input, textarea, select, [contenteditable]:not([contenteditable='false']), [role='slider'], " +
  "[role='textbox'], [role='combobox'], dialog, [role='dialog']";
const ARROWS =
  "[role='toolbar'], [role='radiogroup'], [role='tablist'], [role='menu'], [role='listbox'], [role='grid'], " +
  "[role='application']";
const PRESSED = "button, a, summary, [role='button'], [role='switch'], [role='checkbox']";
const LETTER = /^[a-z]$/i;
const EVENT_KEYS = { Space: " " };
const NAMES = { ArrowRight: "Right arrow", ArrowLeft: "Left arrow" };
const SHIFT = "Shift+";
const STORED = "ganlab-keys-off";

export class Shortcuts {
  /** bindings: [{keys: ["Space"], label, act, repeats}]; one without act is only listed. */
  constructor({ bindings }) {
    const help = { keys: ["?"], label: "Show this list", act: () => this.list() };
    this.bindings = [...bindings, help];
    this.off = storage()?.getItem(STORED) === "yes";
    this.button = button({ icon: "help", hint: "Keyboard shortcuts (?)", act: () => this.list() });
    this.button.setAttribute("aria-label", "Keyboard shortcuts");
    this.onKey = (event) => this.key(event);
    document.addEventListener("keydown", this.onKey, true);
  }

  key(event) {
    if (this.off || event.isComposing || elsewhere(event)) return;
    const binding = this.bindings.find(({ keys, act }) => act && keys.some((key) => fits(key, event)));
    if (!binding) return;
    event.preventDefault();
    event.stopPropagation();
    if (!event.repeat || binding.repeats) binding.act();
  }

  list() {
    const table = element("table", "gl-keys");
    const head = table.createTHead().insertRow();
    for (const title of ["Key", "What it does"]) head.append(column(title));
    const body = table.createTBody();
    for (const { keys, label } of this.bindings) {
      const row = body.insertRow();
      const name = element("th");
      name.scope = "row";
      keys.forEach((key, i) => {
        if (i) name.append(element("span", "gl-keys-or", "or"));
        name.append(...caps(key));
      });
      row.append(name, element("td", "", label));
    }
    open("Keyboard shortcuts", [table, this.toggle()]);
  }

  /** For those whom single keys disturb, as with speech input. */
  toggle() {
    const label = element("label", "gl-keys-switch");
    const box = element("input");
    box.type = "checkbox";
    box.checked = !this.off;
    box.addEventListener("change", () => {
      this.off = !box.checked;
      storage()?.setItem(STORED, this.off ? "yes" : "no");
    });
    label.append(box, element("span", "", "Listen to these keys"));
    return label;
  }

  destroy() {
    document.removeEventListener("keydown", this.onKey, true);
  }
}

/** "right arrow", "Shift+R": a key as a hint names it. */
export function named(key) {
  return key.startsWith(SHIFT) || key.length === 1 ? key : (NAMES[key] ?? key).toLowerCase();
}

/** Nothing where the browser keeps nothing for this page. */
function storage() {
  try {
    return window.localStorage;
  } catch {
    return undefined;
  }
}

/** Whether the key belongs to what has the focus, or to a dialog. */
function elsewhere({ target, key }) {
  const inside = (selector) => target.closest?.(selector);
  if (inside(TYPING) || document.querySelector("dialog[open]")) return true;
  if (key === " " || key === "Enter") return Boolean(inside(PRESSED));
  return key.startsWith("Arrow") && Boolean(inside(ARROWS));
}

function fits(wanted, event) {
  const typed = event.getModifierState("AltGraph"); // brackets on many keyboards
  if (event.metaKey || ((event.ctrlKey || event.altKey) && !typed)) return false;
  const shift = wanted.startsWith(SHIFT);
  const key = shift ? wanted.slice(SHIFT.length) : wanted;
  if (LETTER.test(key)) return event.key.toLowerCase() === key.toLowerCase() && event.shiftKey === shift;
  return event.key === (EVENT_KEYS[key] ?? key) && !(key.length > 1 && event.shiftKey);
}

function caps(key) {
  const parts = key.startsWith(SHIFT) ? ["Shift", key.slice(SHIFT.length)] : [key];
  return parts.flatMap((part, i) => {
    const cap = element("kbd", "", NAMES[part] ?? (LETTER.test(part) ? part.toUpperCase() : part));
    return i ? [element("span", "gl-keys-plus", "+"), cap] : [cap];
  });
}

function column(title) {
  const made = element("th", "", title);
  made.scope = "col";
  return made;
}
