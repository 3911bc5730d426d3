// What the colours mean; a click on a class shows that class alone, further clicks add others.

import { numberText } from "./data.js";
import { byId, make } from "./elements.js";

/** Fill the legend; `show` is called with the Set of shown colour numbers, or null for all. */
export function fillLegend(coloring, show) {
  const legend = byId("legend");
  if (coloring.classes) legend.replaceChildren(classRows(coloring, show));
  else if (coloring.scale) legend.replaceChildren(scale(coloring));
  else legend.replaceChildren();
}

function classRows({ classes, colors }, show) {
  const chosen = new Set();
  const rows = classes.map(({ number, name, count }) => {
    const swatch = make("span", { className: "swatch" });
    swatch.style.background = colors[number];
    const button = make("button", { type: "button", title: name }, [
      swatch,
      make("span", { className: "name", textContent: name }),
      make("span", { className: "count", textContent: count.toLocaleString("en-US") }),
    ]);
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => {
      if (!chosen.delete(number)) chosen.add(number);
      if (chosen.size === classes.length) chosen.clear();
      rows.forEach((row, place) => {
        const isOn = chosen.has(classes[place].number);
        row.firstChild.setAttribute("aria-pressed", String(isOn));
        row.classList.toggle("off", chosen.size > 0 && !isOn);
      });
      show(chosen.size ? new Set(chosen) : null);
    });
    return make("li", {}, [button]);
  });
  return make("ul", {}, rows);
}

function scale({ colors, scale: { low, high, log } }) {
  const bar = make("div", { className: "bar" });
  bar.style.background = `linear-gradient(to right, ${colors.slice(1).filter((_, i) => i % 10 === 0).join(", ")})`;
  const middle = log ? Math.sqrt(low * high) : (low + high) / 2;
  const ticks = [low, middle, high].map((value) => make("span", { textContent: numberText(value) }));
  return make("div", {}, [bar, make("div", { className: "ticks" }, ticks)]);
}
