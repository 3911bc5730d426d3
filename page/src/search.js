// Search by id and by the words of all columns: as one types, from the keyboard or with the mouse.

import { byId, make, nameOf } from "./elements.js";
import { countText } from "./texts.js";

const MOST = 50;
const PAUSE = 120; // Milliseconds without a key before the search begins.

/** What is searched of points one by one: ids, and columns of which most points have a word of their own. */
function textsOf(map) {
  const names = map.columns.filter((column) => column.names && isOwn(map, column));
  return [
    { of: (point) => String(map.ids[point]), column: null },
    ...names.map((column) => ({
      of: (point) => (column.codes[point] ? column.names[column.codes[point] - 1] : ""),
      column,
    })),
  ];
}

const isOwn = (map, column) => column.names.length > map.size / 2;

/**
 * Points and classes whose text holds the words, equal ones first, then those that begin with them.
 *
 * @returns `text`, `column` (null for an id), and `point`, or `code` for all points of a class
 */
export function find(map, wanted) {
  const needle = wanted.trim().toLowerCase();
  const ranks = [[], [], []];
  if (!needle) return [];
  const add = (text, found) => {
    const place = text.toLowerCase().indexOf(needle);
    if (place < 0) return;
    const rank = place > 0 ? 2 : text.length === needle.length ? 0 : 1;
    if (ranks[rank].length < MOST) ranks[rank].push({ text, ...found });
  };
  for (const { of, column } of textsOf(map)) {
    for (let point = 0; point < map.size; point++) add(of(point), { point, column });
  }
  for (const column of map.columns.filter((one) => one.names && !isOwn(map, one))) {
    column.names.forEach((name, place) => add(name, { code: place + 1, column }));
  }
  return ranks.flat().slice(0, MOST);
}

/** Points of a class. */
export function pointsOf(column, code) {
  const points = [];
  for (let i = 0; i < column.codes.length; i++) if (column.codes[i] === code) points.push(i);
  return points;
}

function about(map, { column, point, code }) {
  if (!column) return null;
  return code ? `${column.name}: all ${countText(pointsOf(column, code).length)} points` : `${column.name}; id ${map.ids[point]}`;
}

/** `choose` is called with a point, `chooseMany` with all points of a class. */
export function makeSearch(map, choose, chooseMany) {
  const input = byId("search");
  const list = byId("results");
  let timer = 0;
  let current = -1;

  const close = () => {
    list.replaceChildren();
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    current = -1;
  };
  const pick = ({ point, column, code }) => {
    close();
    input.blur();
    if (code) chooseMany(pointsOf(column, code));
    else choose(point);
  };
  const mark = (next) => {
    const rows = list.querySelectorAll("[role=option]");
    if (!rows.length) return;
    rows[current]?.setAttribute("aria-selected", "false");
    current = (next + rows.length) % rows.length;
    rows[current].setAttribute("aria-selected", "true");
    rows[current].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", rows[current].id);
  };
  const search = () => {
    close();
    if (!input.value.trim()) return;
    const rows = find(map, input.value).map((one, place) => {
      const note = about(map, one);
      const text = [nameOf(one.text), ...(note ? [make("small", { textContent: note, title: note })] : [])];
      const row = make("li", { id: `result-${place}` }, text);
      row.setAttribute("role", "option");
      row.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        pick(one);
      });
      return row;
    });
    if (!rows.length) rows.push(make("li", { className: "none", textContent: "nothing found" }));
    list.replaceChildren(...rows);
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    mark(0);
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, PAUSE);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      mark(current + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter") {
      clearTimeout(timer);
      const found = find(map, input.value);
      if (found.length) pick(found[Math.max(current, 0)]);
    } else if (event.key === "Escape") {
      event.stopPropagation();
      input.value = "";
      close();
      input.blur();
    }
  });
  input.addEventListener("blur", () => setTimeout(close, 100));
}
