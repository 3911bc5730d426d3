// What stands above the points: names of classes, and lines from a chosen point to its neighbours.

const CELLS = 32;
const INK = { light: ["#1a1a1a", "#ffffff"], dark: ["#f0f0f0", "#14161a"] };
const ROOM = 18; // Pixels between the lines of two names.
const LONGEST = 32;
const FEW = 50; // So few points would be hidden by the name of their class: it stands above them.
const RAISED = 13;

/** For each class with a colour of its own, a point where its points are many and most of all. */
export function placesOfClasses(map, coloring) {
  if (!coloring.classes) return [];
  const named = coloring.classes.filter((one) => one.own);
  const cells = new Map(named.map(({ number }) => [number, new Uint32Array(CELLS * CELLS)]));
  const cellOf = (point) => {
    const column = Math.min(Math.floor(((map.x[point] + 1) / 2) * CELLS), CELLS - 1);
    return Math.min(Math.floor(((map.y[point] + 1) / 2) * CELLS), CELLS - 1) * CELLS + column;
  };
  const all = new Uint32Array(CELLS * CELLS);
  for (let i = 0; i < map.size; i++) {
    const cell = cellOf(i);
    const counts = cells.get(coloring.numbers[i]);
    if (counts) counts[cell]++;
    all[cell]++;
  }
  const own = new Map(
    [...cells].map(([number, counts]) => {
      const worth = Array.from(counts, (count, cell) => count && (count * count) / all[cell]);
      return [number, worth.indexOf(Math.max(...worth))];
    }),
  );
  const best = new Map();
  for (let i = 0; i < map.size; i++) {
    const cell = own.get(coloring.numbers[i]);
    if (cell === undefined || cellOf(i) !== cell) continue;
    const dx = map.x[i] - (((cell % CELLS) + 0.5) / CELLS) * 2 + 1;
    const dy = map.y[i] - ((Math.floor(cell / CELLS) + 0.5) / CELLS) * 2 + 1;
    const distance = dx * dx + dy * dy;
    const held = best.get(coloring.numbers[i]);
    if (!held || distance < held.distance) best.set(coloring.numbers[i], { point: i, distance });
  }
  return named.map(({ number, name, count }) => ({ number, name, count, point: best.get(number).point }));
}

/** Draw names (of the classes in `shown`, or all) and lines onto the canvas. */
export function drawOverlay(canvas, plot, theme, { names, shown, center, neighbors }) {
  const { clientWidth: width, clientHeight: height } = canvas.parentElement;
  const scale = window.devicePixelRatio || 1;
  canvas.width = width * scale;
  canvas.height = height * scale;
  const pen = canvas.getContext("2d");
  pen.scale(scale, scale);
  const [ink, paper] = INK[theme];
  if (center !== null) drawLines(pen, plot, ink, center, neighbors);
  pen.font = "600 12px system-ui, sans-serif";
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.lineJoin = "round";
  pen.lineWidth = 4;
  pen.strokeStyle = paper;
  pen.fillStyle = ink;
  const taken = [];
  for (const { number, name, count, point } of names) {
    const place = plot.place(point);
    if (!place || (shown && !shown.has(number))) continue;
    const text = name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name;
    const [x, y] = [place[0], place[1] - (count < FEW ? RAISED : 0)];
    const half = pen.measureText(text).width / 2 + 4;
    const isFree = taken.every((one) => Math.abs(one.y - y) > ROOM || Math.abs(one.x - x) > one.half + half);
    if (!isFree || x < 0 || x > width || y < 0 || y > height) continue;
    taken.push({ x, y, half });
    pen.strokeText(text, x, y);
    pen.fillText(text, x, y);
  }
}

function drawLines(pen, plot, ink, center, neighbors) {
  const from = plot.place(center);
  if (!from) return;
  pen.strokeStyle = ink;
  pen.globalAlpha = 0.6;
  pen.lineWidth = 1;
  for (const point of neighbors) {
    const to = plot.place(point);
    if (!to) continue;
    pen.beginPath();
    pen.moveTo(...from);
    pen.lineTo(...to);
    pen.stroke();
    pen.beginPath();
    pen.arc(...to, 4, 0, 2 * Math.PI);
    pen.stroke();
  }
  pen.globalAlpha = 1;
  pen.lineWidth = 2;
  pen.beginPath();
  pen.arc(...from, 7, 0, 2 * Math.PI);
  pen.stroke();
}
