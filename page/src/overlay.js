// What stands above the points: names of classes, lines from a chosen point to its neighbours, the lasso.

import { INK, PAPER } from "./colors.js";
import { middle } from "./texts.js";

const LINE = 18; // Pixels between the lines of two names.
const LONGEST = 28;
const EDGE = 4; // Pixels between a name and the edge of the window.
const FEW = 50; // So few points would be hidden by the name of their class: it stands above them.
const RAISED = 13;
const ALWAYS = 20; // So many of the largest classes are named wherever there is room,
const WIDE = 22; // the others once half of their points spread over so many pixels.
const MOST_NAMES = 60;
const FEW_IDS = 80; // Of so few points in the window the ids are written,
const BELOW = 8; // so many pixels below them.
const LONGEST_ID = 24;
const MOST_LINES = 3000;

/**
 * @param canvas above the map, sized here; @param ids of the points
 * @param scene `theme`; `anchors` of classes, of which those of `named` codes are; `chosen`, a Set of codes, or null; `center`, a point or
 *   null, with its `neighbors`; `hovered`, a point or null; `loop`, places of a lasso, or null; `elsewhere`, where the point that is
 *   hovered or chosen stands on the other map, in pixels, or null; `degree` of each point, or null
 */
export function drawOverlay(canvas, plot, ids, scene) {
  const { clientWidth: width, clientHeight: height } = canvas.parentElement;
  const ratio = window.devicePixelRatio || 1;
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  const pen = canvas.getContext("2d");
  pen.scale(ratio, ratio);
  const ink = INK[scene.theme];
  if (scene.elsewhere) drawElsewhere(pen, plot, ink, scene);
  if (scene.center !== null) drawLines(pen, plot, ink, scene);
  if (scene.hovered !== null) ring(pen, plot, ink, scene.hovered, 2);
  if (scene.loop) drawLoop(pen, ink, scene.loop);
  Object.assign(pen, { textAlign: "center", textBaseline: "middle", lineJoin: "round" });
  Object.assign(pen, { strokeStyle: PAPER[scene.theme], fillStyle: ink });
  const taken = drawNames(pen, plot, scene, width, height);
  drawIds(pen, plot, ids, scene, taken, width, height);
}

/** Names of classes; returns where they stand. */
function drawNames(pen, plot, { anchors, named, chosen }, width, height) {
  Object.assign(pen, { font: "600 12px system-ui, sans-serif", lineWidth: 4 });
  const taken = [];
  for (const [rank, { code, name, count, point, reach }] of anchors.entries()) {
    if (taken.length === MOST_NAMES) break;
    if (!named[code]) continue;
    if (!chosen && rank >= ALWAYS && reach * plot.scale() < WIDE) continue;
    const place = plot.place(point);
    if (place[0] < 0 || place[0] > width || place[1] < 0 || place[1] > height) continue;
    const text = middle(name, LONGEST);
    const half = pen.measureText(text).width / 2 + EDGE;
    const x = half > width / 2 ? width / 2 : Math.min(Math.max(place[0], half), width - half);
    const y = Math.min(Math.max(place[1] - (count < FEW ? RAISED : 0), LINE / 2), height - LINE / 2);
    if (isTaken(taken, x, y, half)) continue;
    taken.push({ x, y, half });
    pen.strokeText(text, x, y);
    pen.fillText(text, x, y);
  }
  return taken;
}

const isTaken = (taken, x, y, half) =>
  taken.some((one) => Math.abs(one.y - y) <= LINE && Math.abs(one.x - x) <= one.half + half);

/**
 * Ids of points, where few are in the window and there is room below one: those of the chosen one and its neighbours first, then those
 * of most edges.
 */
function drawIds(pen, plot, ids, { center, neighbors, degree }, taken, width, height) {
  Object.assign(pen, { font: "11px system-ui, sans-serif", lineWidth: 3 });
  const points = plot.inWindow(FEW_IDS);
  if (degree) points.sort((a, b) => degree[b] - degree[a]);
  const first = new Set([...(center === null ? [] : [center]), ...neighbors].filter((point) => points.includes(point)));
  for (const point of new Set([...first, ...points])) {
    const [x, top] = plot.place(point);
    const y = top + plot.size() / 2 + BELOW;
    const text = middle(String(ids[point]), LONGEST_ID);
    const half = pen.measureText(text).width / 2 + 1;
    const isInside = x - half > 0 && x + half < width && y + LINE / 2 < height;
    if (!isInside || isTaken(taken, x, y, half)) continue;
    taken.push({ x, y, half });
    pen.strokeText(text, x, y);
    pen.fillText(text, x, y);
  }
}

function drawLines(pen, plot, ink, { center, neighbors }) {
  const from = plot.place(center);
  Object.assign(pen, { strokeStyle: ink, lineWidth: 1, globalAlpha: neighbors.length > 60 ? 0.3 : 0.6 });
  pen.beginPath();
  for (const point of neighbors.slice(0, MOST_LINES)) {
    const to = plot.place(point);
    pen.moveTo(...from);
    pen.lineTo(...to);
    pen.moveTo(to[0] + plot.size() / 2 + 1, to[1]);
    pen.arc(...to, plot.size() / 2 + 1, 0, 2 * Math.PI);
  }
  pen.stroke();
  pen.globalAlpha = 1;
  ring(pen, plot, ink, center, 4);
}

/** From where the point stands on the other map to where it does on this one. */
function drawElsewhere(pen, plot, ink, { elsewhere, hovered, center }) {
  const here = plot.place(hovered ?? center);
  const radius = plot.size() / 2 + 2;
  if (Math.hypot(here[0] - elsewhere[0], here[1] - elsewhere[1]) < 2 * radius) return;
  Object.assign(pen, { strokeStyle: ink, lineWidth: 1.5, globalAlpha: 0.8 });
  pen.setLineDash([4, 4]);
  pen.beginPath();
  pen.moveTo(...elsewhere);
  pen.lineTo(...here);
  pen.moveTo(elsewhere[0] + radius, elsewhere[1]);
  pen.arc(...elsewhere, radius, 0, 2 * Math.PI);
  pen.stroke();
  pen.setLineDash([]);
  pen.globalAlpha = 1;
}

function ring(pen, plot, ink, point, away) {
  Object.assign(pen, { strokeStyle: ink, lineWidth: 2 });
  pen.beginPath();
  pen.arc(...plot.place(point), plot.size() / 2 + away, 0, 2 * Math.PI);
  pen.stroke();
}

function drawLoop(pen, ink, loop) {
  Object.assign(pen, { strokeStyle: ink, fillStyle: ink, lineWidth: 1.5 });
  pen.beginPath();
  for (const place of loop) pen.lineTo(...place);
  pen.closePath();
  pen.stroke();
  pen.globalAlpha = 0.12;
  pen.fill();
  pen.globalAlpha = 1;
}
