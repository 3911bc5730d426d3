// One of the page's maps: its points, what stands above them, and what it alone knows of the chosen one.

import { adjacentTo, isOn, neighborsOf } from "./data.js";
import { drawnEdges } from "./edges.js";
import { anchorsOf } from "./names.js";
import { drawOverlay } from "./overlay.js";
import { makePlot } from "./plot.js";

/**
 * @param map what is known of the points; @param view where they stand; @param others where the same points stand elsewhere
 * @param frame its element; @param camera what all maps are seen by
 * @param state of all maps: `theme`; `named`, `chosen`, `hovered` and `center` of the overlay
 * @param on what to call: `hover(point or null)`, `tap(point or null)`, `lasso(points)`
 */
export function makePanel(map, view, others, frame, camera, state, on) {
  const [canvas, overlay] = frame.querySelectorAll("canvas");
  const caption = frame.querySelector("figcaption");
  caption.textContent = view.title;
  caption.hidden = !view.title;
  const own = { anchors: [], neighbors: [], loop: null, degree: view.edges ? degreesOf(view) : null };

  const draw = () => {
    const [hovered, center] = [state.hovered, state.center].map((point) => (point !== null && isOn(view, point) ? point : null));
    const point = hovered ?? center;
    const other = point === null ? undefined : others.find((one) => isOn(one, point));
    const elsewhere = other ? camera.toPixels(other.x[point], other.y[point]) : null;
    drawOverlay(overlay, plot, map.ids, { ...state, ...own, hovered, center, elsewhere });
  };
  const plot = makePlot(view, canvas, camera, {
    hover: on.hover,
    tap: on.tap,
    lasso(places, points) {
      own.loop = points ? null : places;
      if (points) on.lasso(points);
      else draw();
    },
    frame: draw,
  });

  return {
    view,
    plot,
    /** Colour the points by `coloring`; those that are not `seen` fade. */
    paint: plot.paint,
    /** Name the classes of a column. */
    name: (column) => (own.anchors = anchorsOf(view, column)),
    anchors: () => own.anchors,
    connect: (areDrawn, seen) => plot.connect(areDrawn && view.edges ? drawnEdges(view.edges, seen) : []),
    /** Draw lines to the neighbours of a point, by all its edges if they are known; null for none. */
    choose(point) {
      const known = point !== null && isOn(view, point);
      if (!known) own.neighbors = [];
      else own.neighbors = view.edges ? adjacentTo(view, point) : neighborsOf(view, point).map((one) => one.point);
    },
    /** Draw what stands above the points. */
    show: draw,
    /** Where a point stands within the page's maps, in pixels, or null. */
    place(point) {
      if (!isOn(view, point)) return null;
      const [x, y] = plot.place(point);
      return [frame.offsetLeft + x, frame.offsetTop + y];
    },
    point(hasPointer) {
      canvas.style.cursor = hasPointer ? "pointer" : "";
    },
  };
}

/** How many edges each point has. */
function degreesOf({ x, edges }) {
  const degree = new Uint32Array(x.length);
  for (const ends of [edges.from, edges.to]) for (const point of ends) degree[point]++;
  return degree;
}
