// Which points are shown: each filter knows a mask, and a point that any of them leaves out fades.

import { makeClassList } from "./class-list.js";
import { button, byId, make, nameOf } from "./elements.js";
import { makeHistogram } from "./histogram.js";

/** Masks by name, each 1 for what is shown. */
export class Masks {
  #masks = new Map();
  #size;

  constructor(size) {
    this.#size = size;
  }

  /** Set the mask of a name; null takes it away. */
  set(name, mask) {
    if (mask) this.#masks.set(name, mask);
    else this.#masks.delete(name);
  }

  /** @returns 1 for each point that all masks show. */
  all() {
    const seen = new Uint8Array(this.#size).fill(1);
    for (const mask of this.#masks.values()) for (let i = 0; i < seen.length; i++) seen[i] &= mask[i];
    return seen;
  }
}

/** A mask of the points whose class is chosen; null for all. */
export function classMask(column, chosen) {
  if (!chosen) return null;
  const isChosen = Uint8Array.from({ length: column.names.length + 1 }, (_, code) => Number(chosen.has(code)));
  const mask = new Uint8Array(column.codes.length);
  for (let i = 0; i < mask.length; i++) mask[i] = isChosen[column.codes[i]];
  return mask;
}

/** Let the reader add a filter for any column; `changed(column, mask or null)` is called as it moves. */
export function makeFilters(map, changed) {
  const select = byId("filter");
  const isUseful = (column) => (column.names ? column.names.length > 0 : true);
  const columns = map.columns.filter(isUseful);
  byId("filtering").hidden = !columns.length;
  const options = columns.map((column, place) => make("option", { value: String(place), textContent: column.name }));
  select.replaceChildren(make("option", { value: "", textContent: "add a column …" }), ...options);
  select.addEventListener("change", () => {
    const option = select.selectedOptions[0];
    const column = columns[Number(select.value)];
    select.value = "";
    option.disabled = true;
    const added = card(column, () => (option.disabled = false));
    byId("filters").append(added);
    added.scrollIntoView({ block: "nearest" });
  });

  const card = (column, removed) => {
    const control = column.names
      ? makeClassList(column, null, (chosen) => changed(column, classMask(column, chosen)))
      : makeHistogram(column, (mask) => changed(column, mask));
    const remove = button("×", () => {
      control.stop?.();
      element.remove();
      removed();
      changed(column, null);
      select.focus();
    }, { title: `Remove the filter of ${column.name}`, className: "close" });
    const head = make("div", { className: "head-row" }, [nameOf(column.name), remove]);
    const element = make("section", { className: "filter" }, [head, control.element]);
    element.setAttribute("aria-label", `Filter: ${column.name}`);
    return element;
  };
}
