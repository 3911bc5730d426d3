// Where the names of classes stand: each has one point, where its points are many and most of all.

const CELLS = 32;
const SAMPLE = 200;

/**
 * @returns for each class of the column, the largest first, its `code`, `name`, `count`, a `point` to stand at,
 *   and `reach`: about half of its points lie no farther from there
 */
export function anchorsOf(map, column) {
  if (!column?.names) return [];
  const rows = byClass(column.codes, column.names.length + 1);
  const cells = Uint16Array.from({ length: map.size }, (_, i) => cellOf(map.x[i], map.y[i]));
  const all = new Uint32Array(CELLS * CELLS);
  for (const cell of cells) all[cell]++;
  const own = new Uint32Array(CELLS * CELLS);
  return column.names.map((name, place) => {
    const points = rows(place + 1);
    const cell = bestCell(points, cells, own, all);
    const point = nearestOf(map, points.filter((one) => cells[one] === cell), ...middleOf(cell));
    return { code: place + 1, name, count: points.length, point, reach: reachOf(map, points, point) };
  });
}

function cellOf(x, y) {
  const [column, row] = [x, y].map((value) => Math.min(Math.floor(((value + 1) / 2) * CELLS), CELLS - 1));
  return row * CELLS + column;
}

function middleOf(cell) {
  return [cell % CELLS, Math.floor(cell / CELLS)].map((value) => ((value + 0.5) / CELLS) * 2 - 1);
}

/** A function from a code to the rows that have it. */
function byClass(codes, numCodes) {
  const starts = new Uint32Array(numCodes + 1);
  for (const code of codes) starts[code + 1]++;
  for (let code = 0; code < numCodes; code++) starts[code + 1] += starts[code];
  const next = starts.slice();
  const rows = new Uint32Array(codes.length);
  for (let i = 0; i < codes.length; i++) rows[next[codes[i]]++] = i;
  return (code) => rows.subarray(starts[code], starts[code + 1]);
}

function bestCell(points, cells, own, all) {
  for (const point of points) own[cells[point]]++;
  let [best, most] = [0, -1];
  for (const point of points) {
    const cell = cells[point];
    const worth = own[cell] ** 2 / all[cell];
    if (worth > most) [best, most] = [cell, worth];
  }
  for (const point of points) own[cells[point]] = 0;
  return best;
}

function nearestOf(map, points, x, y) {
  let [found, best] = [points[0], Infinity];
  for (const point of points) {
    const distance = (map.x[point] - x) ** 2 + (map.y[point] - y) ** 2;
    if (distance < best) [found, best] = [point, distance];
  }
  return found;
}

function reachOf(map, points, center) {
  const step = Math.max(Math.floor(points.length / SAMPLE), 1);
  const distances = [];
  for (let i = 0; i < points.length; i += step) {
    distances.push(Math.hypot(map.x[points[i]] - map.x[center], map.y[points[i]] - map.y[center]));
  }
  return distances.sort((a, b) => a - b)[Math.floor(distances.length / 2)];
}
