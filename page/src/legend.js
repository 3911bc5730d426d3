// What the colours mean: classes beside the map, or a scale upon it, where it is always seen.

import { makeClassList } from "./class-list.js";
import { shareOf, valueAt } from "./coloring.js";
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

/**
 * What stands below a scale, `text` at each `share` of it: its ends, and between them what stands at its middle, or of whole numbers
 * the one that is nearest to it.
 */
export function ticksOf(column) {
  const { scale } = column;
  const [low, high] = [0, 1].map((share) => ({ share, text: roughText(column, valueAt(scale, share)) }));
  const value = column.isWhole && !column.time ? Math.round(valueAt(scale, 0.5)) : valueAt(scale, 0.5);
  const middle = { share: shareOf(scale, value), text: roughText(column, value) };
  return [low.text, high.text].includes(middle.text) ? [low, high] : [low, middle, high];
}

function scale(column, colors) {
  const bar = make("div", { className: "bar" });
  bar.style.background = `linear-gradient(to right, ${gradientOf(colors).join(", ")})`;
  const ticks = ticksOf(column).map(({ share, text }) => {
    const tick = make("span", { textContent: text });
    if (share > 0 && share < 1) tick.style.left = `${100 * share}%`;
    return tick;
  });
  return [nameOf(column.name), bar, make("div", { className: "ticks" }, ticks)];
}
