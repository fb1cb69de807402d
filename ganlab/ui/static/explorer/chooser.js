// Which generator: the bundled ones by their pictures, this visitor's runs, and saved ones.

import { element } from "../shell/dom.js";

/**
 * groups: [{title, items: [{query, title, what, image, current}]}]; choose(query): open another.
 */
export function chooser(groups, choose) {
  const root = element("nav", "gl-x-chooser");
  root.setAttribute("aria-label", "Generators");
  for (const { title, items } of groups) {
    const group = element("div", "gl-x-group");
    const list = element("div", "gl-x-cards");
    group.append(element("h2", "gl-x-group-title", title), list);
    list.append(...items.map((item) => card(item, choose)));
    root.append(group);
  }
  return root;
}

function card({ query, title, what, image, current }, choose) {
  const made = element("button", "gl-x-generator");
  made.type = "button";
  if (current) made.setAttribute("aria-current", "true");
  if (image) {
    const thumbnail = element("img");
    Object.assign(thumbnail, { src: image, alt: "", width: 84, height: 56 });
    made.append(thumbnail);
  }
  const words = element("span", "gl-x-generator-words");
  words.append(element("b", "", title), element("span", "", what));
  made.append(words);
  made.addEventListener("click", () => { if (!current) choose(query); });
  return made;
}
