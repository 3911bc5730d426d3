// Which points stand near a place, or within a loop: points in the order of the cells of a grid.

const FEW = 4; // Points of a cell, on the mean.
const MOST_CELLS = 1024; // On a side.

export function makeGrid({ x, y, rows }) {
  const side = Math.min(Math.max(Math.ceil(Math.sqrt(rows.length / FEW)), 1), MOST_CELLS);
  const cell = (value) => Math.min(Math.max(Math.floor(((value + 1) / 2) * side), 0), side - 1);
  const starts = new Uint32Array(side * side + 1);
  const cells = new Uint32Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    cells[i] = cell(y[rows[i]]) * side + cell(x[rows[i]]);
    starts[cells[i] + 1]++;
  }
  for (let i = 0; i < side * side; i++) starts[i + 1] += starts[i];
  const next = starts.slice();
  const order = new Uint32Array(rows.length);
  for (let i = 0; i < rows.length; i++) order[next[cells[i]]++] = rows[i];

  const visit = (left, bottom, right, top, act) => {
    for (let row = cell(bottom); row <= cell(top); row++) {
      const end = starts[row * side + cell(right) + 1];
      for (let place = starts[row * side + cell(left)]; place < end; place++) act(order[place]);
    }
  };

  return {
    /** The nearest point that is seen, no farther than `reach`, or null. */
    nearest(atX, atY, reach, seen) {
      let [found, best] = [null, reach * reach];
      visit(atX - reach, atY - reach, atX + reach, atY + reach, (point) => {
        if (!seen[point]) return;
        const distance = (x[point] - atX) ** 2 + (y[point] - atY) ** 2;
        if (distance <= best) [found, best] = [point, distance];
      });
      return found;
    },
    /** Points that are seen in a box, if there are no more than `most`; otherwise none. */
    within(left, bottom, right, top, seen, most) {
      const found = [];
      const cells = { left: cell(left), right: cell(right) };
      for (let row = cell(bottom); row <= cell(top); row++) {
        const end = starts[row * side + cells.right + 1];
        for (let place = starts[row * side + cells.left]; place < end; place++) {
          const point = order[place];
          if (!seen[point] || x[point] < left || x[point] > right || y[point] < bottom || y[point] > top) continue;
          if (found.push(point) > most) return [];
        }
      }
      return found.sort((a, b) => a - b);
    },
    /** Points that are seen inside a loop of places [x, y]. */
    inside(loop, seen) {
      const [across, up] = [loop.map((place) => place[0]), loop.map((place) => place[1])];
      const found = [];
      visit(Math.min(...across), Math.min(...up), Math.max(...across), Math.max(...up), (point) => {
        if (seen[point] && isInside(loop, x[point], y[point])) found.push(point);
      });
      return found.sort((a, b) => a - b);
    },
  };
}

function isInside(loop, x, y) {
  let isIn = false;
  loop.forEach(([ax, ay], place) => {
    const [bx, by] = loop.at(place - 1);
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) isIn = !isIn;
  });
  return isIn;
}
