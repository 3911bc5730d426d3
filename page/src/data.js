// The map that stands in the page: deflated arrays in base64, each in an element of its own.

import { valueText } from "./texts.js";

const KINDS = {
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  float32: Float32Array,
  float64: Float64Array,
};
const FIRST_YEAR = 1000;
const LAST_YEAR = 2999;
const AROUND = 20; // Points of a map of even density that are seen around one, at least.

function bytesOf(base64) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(base64);
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

async function inflated(id) {
  const element = document.getElementById(id);
  const packed = bytesOf(element.textContent.trim());
  element.remove();
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).arrayBuffer();
}

async function load({ id, kind }) {
  const buffer = await inflated(id);
  return kind === "json" ? JSON.parse(new TextDecoder().decode(buffer)) : new KINDS[kind](buffer);
}

/**
 * @returns title, palette and the like as they were written; `ids`; `columns`, each of numbers (`values`;
 *   milliseconds where `time` is set) or of words (`codes` into `names`, 0 for none); and `views`, one map or two
 *   of the same points: `title`; `x`, `y` in [-1, 1], NaN for points that it has not; `rows` of those it has;
 *   `neighbors`: `rows` and maybe `distances`, `k` a point, or null; `edges`: `from` and `to`, or null.
 */
export async function readMap() {
  const map = await load({ id: "manifest", kind: "json" });
  const inner = map.views.flatMap((view) => [view, view.neighbors, view.edges].filter(Boolean));
  for (const part of [map, ...map.columns, ...inner]) {
    for (const [name, value] of Object.entries(part)) {
      if (value && value.id && value.kind) part[name] = await load(value);
    }
  }
  for (const column of map.columns) if (!column.names) Object.assign(column, kindOf(column.values));
  for (const view of map.views) {
    view.rows = rowsOf(view.x);
    if (view.edges) Object.assign(view.edges, unpackedEdges(view.edges));
  }
  return map;
}

function kindOf(values) {
  let [isWhole, isYears] = [true, true];
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    isWhole &&= value % 1 === 0;
    isYears &&= isWhole && value >= FIRST_YEAR && value <= LAST_YEAR;
  }
  return { isWhole, isYears };
}

function rowsOf(x) {
  const rows = new Uint32Array(x.length);
  let count = 0;
  for (let i = 0; i < x.length; i++) if (!Number.isNaN(x[i])) rows[count++] = i;
  return rows.subarray(0, count);
}

export const isOn = (view, point) => !Number.isNaN(view.x[point]);

/** Edges stand by their smaller end: how many each point has, and the gaps from one to the next. */
function unpackedEdges({ counts, gaps }) {
  const from = new Uint32Array(gaps.length);
  const to = new Uint32Array(gaps.length);
  let place = 0;
  for (let point = 0; point < counts.length; point++) {
    let other = point;
    for (const end = place + counts[point]; place < end; place++) {
      other += gaps[place];
      from[place] = point;
      to[place] = other;
    }
  }
  return { from, to };
}

/** What column says of a point, as text. */
export function valueOf(column, point) {
  if (column.names) return column.codes[point] ? column.names[column.codes[point] - 1] : "";
  return valueText(column, column.values[point]);
}

/** Rows of a point's neighbours, the nearest first, with their distances where they are known. */
export function neighborsOf(view, point) {
  if (!view.neighbors) return [];
  const { rows, distances, k } = view.neighbors;
  const found = [];
  for (let i = point * k; i < (point + 1) * k; i++) {
    if (rows[i] >= 0) found.push({ point: rows[i], distance: distances ? distances[i] : null });
  }
  return found;
}

/** Points at the other ends of a point's edges, as far as the page has them. */
export function adjacentTo(view, point) {
  const { from, to } = view.edges;
  const found = [];
  for (let i = 0; i < from.length; i++) {
    if (from[i] === point) found.push(to[i]);
    else if (to[i] === point) found.push(from[i]);
  }
  return found;
}

/** How near one must stand to a point to see most of its neighbours, and some points around it. */
export function nearness(view, point) {
  const lengths = neighborsOf(view, point)
    .map((one) => Math.hypot(view.x[one.point] - view.x[point], view.y[one.point] - view.y[point]))
    .sort((a, b) => a - b);
  const reach = lengths.length ? 2 * lengths[Math.floor(lengths.length / 2)] : Math.sqrt(300 / view.rows.length);
  return Math.min(Math.max(reach, Math.sqrt(AROUND / view.rows.length)), 1);
}
