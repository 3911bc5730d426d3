// What the colours mean: classes beside the map, or a scale upon it, where it is always seen.

import { makeClassList } from "./class-list.js";
import { valueAt } from "./coloring.js";
import { byId, make, nameOf } from "./elements.js";
import { roughText } from "./texts.js";

/**
 * Fill the legend for a column, or null for one colour.
 *
 * @param coloring a function that gives the present colouring
 * @param chosen called with the Set of codes of the classes that are shown, or null for all
 */
export function fillLegend(column, coloring, chosen) {
  const isScale = column !== null && !column.names;
  byId("scale").hidden = !isScale;
  byId("scale").replaceChildren(...(isScale ? scale(column, coloring().colors) : []));
  const classes = column?.names ? makeClassList(column, (code) => coloring().colorOf(code), chosen) : null;
  byId("legend").replaceChildren(...(classes ? [classes.element] : []));
  return classes;
}

/** The colours of a scale, as a gradient of CSS. */
export function gradientOf(colors) {
  return colors.slice(1).filter((_, i, all) => i % 10 === 0 || i === all.length - 1);
}

/** What stands below a scale: at its beginning, its middle and its end. */
export function ticksOf(column) {
  const texts = [0, 0.5, 1].map((share) => roughText(column, valueAt(column.scale, share)));
  return texts[1] === texts[0] || texts[1] === texts[2] ? [texts[0], "", texts[2]] : texts;
}

function scale(column, colors) {
  const bar = make("div", { className: "bar" });
  bar.style.background = `linear-gradient(to right, ${gradientOf(colors).join(", ")})`;
  const ticks = ticksOf(column).map((textContent) => make("span", { textContent }));
  return [nameOf(column.name), bar, make("div", { className: "ticks" }, ticks)];
}
