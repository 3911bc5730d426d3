// What is known of one point and its neighbours, or of many points at once: a card upon the map.

import { adjacentTo, isOn, neighborsOf, valueOf } from "./data.js";
import { button, byId, make, nameOf, save } from "./elements.js";
import { countText, middle, numberText } from "./texts.js";

const MOST_CLASSES = 6;
const MOST_NEIGHBORS = 200;
const LONGEST = 60;

function facts(map, point, most = Infinity) {
  const rows = map.columns.flatMap((column) => {
    const value = valueOf(column, point);
    const shown = value.length > most ? middle(value, most) : value;
    const cell = make("dd", { textContent: shown, title: value, dir: "auto" });
    return value === "" ? [] : [make("dt", { textContent: column.name, dir: "auto" }), cell];
  });
  return make("dl", {}, rows);
}

function heading(text) {
  return make("h2", { textContent: text, title: text, dir: "auto" });
}

function show(...children) {
  byId("details").hidden = !children.length;
  byId("details").replaceChildren(...children);
}

/** The small window beside the pointer. */
export function fillTooltip(map, point, place) {
  const tooltip = byId("tooltip");
  tooltip.hidden = point === null || !place;
  if (tooltip.hidden) return;
  const id = String(map.ids[point]);
  tooltip.replaceChildren(make("b", { textContent: middle(id, LONGEST), dir: "auto" }), facts(map, point, LONGEST));
  const { clientWidth: width, clientHeight: height } = tooltip.parentElement;
  const [x, y] = place;
  const left = x + 14 + tooltip.offsetWidth > width ? x - 14 - tooltip.offsetWidth : x + 14;
  tooltip.style.left = `${Math.max(left, 4)}px`;
  tooltip.style.top = `${Math.min(Math.max(y - 10, 4), Math.max(height - tooltip.offsetHeight - 4, 4))}px`;
}

/** Neighbours to list: the strongest or nearest, and then the others of the edges that are in the page. */
function listed(view, point) {
  const first = neighborsOf(view, point);
  if (!view.edges) return first;
  const known = new Set(first.map((one) => one.point));
  const others = adjacentTo(view, point).filter((other) => !known.has(other));
  return first.concat(others.map((other) => ({ point: other, distance: null })));
}

/** Show one point; `choose` is called with a neighbour that is clicked, `close` when that is all. */
export function showPoint(map, point, choose, close) {
  const neighbors = map.views.flatMap((view) => neighborList(map, view, point, choose));
  show(closer(close), heading(String(map.ids[point])), facts(map, point), ...neighbors);
}

/** A point's neighbours on one map, under a heading that names the map if it is one of two. */
function neighborList(map, view, point, choose) {
  const where = view.title ? `, ${view.title}` : "";
  if (!isOn(view, point)) return [make("h3", { textContent: `Not on ${view.title}`, dir: "auto" })];
  if (!(view.neighbors || view.edges)) return [];
  const neighbors = listed(view, point);
  const rows = neighbors.slice(0, MOST_NEIGHBORS).map((one) => {
    const row = button("", () => choose(one.point));
    const distance = one.distance === null ? "" : numberText(one.distance);
    row.append(nameOf(String(map.ids[one.point])), make("span", { className: "count", textContent: distance }));
    return make("li", {}, [row]);
  });
  const rest = neighbors.length - rows.length;
  if (rest > 0) rows.push(make("li", { className: "soft", textContent: `and ${countText(rest)} more` }));
  const title = `${neighbors.length ? "Neighbours" : "No neighbours"}${where}`;
  return [make("h3", { textContent: title, dir: "auto" }), make("ol", {}, rows)];
}

/** Show how many points are selected, and of which classes of `column`. */
export function showMany(map, points, column, close) {
  const children = [
    closer(close),
    heading(`${countText(points.length)} points selected`),
    make("p", {}, [button("Save their ids", () => saveIds(map, points), { className: "action" })]),
  ];
  if (column?.names) {
    const counts = new Map();
    for (const point of points) counts.set(column.codes[point], (counts.get(column.codes[point]) || 0) + 1);
    const rows = [...counts].sort((a, b) => b[1] - a[1]).slice(0, MOST_CLASSES);
    const lines = rows.flatMap(([code, count]) => [
      make("dt", {}, [nameOf(code ? column.names[code - 1] : "no label")]),
      make("dd", { textContent: countText(count) }),
    ]);
    if (counts.size > rows.length) lines.push(make("dt", { textContent: `and ${counts.size - rows.length} more` }));
    children.push(make("dl", { className: "counts" }, lines));
  }
  show(...children);
}

export const showNothing = () => show();

function closer(act) {
  return button("×", act, { className: "close", title: "Clear the selection (Esc)" });
}


function saveIds(map, points) {
  const text = points.map((point) => `${map.ids[point]}\n`).join("");
  save(new Blob([text], { type: "text/plain" }), "selected-ids.txt");
}
