// The classes of a column, the largest first: a click shows one alone, further clicks add others.

import { button, make, nameOf } from "./elements.js";
import { countText } from "./texts.js";

const MANY = 20; // From more classes on one can search among them.
const MOST = 200; // Rows that are shown at once.

/**
 * @param column of words
 * @param colorOf the colour of a code, or null for none
 * @param changed called with the Set of chosen codes, or null for all
 * @returns `element`, and `clear()`, after which all are shown and `changed` has not been called
 */
export function makeClassList(column, colorOf, changed) {
  const counts = new Uint32Array(column.names.length + 1);
  for (const code of column.codes) counts[code]++;
  const codes = [...Array(column.names.length).keys()].map((place) => place + 1).concat(counts[0] ? [0] : []);
  const nameFor = (code) => (code ? column.names[code - 1] : "no label");
  const chosen = new Set();
  const list = make("ul");
  const all = button("Show all", () => choose(() => chosen.clear()), { className: "action", hidden: true });
  const rest = make("p", { className: "soft" });
  const search = make("input", { type: "search", placeholder: `Search ${countText(codes.length)} classes` });
  search.setAttribute("aria-label", `Search classes of ${column.name}`);
  search.addEventListener("input", () => fill());

  const choose = (act) => {
    act();
    if (chosen.size === codes.length) chosen.clear();
    changed(chosen.size ? new Set(chosen) : null);
    fill();
  };
  const row = (code) => {
    const children = [nameOf(nameFor(code)), make("span", { className: "count", textContent: countText(counts[code]) })];
    if (colorOf) {
      const swatch = make("span", { className: "swatch" });
      swatch.style.background = colorOf(code);
      children.unshift(swatch);
    }
    const isOn = chosen.has(code);
    const toggle = button("", () => choose(() => chosen.delete(code) || chosen.add(code)));
    toggle.append(...children);
    toggle.setAttribute("aria-pressed", String(isOn));
    return make("li", { className: chosen.size && !isOn ? "off" : "" }, [toggle]);
  };
  const fill = () => {
    const needle = search.value.trim().toLowerCase();
    const found = codes.filter((code) => !needle || nameFor(code).toLowerCase().includes(needle));
    const focused = [...list.children].indexOf(document.activeElement?.closest("li"));
    list.replaceChildren(...found.slice(0, MOST).map(row));
    list.children[focused]?.firstChild.focus();
    rest.textContent = found.length > MOST ? `and ${countText(found.length - MOST)} more: search for them` : "";
    if (!found.length) rest.textContent = "nothing found";
    all.hidden = !chosen.size;
  };
  fill();
  const head = codes.length > MANY ? [search, all] : [all];
  return {
    element: make("div", { className: "classes" }, [...head, list, rest]),
    clear() {
      chosen.clear();
      fill();
    },
  };
}
