// The points and lines on the canvas, and what the pointer does there.

import { LINES, PAPER, parts } from "./colors.js";
import { makeFlat } from "./flat.js";
import { watchGestures } from "./gestures.js";
import { makeGrid } from "./grid.js";
import { makeWebgl } from "./webgl.js";

const LARGEST = 12; // Pixels of a point, before anybody zooms.
const FILL = 0.32; // Part of the window that points would cover at most, were they spread evenly.
const FAINTEST = 0.01;
const NEAR = 6; // Pixels from a point's edge at which it is still meant; a finger is wider.
const SLOW = 45; // Milliseconds of a step from which on fewer points are drawn in one,
const FAST = 22; // and until which more are.
const FEWEST = 20_000;
const FIRST = 1_000_000; // Points of the first step, when nothing is known of the machine.
const REST = 160; // Milliseconds without a move after which all are drawn.

/** Rows in an order that is always the same and means nothing: any first part of it is a fair sample. */
function shuffled(rows) {
  const order = rows.slice();
  let state = 1;
  for (let i = order.length - 1; i > 0; i--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const other = Math.floor((state / 2 ** 32) * (i + 1));
    const row = order[i];
    order[i] = order[other];
    order[other] = row;
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
 * Draw a map as a camera sees it; `on` holds what to call: `hover(point or null)`, `tap(point or null)`,
 * `lasso(places in pixels, points or null)`, `frame()` after each drawing.
 */
export function makePlot(view, canvas, camera, on) {
  const parent = canvas.parentElement;
  const order = shuffled(view.rows);
  const size = order.length;
  const [x, y] = [gathered(view.x, order), gathered(view.y, order)];
  const webgl = makeWebgl(canvas, x, y);
  const renderer = webgl || makeFlat(canvas, x, y);
  const grid = makeGrid(view);
  const base = Math.min(10 * (1000 / Math.max(size, 1)) ** 0.27, LARGEST);
  const state = { theme: "light", seen: new Uint8Array(view.x.length).fill(1), numLines: 0, hasLasso: false };
  const motion = { count: size, most: Math.min(size, FIRST), rest: 0, isBusy: false, isWanted: false };

  const pointSize = () => {
    const room = Math.min(Math.max(Math.sqrt(Math.min(camera.width, camera.height) / 800), 0.6), 1.3);
    return (base * room * Math.asinh(Math.max(camera.zoom(), 1))) / Math.asinh(1);
  };
  const sceneOf = (count) => {
    const across = pointSize();
    const opacity = (FILL * camera.width * camera.height * camera.zoom() ** 2) / (count * across * across);
    return {
      camera,
      count,
      // A picture of all points is drawn in steps, none longer than one of a map that moves.
      slice: motion.most < count ? motion.most : Infinity,
      size: across,
      ratio: window.devicePixelRatio || 1,
      opacity: Math.min(Math.max(opacity, FAINTEST), 1),
      lineOpacity: Math.min(Math.max(20 / Math.sqrt(state.numLines + 1), 0.04), 0.35),
      paper: parts(PAPER[state.theme]),
      ink: parts(LINES[state.theme]),
      redraw: () => request(size),
      isStale: () => motion.isWanted,
      took,
      done,
    };
  };
  const draw = (count) => {
    renderer.draw(sceneOf(count));
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
  const took = (milliseconds, drawn) => {
    if (milliseconds > SLOW) motion.most = Math.max(Math.floor(drawn / 2), FEWEST);
    else if (milliseconds < FAST) motion.most = Math.min(Math.ceil(Math.max(drawn, motion.most) * 1.25), size);
  };
  const done = () => {
    motion.isBusy = false;
    if (motion.isWanted) request(motion.count);
  };
  const move = () => {
    clearTimeout(motion.rest);
    motion.rest = setTimeout(() => motion.count < size && request(size), REST);
    request(Math.min(motion.most, size));
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
    /** Draw again, after the camera has moved. */
    move,
    hasWebgl: Boolean(webgl),
    /** Colour the points; those that are not `seen` fade. */
    paint({ numbers, colors }, seen, theme) {
      Object.assign(state, { seen, theme });
      renderer.paint(gathered(numbers, order), gathered(seen, order), colors.map(parts));
      move();
    },
    /** Draw lines, of which `ends` has the points, [from, to] a line. */
    connect(ends) {
      const places = new Float32Array(2 * ends.length);
      ends.forEach((point, i) => ([places[2 * i], places[2 * i + 1]] = [view.x[point], view.y[point]]));
      state.numLines = ends.length / 2;
      renderer.connect(places);
      move();
    },
    scale: camera.scale,
    /** Points that are seen in the window, if there are no more than `most`; otherwise none. */
    inWindow(most) {
      const [left, top] = camera.toMap(0, 0);
      const [right, bottom] = camera.toMap(camera.width, camera.height);
      return grid.within(left, bottom, right, top, state.seen, most);
    },
    place: (point) => camera.toPixels(view.x[point], view.y[point]),
    size: pointSize,
    setLasso: (isOn) => (state.hasLasso = isOn),
    /** Draw at once, for whoever reads the canvas next. */
    drawNow() {
      renderer.drawNow(sceneOf(size));
      on.frame();
    },
  };
}
