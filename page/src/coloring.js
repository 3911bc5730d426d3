// How a column colours the points: a colour number each, the colours, and what the legend says of them.

// Viridis, by Stéfan van der Walt and Nathaniel Smith (CC0), at 17 equal steps.
const VIRIDIS =
  "440154 481567 482677 453781 404788 39568c 33638d 2d708e 287d8e 238a8d 1f968b 29af7f 3cbb75 73d055 95d840 b8de29 fde725";
const STEPS = 200;
const DARK_FROM = 0.22; // Its darkest part cannot be seen on a dark page.

function channels(hex) {
  return [0, 2, 4].map((place) => parseInt(hex.slice(place, place + 2), 16));
}

function ramp(dark) {
  const stops = VIRIDIS.split(" ").map(channels);
  return Array.from({ length: STEPS }, (_, step) => {
    const share = step / (STEPS - 1);
    const place = (dark ? DARK_FROM + share * (1 - DARK_FROM) : share) * (stops.length - 1);
    const low = Math.min(Math.floor(place), stops.length - 2);
    const mixed = stops[low].map((value, i) => value + (place - low) * (stops[low + 1][i] - value));
    return `#${mixed.map((value) => Math.round(value).toString(16).padStart(2, "0")).join("")}`;
  });
}

/**
 * @param column one of the map's, or null for one colour
 * @param chosen Set of the codes of classes that are shown alone, or null
 * @returns `numbers`, a colour number for each point; `colors`; of a column of words `colorOf(code)`
 */
export function coloringOf(map, column, dark, chosen = null) {
  const palette = dark ? map.darkPalette : map.palette;
  if (!column) return { numbers: new Uint8Array(map.size), colors: [palette[0]] };
  return column.names ? classColoring(map, column, palette, chosen) : numberColoring(map, column, dark);
}

/** The largest classes have a colour each, the others one together, unless they are among few chosen. */
function classColoring(map, column, palette, chosen) {
  const own = Math.min(column.names.length, palette.length);
  const other = own + 1;
  const number = new Uint8Array(column.names.length + 1).fill(other);
  for (let code = 0; code <= own; code++) number[code] = code;
  if (chosen) {
    const free = [...palette.keys()].map((place) => place + 1).filter((place) => !chosen.has(place));
    for (const code of chosen) if (code > own && free.length) number[code] = free.shift();
  }
  const colors = [map.unknown, ...palette.slice(0, own), map.other];
  const numbers = new Uint8Array(map.size);
  for (let i = 0; i < map.size; i++) numbers[i] = number[column.codes[i]];
  return { numbers, colors, colorOf: (code) => colors[number[code]] };
}

function numberColoring(map, column, dark) {
  const { low, high, log } = column.scale;
  const place = log ? Math.log : (value) => value;
  const from = place(low);
  const span = place(high) - from || 1;
  const numbers = new Uint8Array(map.size);
  for (let i = 0; i < map.size; i++) {
    const value = column.values[i];
    const share = Math.min(Math.max((place(Math.max(value, low)) - from) / span, 0), 1);
    numbers[i] = Number.isFinite(value) ? 1 + Math.round(share * (STEPS - 1)) : 0;
  }
  return { numbers, colors: [map.unknown, ...ramp(dark)] };
}

/** What a part of a column's scale stands for, from 0 to 1. */
export function valueAt({ low, high, log }, share) {
  return log ? low * (high / low) ** share : low + (high - low) * share;
}

/** Where a value stands on a column's scale, from 0 to 1 unless it lies beyond. */
export function shareOf({ low, high, log }, value) {
  return log ? Math.log(Math.max(value, low) / low) / Math.log(high / low) : (value - low) / (high - low);
}
