// What is known of one point and its neighbours, or of many points at once.

import { neighborsOf, numberText, valueOf } from "./data.js";
import { byId, make } from "./elements.js";

const MOST_CLASSES = 6;

function facts(map, point) {
  const rows = map.columns.flatMap((column) => {
    const value = valueOf(column, point);
    return value === "" ? [] : [make("dt", { textContent: column.name }), make("dd", { textContent: value })];
  });
  return make("dl", {}, rows);
}

/** The small window beside the pointer. */
export function fillTooltip(map, point, place) {
  const tooltip = byId("tooltip");
  tooltip.hidden = point === null || !place;
  if (tooltip.hidden) return;
  tooltip.replaceChildren(make("b", { textContent: String(map.ids[point]) }), facts(map, point));
  const { clientWidth: width, clientHeight: height } = tooltip.parentElement;
  const [x, y] = place;
  tooltip.style.left = `${x + 14 + tooltip.offsetWidth > width ? x - 14 - tooltip.offsetWidth : x + 14}px`;
  tooltip.style.top = `${Math.min(Math.max(y - 10, 4), Math.max(height - tooltip.offsetHeight - 4, 4))}px`;
}

export function showPoint(map, point, choose) {
  const children = [make("h2", { textContent: String(map.ids[point]) }), facts(map, point)];
  const neighbors = neighborsOf(map, point);
  if (map.neighbors) {
    const rows = neighbors.map((one) => {
      const button = make("button", { type: "button" }, [
        make("span", { className: "name", textContent: String(map.ids[one.point]) }),
        make("span", {
          className: "count",
          textContent: one.distance === null ? "" : numberText(one.distance),
        }),
      ]);
      button.addEventListener("click", () => choose(one.point));
      return make("li", {}, [button]);
    });
    const title = neighbors.length ? "Neighbours" : "No neighbours";
    children.push(make("h3", { textContent: title }), make("ol", {}, rows));
  }
  byId("details").replaceChildren(...children);
}

export function showMany(map, points, coloring, save, clear) {
  const button = (text, act) => {
    const element = make("button", { type: "button", className: "action", textContent: text });
    element.addEventListener("click", act);
    return element;
  };
  const children = [
    make("h2", { textContent: `${points.length.toLocaleString("en-US")} points selected` }),
    make("p", {}, [button("Save their ids", save), button("Clear", clear)]),
  ];
  if (coloring.classes) {
    const counts = new Map();
    for (const point of points) {
      counts.set(coloring.numbers[point], (counts.get(coloring.numbers[point]) || 0) + 1);
    }
    const names = new Map(coloring.classes.map((one) => [one.number, one.name]));
    const rows = [...counts].sort((a, b) => b[1] - a[1]).slice(0, MOST_CLASSES);
    const lines = rows.flatMap(([number, count]) => [
      make("dt", { textContent: names.get(number) }),
      make("dd", { textContent: count.toLocaleString("en-US") }),
    ]);
    children.push(make("dl", {}, lines));
  }
  byId("details").replaceChildren(...children);
}

export function showNothing(map) {
  const hint = map.neighbors ? "Click a point for its neighbours." : "Click a point to keep its facts here.";
  byId("details").replaceChildren(make("p", { className: "hint", textContent: hint }));
}

/** Let the browser save the ids, a line each. */
export function saveIds(map, points) {
  const text = points.map((point) => `${map.ids[point]}\n`).join("");
  const link = make("a", {
    href: URL.createObjectURL(new Blob([text], { type: "text/plain" })),
    download: "selected-ids.txt",
  });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
