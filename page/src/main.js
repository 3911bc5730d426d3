// The map page: reads the map out of its own file, draws it, and answers to pointer and keys.

import { makeCamera } from "./camera.js";
import { coloringOf } from "./coloring.js";
import { isOn, nearness, readMap } from "./data.js";
import { fillTooltip, showMany, showNothing, showPoint } from "./details.js";
import { aboutEdges } from "./edges.js";
import { byId, make } from "./elements.js";
import { classMask, makeFilters, Masks } from "./filters.js";
import { saveImage } from "./image.js";
import { watchKeys } from "./keys.js";
import { fillLegend } from "./legend.js";
import { makePanel } from "./panel.js";
import { makeSearch } from "./search.js";
import { countText } from "./texts.js";

const FEW_EDGES = 2000; // So many are drawn from the start.
const LEGEND = "legend";
const SELECTION = "selection";

async function start() {
  const map = await readMap();
  const state = { theme: firstTheme(map), column: null, chosen: null, named: [], hovered: null, center: null };
  const hasEdges = map.views.some((view) => view.edges);
  Object.assign(state, { selected: [], lasso: false, edges: hasEdges && map.views.every((view) => (view.edges?.from.length || 0) <= FEW_EDGES) });
  const masks = new Masks(map.size);
  let seen = masks.all();

  const paintOverlay = () => panels.forEach((panel) => panel.show());
  const hover = (panel, point) => {
    if (point === state.hovered) return;
    state.hovered = state.lasso ? null : point;
    panel.point(state.hovered !== null);
    paintOverlay();
    const isKnown = state.hovered === null || state.hovered === state.center;
    fillTooltip(map, isKnown ? null : state.hovered, isKnown ? null : panel.place(state.hovered));
  };
  const panels = [];
  const camera = makeCamera(() => panels.forEach((panel) => panel.plot.move()));
  for (const [place, view] of map.views.entries()) {
    const panel = makePanel(map, view, map.views.filter((other) => other !== view), frameOf(place), camera, state, {
      hover: (point) => hover(panel, point),
      tap: (point) => select(point === null ? [] : [point]),
      lasso: (points) => select(points),
    });
    panels.push(panel);
  }

  const paint = () => panels.forEach((panel) => panel.paint(state.coloring, seen, state.theme));
  const connect = () => panels.forEach((panel) => panel.connect(state.edges, seen));
  const refilter = (name, mask) => {
    masks.set(name, mask);
    seen = masks.all();
    state.named = classesSeen(state.column, seen);
    sayFacts(map, seen);
    paint();
    if (hasEdges) connect();
  };
  const select = (points) => {
    const [wereMany, areMany] = [state.selected.length > 1, points.length > 1];
    state.selected = points;
    state.center = points.length === 1 ? points[0] : null;
    for (const panel of panels) panel.choose(state.center);
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
    flyTo(map, camera, point);
  };
  const chooseMany = (points) => {
    select(points);
    flyAround(map, camera, points);
  };
  const setLasso = (isOn) => {
    state.lasso = isOn;
    for (const panel of panels) panel.plot.setLasso(isOn);
    byId("lasso").setAttribute("aria-pressed", String(isOn));
  };
  const recolor = (column) => {
    state.coloring = coloringOf(map, column, state.theme === "dark", state.chosen);
    if (column !== state.column) for (const panel of panels) panel.name(column);
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
    whole: () => camera.whole(),
    lasso: () => setLasso(!state.lasso),
    edges: () => hasEdges && setEdges(!state.edges),
    image: () => saveView(map, panels, state),
    theme: () => setTheme(state.theme === "dark" ? "light" : "dark"),
    help: () => byId("keys").showModal(),
  };
  for (const [id, act] of Object.entries(acts)) byId(id).addEventListener("click", act);
  watchKeys(camera, acts, () => (state.lasso ? setLasso(false) : select([])));
  byId("edges").hidden = !hasEdges;
  byId("edges").setAttribute("aria-pressed", String(state.edges));
  byId("no-webgl").hidden = panels.every((panel) => panel.plot.hasWebgl);
  byId("hint").textContent = `${TOUCH ? "Tap" : "Click"} a point ${map.views.some((view) => view.neighbors || view.edges) ? "for its neighbours" : "to keep its facts"}.`;
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

/** The element of a map: the first stands in the page, others are made like it. */
function frameOf(place) {
  const first = byId("points").parentElement;
  if (!place) return first;
  const frame = first.cloneNode(true);
  for (const child of frame.querySelectorAll("[id]")) child.id += `-${place + 1}`;
  byId("maps").append(frame);
  return frame;
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

/** Look at a point, wherever it stands. */
function flyTo(map, camera, point) {
  const on = map.views.filter((view) => isOn(view, point));
  const [x, y] = ["x", "y"].map((axis) => extentOf(on.map((view) => view[axis][point])));
  const reach = Math.min(...on.map((view) => nearness(view, point)), camera.reach);
  camera.flyTo(x.middle, y.middle, Math.max(reach, 1.3 * y.half, (1.3 * x.half * camera.height) / camera.width));
}

/** Look at all of some points. */
function flyAround(map, camera, points) {
  const [x, y] = ["x", "y"].map((axis) => {
    const all = map.views.map((view) => extentOf(points, view[axis]));
    return extentOf(all.flatMap(({ low, high }) => [low, high]));
  });
  const reach = Math.max(y.half, (x.half * camera.height) / camera.width, 0.02) * 1.15;
  camera.flyTo(x.middle, y.middle, reach);
}

/** Ends, middle and half the length of some values, or of those that stand in `of` at some places. */
function extentOf(places, of = null) {
  let [low, high] = [Infinity, -Infinity];
  for (const place of places) {
    const value = of ? of[place] : place;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { low, high, middle: (low + high) / 2, half: (high - low) / 2 };
}

function sayFacts(map, seen) {
  let shown = 0;
  for (const each of seen) shown += each;
  const [first, ...others] = map.views;
  const parts = [`${countText(map.size)} ${map.size === 1 ? "point" : "points"}`];
  if (!others.length && first.edges) parts.push(`${countText(first.edges.from.length)} edges`);
  if (shown < map.size) parts.push(`${countText(shown)} shown`);
  const each = others.length ? map.views.map(sizeOf) : [];
  const edges = [...new Set(map.views.map((view) => (view.edges ? aboutEdges(view.edges) : "")))];
  byId("facts").textContent = [`${parts.join(", ")}.`, ...each, map.note, ...edges].filter(Boolean).join(" ");
}

/** What one of two maps has. */
function sizeOf(view) {
  const edges = view.edges ? `, ${countText(view.edges.from.length)} edges` : "";
  return `${view.title}: ${countText(view.rows.length)}${edges}.`;
}

function saveView(map, panels, { theme, column, coloring, chosen }) {
  const anchors = new Map(panels.flatMap((panel) => panel.anchors()).map((one) => [one.code, one]));
  const shown = [...anchors.values()].filter(({ code }) => (chosen ? chosen.has(code) : code <= map.palette.length));
  for (const panel of panels) panel.plot.drawNow();
  saveImage({
    title: map.title,
    theme,
    frame: byId("maps"),
    classes: shown.sort((a, b) => a.code - b.code).map(({ code, name }) => ({ name, color: coloring.colorOf(code) })),
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
