// The points and lines on the canvas, and what the pointer does there.

import { makeCamera } from "./camera.js";
import { LINES, PAPER, parts } from "./colors.js";
import { makeFlat } from "./flat.js";
import { watchGestures } from "./gestures.js";
import { makeGrid } from "./grid.js";
import { makeWebgl } from "./webgl.js";

const LARGEST = 12; // Pixels of a point, before anybody zooms.
const FILL = 0.32; // Part of the window that points would cover at most, were they spread evenly.
const FAINTEST = 0.01;
const NEAR = 6; // Pixels from a point's edge at which it is still meant; a finger is wider.
const SLOW = 45; // Milliseconds of a frame from which on fewer points are drawn while the map moves,
const FAST = 22; // and until which more are.
const FEWEST = 20_000;
const REST = 160; // Milliseconds without a move after which all are drawn.

/** Rows in an order that is always the same and means nothing: any first part of it is a fair sample. */
function shuffled(size) {
  const order = Uint32Array.from({ length: size }, (_, row) => row);
  let state = 1;
  for (let i = size - 1; i > 0; i--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const other = Math.floor((state / 2 ** 32) * (i + 1));
    [order[i], order[other]] = [order[other], order[i]];
  }
  return order;
}

/** Values in another order. */
function gathered(values, order) {
  const found = new values.constructor(order.length);
  for (let i = 0; i < order.length; i++) found[i] = values[order[i]];
  return found;
}

/**
 * Draw the map; `on` holds what to call: `hover(point or null)`, `tap(point or null)`,
 * `lasso(places in pixels, points or null)`, `frame()` after each drawing.
 */
export function makePlot(map, canvas, on) {
  const parent = canvas.parentElement;
  const order = shuffled(map.size);
  const [x, y] = [gathered(map.x, order), gathered(map.y, order)];
  const webgl = makeWebgl(canvas, x, y);
  const renderer = webgl || makeFlat(canvas, x, y);
  const grid = makeGrid(map);
  const base = Math.min(10 * (1000 / map.size) ** 0.27, LARGEST);
  const state = { theme: "light", seen: new Uint8Array(map.size).fill(1), numLines: 0, hasLasso: false };
  const motion = { count: map.size, most: map.size, rest: 0, isBusy: false, isWanted: false };

  const camera = makeCamera(() => move());
  const pointSize = () => {
    const room = Math.min(Math.max(Math.sqrt(Math.min(camera.width, camera.height) / 800), 0.6), 1.3);
    return (base * room * Math.asinh(Math.max(camera.zoom(), 1))) / Math.asinh(1);
  };
  const draw = (count) => {
    const size = pointSize();
    const opacity = (FILL * camera.width * camera.height * camera.zoom() ** 2) / (count * size * size);
    renderer.draw({
      camera,
      count,
      size,
      ratio: window.devicePixelRatio || 1,
      opacity: Math.min(Math.max(opacity, FAINTEST), 1),
      lineOpacity: Math.min(Math.max(20 / Math.sqrt(state.numLines + 1), 0.04), 0.35),
      paper: parts(PAPER[state.theme]),
      ink: parts(LINES[state.theme]),
      redraw: () => request(map.size),
      done,
    });
    on.frame();
  };
  // One picture at a time: what is asked for while the card draws comes when it has.
  const request = (count) => {
    motion.count = count;
    motion.isWanted = true;
    if (motion.isBusy) return;
    motion.isBusy = true;
    requestAnimationFrame(() => {
      motion.isWanted = false;
      draw(motion.count);
    });
  };
  // While the map moves as many points are drawn as the machine draws smoothly, and all once it rests.
  const done = (took) => {
    if (took > SLOW) motion.most = Math.max(Math.floor(motion.count / 2), FEWEST);
    else if (took < FAST) motion.most = Math.min(Math.ceil(Math.max(motion.count, motion.most) * 1.25), map.size);
    motion.isBusy = false;
    if (motion.isWanted) request(motion.count);
  };
  const move = () => {
    clearTimeout(motion.rest);
    motion.rest = setTimeout(() => motion.count < map.size && request(map.size), REST);
    request(Math.min(motion.most, map.size));
  };
  const pointAt = (place, isTouch) => {
    const reach = (pointSize() / 2 + (isTouch ? 2 * NEAR : NEAR)) / camera.scale();
    return grid.nearest(...camera.toMap(...place), reach, state.seen);
  };

  watchGestures(canvas, camera, () => state.hasLasso, {
    hover: (place) => on.hover(place && pointAt(place, false)),
    tap: (place, isTouch) => on.tap(pointAt(place, isTouch)),
    lasso(places, isDone) {
      const loop = places.map((place) => camera.toMap(...place));
      on.lasso(places, isDone ? (loop.length > 2 ? grid.inside(loop, state.seen) : []) : null);
    },
  });
  const resize = () => {
    const ratio = window.devicePixelRatio || 1;
    canvas.width = Math.max(Math.round(parent.clientWidth * ratio), 1);
    canvas.height = Math.max(Math.round(parent.clientHeight * ratio), 1);
    camera.resize(parent.clientWidth, parent.clientHeight);
  };
  resize();
  new ResizeObserver(resize).observe(parent);

  return {
    camera,
    hasWebgl: Boolean(webgl),
    /** Colour the points; those that are not `seen` fade. */
    paint({ numbers, colors }, seen, theme) {
      Object.assign(state, { seen, theme });
      renderer.paint(gathered(numbers, order), gathered(seen, order), colors.map(parts));
      request(map.size);
    },
    /** Draw lines, of which `ends` has the points, [from, to] a line. */
    connect(ends) {
      const places = new Float32Array(2 * ends.length);
      ends.forEach((point, i) => ([places[2 * i], places[2 * i + 1]] = [map.x[point], map.y[point]]));
      state.numLines = ends.length / 2;
      renderer.connect(places);
      request(map.size);
    },
    place: (point) => camera.toPixels(map.x[point], map.y[point]),
    size: pointSize,
    setLasso: (isOn) => (state.hasLasso = isOn),
    /** Draw at once, for whoever reads the canvas next. */
    drawNow: () => draw(map.size),
  };
}
