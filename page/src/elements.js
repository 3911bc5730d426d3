// Elements are made from text, never from markup: an id may hold anything.

/** Make an element; `properties` are set on it, `children` are elements or texts. */
export function make(tag, properties = {}, children = []) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

export const byId = (id) => document.getElementById(id);
