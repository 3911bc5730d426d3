// The map page: reads the map out of its own file, draws it, and answers to pointer and keys.

import { coloringOf } from "./coloring.js";
import { adjacentTo, nearness, neighborsOf, readMap } from "./data.js";
import { fillTooltip, showMany, showNothing, showPoint } from "./details.js";
import { aboutEdges, drawnEdges } from "./edges.js";
import { byId, make } from "./elements.js";
import { classMask, makeFilters, Masks } from "./filters.js";
import { saveImage } from "./image.js";
import { watchKeys } from "./keys.js";
import { fillLegend } from "./legend.js";
import { anchorsOf } from "./names.js";
import { drawOverlay } from "./overlay.js";
import { makePlot } from "./plot.js";
import { makeSearch } from "./search.js";
import { countText } from "./texts.js";

const FEW_EDGES = 2000; // So many are drawn from the start.
const LEGEND = "legend";
const SELECTION = "selection";

async function start() {
  const map = await readMap();
  const state = { theme: firstTheme(map), column: null, chosen: null, anchors: [], hovered: null, loop: null };
  Object.assign(state, { selected: [], neighbors: [], lasso: false, edges: (map.edges?.from.length || Infinity) <= FEW_EDGES });
  const masks = new Masks(map.size);
  let seen = masks.all();

  const paintOverlay = () => {
    const center = state.selected.length === 1 ? state.selected[0] : null;
    drawOverlay(byId("overlay"), plot, { ...state, center });
    const isKnown = state.hovered === null || state.hovered === center;
    fillTooltip(map, isKnown ? null : state.hovered, isKnown ? null : plot.place(state.hovered));
  };
  const hover = (point) => {
    if (point === state.hovered) return;
    state.hovered = state.lasso ? null : point;
    byId("points").style.cursor = point === null || state.lasso ? "" : "pointer";
    paintOverlay();
  };
  const plot = makePlot(map, byId("points"), {
    hover,
    tap: (point) => select(point === null ? [] : [point]),
    lasso(places, points) {
      state.loop = points ? null : places;
      if (points) select(points);
      else paintOverlay();
    },
    frame: paintOverlay,
  });

  const paint = () => plot.paint(state.coloring, seen, state.theme);
  const connect = () => plot.connect(state.edges ? drawnEdges(map.edges, seen) : []);
  const refilter = (name, mask) => {
    masks.set(name, mask);
    seen = masks.all();
    state.named = classesSeen(state.column, seen);
    sayFacts(map, seen);
    paint();
    if (map.edges) connect();
  };
  const select = (points) => {
    const [wereMany, areMany] = [state.selected.length > 1, points.length > 1];
    state.selected = points;
    state.neighbors = points.length === 1 ? connected(map, points[0]) : [];
    if (areMany) showMany(map, points, state.column, () => select([]));
    else if (points.length) showPoint(map, points[0], choose, () => select([]));
    else showNothing();
    announce(points.length === 1 ? `selected ${map.ids[points[0]]}` : `${countText(points.length)} points selected`);
    setLasso(false);
    if (wereMany || areMany) refilter(SELECTION, areMany ? maskOf(map, points) : null);
    paintOverlay();
  };
  const choose = (point) => {
    select([point]);
    plot.camera.flyTo(map.x[point], map.y[point], Math.min(nearness(map, point), plot.camera.reach));
  };
  const chooseMany = (points) => {
    select(points);
    flyAround(map, plot.camera, points);
  };
  const setLasso = (isOn) => {
    state.lasso = isOn;
    plot.setLasso(isOn);
    byId("lasso").setAttribute("aria-pressed", String(isOn));
  };
  const recolor = (column) => {
    state.coloring = coloringOf(map, column, state.theme === "dark", state.chosen);
    if (column !== state.column) state.anchors = anchorsOf(map, column);
    state.column = column;
  };
  const chooseClasses = (chosen) => {
    state.chosen = chosen;
    recolor(state.column);
    refilter(LEGEND, classMask(state.column, chosen));
  };
  const colorBy = (column) => {
    state.chosen = null;
    recolor(column);
    fillLegend(column, () => state.coloring, chooseClasses);
    refilter(LEGEND, null);
  };
  const setTheme = (theme) => {
    state.theme = theme;
    document.documentElement.dataset.theme = theme;
    colorBy(state.column);
  };
  const setEdges = (areOn) => {
    state.edges = areOn;
    byId("edges").setAttribute("aria-pressed", String(areOn));
    connect();
  };

  const acts = {
    whole: () => plot.camera.whole(),
    lasso: () => setLasso(!state.lasso),
    edges: () => map.edges && setEdges(!state.edges),
    image: () => saveView(map, plot, state),
    theme: () => setTheme(state.theme === "dark" ? "light" : "dark"),
    help: () => byId("keys").showModal(),
  };
  for (const [id, act] of Object.entries(acts)) byId(id).addEventListener("click", act);
  watchKeys(plot.camera, acts, () => (state.lasso ? setLasso(false) : select([])));
  byId("edges").hidden = !map.edges;
  byId("edges").setAttribute("aria-pressed", String(state.edges));
  byId("no-webgl").hidden = plot.hasWebgl;
  byId("hint").textContent = `${TOUCH ? "Tap" : "Click"} a point ${map.neighbors || map.edges ? "for its neighbours" : "to keep its facts"}.`;
  byId("title").textContent = map.title;
  byId("made").textContent = `Made with graphkit ${map.version}. Everything is in this file; nothing is sent.`;
  const first = map.columns.find((column) => column.name === map.color) || null;
  fillColumns(map, first, colorBy);
  makeFilters(map, (column, mask) => refilter(`column ${column.name}`, mask));
  makeSearch(map, choose, chooseMany);
  showNothing();
  state.column = undefined;
  document.documentElement.dataset.theme = state.theme;
  colorBy(first);
  document.body.dataset.state = "ready";
}

const TOUCH = window.matchMedia("(hover: none)").matches;

function firstTheme(map) {
  if (map.dark) return "dark";
  return window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** Points that lines go to from a chosen one: by all its edges if they are known. */
function connected(map, point) {
  return map.edges ? adjacentTo(map, point) : neighborsOf(map, point).map((one) => one.point);
}

/** 1 for each code of the column that some point which is seen has. */
function classesSeen(column, seen) {
  const found = new Uint8Array(column?.names ? column.names.length + 1 : 0);
  if (found.length) for (let i = 0; i < seen.length; i++) if (seen[i]) found[column.codes[i]] = 1;
  return found;
}

function maskOf(map, points) {
  const mask = new Uint8Array(map.size);
  for (const point of points) mask[point] = 1;
  return mask;
}

/** Look at all of some points. */
function flyAround(map, camera, points) {
  const [x, y] = [map.x, map.y].map((axis) => {
    let [low, high] = [Infinity, -Infinity];
    for (const point of points) [low, high] = [Math.min(low, axis[point]), Math.max(high, axis[point])];
    return { middle: (low + high) / 2, half: (high - low) / 2 };
  });
  const reach = Math.max(y.half, (x.half * camera.height) / camera.width, 0.02) * 1.15;
  camera.flyTo(x.middle, y.middle, reach);
}

function sayFacts(map, seen) {
  let shown = 0;
  for (const each of seen) shown += each;
  const parts = [`${countText(map.size)} points`];
  if (map.edges) parts.push(`${countText(map.edges.from.length)} edges`);
  if (shown < map.size) parts.push(`${countText(shown)} shown`);
  byId("facts").textContent = [`${parts.join(", ")}.`, map.note, map.edges ? aboutEdges(map.edges) : ""].filter(Boolean).join(" ");
}

function saveView(map, plot, { theme, column, coloring, anchors, chosen }) {
  const shown = anchors.filter(({ code }) => (chosen ? chosen.has(code) : code <= map.palette.length));
  plot.drawNow();
  saveImage({
    title: map.title,
    theme,
    canvases: [byId("points"), byId("overlay")],
    camera: plot.camera,
    classes: shown.map(({ code, name }) => ({ name, color: coloring.colorOf(code) })),
    column: column && !column.names ? column : null,
    colors: coloring.colors,
  });
}

function fillColumns(map, first, colorBy) {
  const options = [null, ...map.columns].map((column, place) =>
    make("option", { value: String(place - 1), textContent: column ? column.name : "one colour" }),
  );
  const select = byId("color");
  select.replaceChildren(...options);
  select.value = String(map.columns.indexOf(first));
  select.addEventListener("change", () => colorBy(map.columns[Number(select.value)] || null));
}

function announce(text) {
  byId("said").textContent = text;
}

start().catch((error) => {
  document.body.dataset.state = "failed";
  byId("failure").hidden = false;
  byId("failure").textContent = `The map cannot be shown: ${error.message}. It needs a browser of 2023 or newer.`;
  throw error;
});
