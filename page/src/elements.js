// Elements are made from text, never from markup: an id may hold anything.

import { ends } from "./texts.js";

const LONG = 22; // Letters from which on a name is cut in its middle where there is no room for it.

/** Make an element; `properties` are set on it, `children` are elements or texts. */
export function make(tag, properties = {}, children = []) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

export const byId = (id) => document.getElementById(id);

/** A button that says what it does. */
export function button(textContent, act, properties = {}) {
  const element = make("button", { type: "button", textContent, ...properties });
  element.addEventListener("click", act);
  return element;
}

/** A name on one line: where there is no room its middle is left out, and its title tells all of it. */
export function nameOf(text) {
  const [head, tail] = ends(text, LONG);
  const shown = tail ? text.slice(0, text.length - tail.length) : head;
  const children = [make("span", { className: "head", textContent: shown.slice(0, 200) })];
  if (tail) children.push(make("span", { className: "tail", textContent: tail }));
  return make("span", { className: "name", title: text, dir: "auto" }, children);
}

/** Let the browser save something under a name. */
export function save(blob, name) {
  const link = make("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
