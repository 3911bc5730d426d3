// Numbers, dates and long names as people read them.

const DAY = 86_400_000;
const segmenter = globalThis.Intl?.Segmenter ? new Intl.Segmenter() : null;

/** What is one letter to the eye: a family of emoji is one, a surrogate alone none. */
function letters(text) {
  return segmenter ? Array.from(segmenter.segment(text), (part) => part.segment) : Array.from(text);
}

/** A text's first and last letters, or all of it first and nothing last where it is short. */
export function ends(text, most, last = 10) {
  if (text.length <= most) return [text, ""];
  // Beginning and end alone are cut into letters: a name may have ten thousand.
  const head = letters(text.slice(0, 8 * most));
  if (head.length <= most && text.length <= 8 * most) return [text, ""];
  return [head.slice(0, most - last).join(""), letters(text.slice(-8 * last)).slice(-last).join("")];
}

/** A text that is cut in its middle if it has more than so many letters: addresses differ in their ends. */
export function middle(text, most) {
  const [head, tail] = ends(text, most - 1, Math.floor(most / 3));
  return tail ? `${head}…${tail}` : head;
}

export const countText = (count) => count.toLocaleString("en-US");

export function numberText(value) {
  if (Number.isNaN(value)) return "";
  return value.toLocaleString("en-US", { maximumSignificantDigits: Number.isInteger(value) ? 21 : 5 });
}

/** A moment in milliseconds since 1970, by the day if it is midnight. */
export function dateText(time) {
  if (!Number.isFinite(time)) return "";
  const text = new Date(time).toISOString();
  return time % DAY === 0 ? text.slice(0, text.indexOf("T")) : text.slice(0, text.lastIndexOf(":")).replace("T", " ");
}

/** A number of a column: a date, a year without a comma, or a number. */
export function valueText(column, value) {
  if (column.time) return dateText(value);
  return column.isYears && Number.isFinite(value) ? String(value) : numberText(value);
}

/** The same, where a few digits do. */
export function roughText(column, value) {
  if (column.time) return dateText(Math.round(value / DAY) * DAY);
  if (column.isYears) return String(Math.round(value));
  return numberText(Number(value.toPrecision(3)));
}
