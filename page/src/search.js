// Search by id, and by the columns that are names: as one types, from the keyboard or with the mouse.

import { byId, make } from "./elements.js";

const MOST = 50;
const PAUSE = 120; // Milliseconds without a key before the search begins.

/** What is searched: the ids, and columns of words of which most points have one of their own. */
function texts(map) {
  const names = map.columns.filter((column) => column.names && column.names.length > map.size / 2);
  return [
    { of: (point) => String(map.ids[point]), name: null },
    ...names.map((column) => ({
      of: (point) => (column.codes[point] ? column.names[column.codes[point] - 1] : ""),
      name: column.name,
    })),
  ];
}

/** Points whose text holds the words, equal ones first, then those that begin with them. */
export function find(map, wanted) {
  const needle = wanted.trim().toLowerCase();
  const ranks = [[], [], []];
  if (!needle) return [];
  for (const { of, name } of texts(map)) {
    for (let i = 0; i < map.size; i++) {
      const text = of(i);
      const place = text.toLowerCase().indexOf(needle);
      if (place < 0) continue;
      const rank = place > 0 ? 2 : text.length === needle.length ? 0 : 1;
      if (ranks[rank].length < MOST) ranks[rank].push({ point: i, text, name });
    }
  }
  return ranks.flat().slice(0, MOST);
}

export function makeSearch(map, choose) {
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
  const pick = ({ point }) => {
    close();
    input.blur();
    choose(point);
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
    const found = find(map, input.value);
    const rows = found.map((one, place) => {
      const text = [make("span", { textContent: one.text })];
      if (one.name) text.push(make("small", { textContent: `${one.name}; id ${map.ids[one.point]}` }));
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
