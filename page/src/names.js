// Where the names of classes stand: each has one point, where its points are many and most of all.

const CELLS = 32;
const SAMPLE = 200;

/**
 * @returns for each class of the column, the largest first, its `code`, `name`, `count`, a `point` to stand at,
 *   and `reach`: about half of its points lie no farther from there
 */
export function anchorsOf(view, column) {
  if (!column?.names) return [];
  const pointsOf = byClass(column.codes, view.rows, column.names.length + 1);
  const cells = new Uint16Array(view.x.length);
  const all = new Uint32Array(CELLS * CELLS);
  for (const row of view.rows) all[(cells[row] = cellOf(view.x[row], view.y[row]))]++;
  const own = new Uint32Array(CELLS * CELLS);
  return column.names.flatMap((name, place) => {
    const points = pointsOf(place + 1);
    if (!points.length) return [];
    const cell = bestCell(points, cells, own, all);
    const point = nearestOf(view, points.filter((one) => cells[one] === cell), ...middleOf(cell));
    return [{ code: place + 1, name, count: points.length, point, reach: reachOf(view, points, point) }];
  });
}

function cellOf(x, y) {
  return sliceOf(y) * CELLS + sliceOf(x);
}

const sliceOf = (value) => Math.min(Math.floor(((value + 1) / 2) * CELLS), CELLS - 1);

function middleOf(cell) {
  return [cell % CELLS, Math.floor(cell / CELLS)].map((value) => ((value + 0.5) / CELLS) * 2 - 1);
}

/** A function from a code to those of some rows that have it. */
function byClass(codes, among, numCodes) {
  const starts = new Uint32Array(numCodes + 1);
  for (const row of among) starts[codes[row] + 1]++;
  for (let code = 0; code < numCodes; code++) starts[code + 1] += starts[code];
  const next = starts.slice();
  const rows = new Uint32Array(among.length);
  for (const row of among) rows[next[codes[row]]++] = row;
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

function nearestOf(view, points, x, y) {
  let [found, best] = [points[0], Infinity];
  for (const point of points) {
    const distance = (view.x[point] - x) ** 2 + (view.y[point] - y) ** 2;
    if (distance < best) [found, best] = [point, distance];
  }
  return found;
}

function reachOf(view, points, center) {
  const step = Math.max(Math.floor(points.length / SAMPLE), 1);
  const distances = [];
  for (let i = 0; i < points.length; i += step) {
    distances.push(Math.hypot(view.x[points[i]] - view.x[center], view.y[points[i]] - view.y[center]));
  }
  return distances.sort((a, b) => a - b)[Math.floor(distances.length / 2)];
}
