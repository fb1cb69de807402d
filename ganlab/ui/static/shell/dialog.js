// A dialog over the page. Escape, its cross and a click beside it close it; the focus then goes
// back to where it was.

import { button, element } from "./dom.js";

let opened = 0;

/** Opens a modal dialog; close() of the returned <dialog> ends it. closed() runs afterwards. */
export function open(title, nodes, { closed = () => {}, className = "" } = {}) {
  const dialog = element("dialog", `gl-dialog ${className}`.trim());
  const heading = element("h2", "gl-dialog-title", title);
  heading.id = `gl-dialog-${(opened += 1)}`;
  dialog.setAttribute("aria-labelledby", heading.id);
  const head = element("div", "gl-dialog-head");
  const cross = { icon: "close", hint: "Close", className: "gl-dialog-close", act: () => dialog.close() };
  head.append(heading, button(cross));
  const body = element("div", "gl-dialog-body");
  body.append(...[nodes].flat());
  dialog.append(head, body);
  let pressed = false; // a press that began inside, as to select text, does not count
  dialog.addEventListener("pointerdown", (event) => { pressed = beside(dialog, event); });
  dialog.addEventListener("click", (event) => { if (pressed && beside(dialog, event)) dialog.close(); });
  dialog.addEventListener("keydown", (event) => event.stopPropagation()); // the page has keys of its own
  dialog.addEventListener("close", () => {
    dialog.remove();
    closed();
  });
  home().append(dialog);
  dialog.showModal();
  if (body.scrollHeight > body.clientHeight) body.tabIndex = 0; // so that arrows can scroll it
  return dialog;
}

/** Inside the live view, where the colours of the theme are known. */
function home() {
  return document.activeElement?.closest(".gl-live") ?? document.querySelector(".gl-live") ?? document.body;
}

function beside(dialog, { target, clientX, clientY }) {
  const { left, right, top, bottom } = dialog.getBoundingClientRect();
  return target === dialog && (clientX < left || clientX > right || clientY < top || clientY > bottom);
}
