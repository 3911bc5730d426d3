// The map page: reads the map out of its own file, draws it, and answers to pointer and keys.

import { coloringOf } from "./coloring.js";
import { nearness, neighborsOf, readMap } from "./data.js";
import { fillTooltip, saveIds, showMany, showNothing, showPoint } from "./details.js";
import { byId, make } from "./elements.js";
import { fillLegend } from "./legend.js";
import { drawOverlay, placesOfClasses } from "./overlay.js";
import { makePlot } from "./plot.js";
import { makeSearch } from "./search.js";

const ZOOM = 0.7;

async function start() {
  const map = await readMap();
  const state = { theme: firstTheme(map), column: null, hovered: null, selected: [], shown: null, lasso: false };
  state.column = map.columns.find((column) => column.name === map.color) || null;
  document.documentElement.dataset.theme = state.theme;
  state.coloring = coloringOf(map, state.column, state.theme === "dark");
  state.names = placesOfClasses(map, state.coloring);

  const overlay = byId("overlay");
  const paint = () => {
    const center = state.selected.length === 1 ? state.selected[0] : null;
    const neighbors = center === null ? [] : neighborsOf(map, center).map((one) => one.point);
    drawOverlay(overlay, plot, state.theme, { names: state.names, shown: state.shown, center, neighbors });
    const pointed = state.lasso ? null : state.hovered;
    fillTooltip(map, pointed, pointed === null ? null : plot.place(pointed));
  };
  const hover = (point) => {
    state.hovered = point;
    paint();
  };
  const select = (points) => {
    state.selected = points;
    if (points.length === 1) showPoint(map, points[0], choose);
    else if (points.length) showMany(map, points, state.coloring, () => saveIds(map, points), () => plot.select([]));
    else showNothing(map);
    announce(points.length === 1 ? `selected ${map.ids[points[0]]}` : `${points.length} points selected`);
    setLasso(false);
    paint();
  };
  const choose = (point) => {
    // A point of a class that is hidden could not be selected.
    if (state.shown && !state.shown.has(state.coloring.numbers[point])) recolor(state.column);
    plot.select([point]);
    plot.flyTo(point, nearness(map, point));
  };
  const setLasso = (isOn) => {
    state.lasso = isOn;
    plot.lasso(isOn);
    byId("lasso").setAttribute("aria-pressed", String(isOn));
  };
  const show = (numbers) => {
    state.shown = numbers;
    plot.show(numbers);
    paint();
  };
  const recolor = async (column) => {
    state.column = column;
    state.coloring = coloringOf(map, column, state.theme === "dark");
    state.names = placesOfClasses(map, state.coloring);
    fillLegend(state.coloring, show);
    show(null);
    await plot.color(state.coloring, state.theme);
    paint();
  };
  const setTheme = (theme) => {
    state.theme = theme;
    document.documentElement.dataset.theme = theme;
    return recolor(state.column);
  };

  const plot = await makePlot(map, byId("points"), state.coloring, state.theme, { hover, select, view: paint });
  fillColumns(map, state.column, recolor);
  fillLegend(state.coloring, show);
  makeSearch(map, choose);
  showNothing(map);
  byId("title").textContent = map.title;
  byId("facts").textContent = `${map.size.toLocaleString("en-US")} points. ${map.note}`;
  byId("made").textContent = `Made with graphkit ${map.version}. Everything is in this file; nothing is sent.`;

  const acts = {
    whole: () => plot.whole(),
    lasso: () => setLasso(!state.lasso),
    theme: () => setTheme(state.theme === "dark" ? "light" : "dark"),
    help: () => byId("keys").showModal(),
  };
  for (const [id, act] of Object.entries(acts)) byId(id).addEventListener("click", act);
  const keys = {
    "/": () => byId("search").focus(),
    "+": () => plot.zoom(ZOOM),
    "=": () => plot.zoom(ZOOM),
    "-": () => plot.zoom(1 / ZOOM),
    ArrowLeft: () => plot.pan(-1, 0),
    ArrowRight: () => plot.pan(1, 0),
    ArrowUp: () => plot.pan(0, 1),
    ArrowDown: () => plot.pan(0, -1),
    Escape: () => (state.lasso ? setLasso(false) : plot.select([])),
    0: acts.whole,
    l: acts.lasso,
    t: acts.theme,
    "?": acts.help,
  };
  document.addEventListener("keydown", (event) => {
    const isTyping = ["INPUT", "SELECT"].includes(event.target.tagName) || byId("keys").open;
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
  paint();
  document.body.dataset.state = "ready";
}

function firstTheme(map) {
  if (map.dark) return "dark";
  return window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

function fillColumns(map, first, recolor) {
  const options = [null, ...map.columns].map((column, place) =>
    make("option", { value: String(place - 1), textContent: column ? column.name : "one colour" }),
  );
  const select = byId("color");
  select.replaceChildren(...options);
  select.value = String(map.columns.indexOf(first));
  select.addEventListener("change", () => recolor(map.columns[Number(select.value)] || null));
}

function announce(text) {
  byId("said").textContent = text;
}

start().catch((error) => {
  document.body.dataset.state = "failed";
  byId("failure").hidden = false;
  byId("failure").textContent = `The map cannot be shown: ${error.message}. It needs a browser of 2023 or newer with WebGL.`;
  throw error;
});
