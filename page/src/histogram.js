// A column of numbers as bars with a range that is shown alone, and that moves over them when it is played.

import { shareOf, valueAt } from "./coloring.js";
import { button, make } from "./elements.js";
import { roughText } from "./texts.js";

const BINS = 64;
const MISSING = 255;
const STEP = 140; // Milliseconds that a range stands still while it is played.
const PLAYED = 8; // One such part of the whole is the range that is played if all was shown.

/** In which bar each point stands, and what the ends of bars stand for. */
function binsOf(column) {
  const { scale, values } = column;
  let [least, most, isWhole] = [Infinity, -Infinity, true];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    least = Math.min(least, value);
    most = Math.max(most, value);
    isWhole &&= value % 1 === 0;
  }
  const isEach = isWhole && !scale.log && !column.time && most - least < BINS;
  const number = isEach ? most - least + 1 : BINS;
  const bins = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const place = isEach ? values[i] - least : Math.floor(shareOf(scale, values[i]) * number);
    bins[i] = Number.isFinite(values[i]) ? Math.min(Math.max(place, 0), number - 1) : MISSING;
  }
  const round = (value, by) => (isWhole && !column.time ? by(value) : value);
  return {
    bins,
    number,
    low: (bar) => (isEach ? least + bar : bar ? round(valueAt(scale, bar / number), Math.ceil) : least),
    high: (bar) => (isEach ? least + bar - 1 : bar < number ? round(valueAt(scale, bar / number), Math.floor) : most),
  };
}

/**
 * @param changed called with a mask of the points in the range, or null for all
 * @returns `element`, and `stop()` for when it is taken away
 */
export function makeHistogram(column, changed) {
  const { bins, number, low, high } = binsOf(column);
  const counts = new Uint32Array(256);
  for (const bin of bins) counts[bin]++;
  const highest = Math.max(...counts.subarray(0, number), 1);
  const bars = Array.from({ length: number }, (_, bar) => {
    const element = make("i");
    // Square roots: bars of a few points are seen beside those of many.
    element.style.height = `${counts[bar] ? Math.max(100 * Math.sqrt(counts[bar] / highest), 4) : 0}%`;
    return element;
  });
  const [from, to] = ["from", "to"].map((word) => {
    const input = make("input", { type: "range", min: 0, max: number, step: 1 });
    input.setAttribute("aria-label", `${column.name} ${word}`);
    return input;
  });
  const said = make("output", { className: "soft" });
  const play = button("Play", () => (timer ? stop() : start()), { className: "action" });
  const range = { from: 0, to: number };
  let timer = 0;

  const set = (first, last) => {
    Object.assign(range, { from: first, to: last });
    [from.value, to.value] = [first, last];
    bars.forEach((bar, place) => bar.classList.toggle("off", place < first || place >= last));
    const [least, most] = [low(first), Math.max(high(last), low(first))].map((value) => roughText(column, value));
    said.textContent = least === most ? least : `${least} – ${most}`;
    [from, to].forEach((input, end) => input.setAttribute("aria-valuetext", end ? most : least));
    if (first === 0 && last === number) return changed(null);
    const mask = new Uint8Array(bins.length);
    for (let i = 0; i < bins.length; i++) mask[i] = bins[i] >= first && bins[i] < last ? 1 : 0;
    changed(mask);
  };
  const stop = () => {
    clearInterval(timer);
    timer = 0;
    play.textContent = "Play";
  };
  const start = () => {
    const width = range.to - range.from < number ? range.to - range.from : Math.max(Math.ceil(number / PLAYED), 1);
    if (range.to === number) set(0, width);
    play.textContent = "Stop";
    timer = setInterval(() => (range.to < number ? set(range.from + 1, range.to + 1) : stop()), STEP);
  };
  from.addEventListener("input", () => {
    const first = Math.min(from.valueAsNumber, number - 1);
    set(first, Math.max(range.to, first + 1));
  });
  to.addEventListener("input", () => {
    const last = Math.max(to.valueAsNumber, 1);
    set(Math.min(range.from, last - 1), last);
  });
  [from.value, to.value] = [0, number];
  said.textContent = `${roughText(column, low(0))} – ${roughText(column, high(number))}`;
  const frame = make("div", { className: "histogram" }, [make("div", { className: "bars" }, bars), from, to]);
  const foot = make("div", { className: "foot" }, number > 1 ? [said, play] : [said]);
  return { element: make("div", {}, [frame, foot]), stop };
}
