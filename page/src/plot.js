// The points on the canvas, over regl-scatterplot: everything the page asks of it is here.

import createScatterplot from "regl-scatterplot";

const BACKGROUNDS = { light: "#ffffff", dark: "#14161a" };
const ACTIVE = { light: "#000000", dark: "#ffffff" };
const DRAG = 10; // Pixels from which on a pointer that is held down drags.
const FLIGHT = { transition: true, transitionDuration: 350 };

function pointSize(count) {
  return Math.min(10 * (1000 / count) ** 0.27, 12);
}

const MARGIN = 1.06; // Of the map, so that no point stands at the edge of the window.

/** Draw the map; `on` holds what to call: `hover(point or null)`, `select(points)`, `view()`. */
export async function makePlot(map, canvas, coloring, theme, on) {
  const parent = canvas.parentElement;
  // Of the camera: at 1 the map, two units wide, is as high as the window.
  const wholeDistance = () => MARGIN * Math.max(1, parent.clientHeight / parent.clientWidth);
  const plot = createScatterplot({
    cameraDistance: wholeDistance(),
    canvas,
    width: parent.clientWidth,
    height: parent.clientHeight,
    pointSize: pointSize(map.size),
    pointSizeSelected: 3,
    pointOutlineWidth: 2,
    colorBy: "valueA",
    opacityBy: "density",
    opacityByDensityFill: 0.25,
    opacityInactiveMax: 1,
    opacityInactiveScale: 1,
    spatialIndexUseWorker: false,
    deselectOnEscape: false,
    lassoMinDelay: 10,
    ...looks(coloring, theme),
  });
  let drawn = coloring;
  let drawing = Promise.resolve(); // A call while another draws would be ignored.
  const points = () => ({ x: map.x, y: map.y, valueA: Float32Array.from(drawn.numbers) });
  await plot.draw(points(), { zDataType: "categorical" });
  plot.subscribe("pointOver", (point) => on.hover(point));
  plot.subscribe("pointOut", () => on.hover(null));
  plot.subscribe("select", ({ points: chosen }) => on.select(Array.from(chosen)));
  plot.subscribe("deselect", () => on.select([]));
  plot.subscribe("view", () => on.view());
  ignoreClicksOfDrags(canvas);
  new ResizeObserver(() => {
    plot.set({ width: parent.clientWidth, height: parent.clientHeight });
    requestAnimationFrame(() => on.view());
  }).observe(parent);

  return {
    color(next, nextTheme) {
      drawn = next;
      drawing = drawing.then(() => {
        const select = plot.get("selectedPoints");
        const filter = plot.get("isPointsFiltered") ? plot.get("filteredPoints") : undefined;
        plot.set(looks(drawn, nextTheme));
        return plot.draw(points(), {
          zDataType: "categorical",
          spatialIndex: plot.get("spatialIndex"),
          ...(select.length ? { select: Array.from(select) } : {}),
          ...(filter ? { filter: Array.from(filter) } : {}),
        });
      });
      return drawing;
    },
    show(numbers) {
      if (!numbers) return plot.unfilter();
      const shown = [];
      for (let i = 0; i < map.size; i++) if (numbers.has(drawn.numbers[i])) shown.push(i);
      return plot.filter(shown);
    },
    select: (chosen) => (chosen.length ? plot.select(chosen) : plot.deselect()),
    flyTo: (point, distance) =>
      plot.zoomToLocation([map.x[point], map.y[point]], Math.min(distance, plot.get("cameraDistance")), FLIGHT),
    whole: () => plot.zoomToLocation([0, 0], wholeDistance(), FLIGHT),
    zoom(factor) {
      plot.zoomToLocation(plot.get("cameraTarget"), plot.get("cameraDistance") * factor);
    },
    pan(right, up) {
      const distance = plot.get("cameraDistance");
      const [x, y] = plot.get("cameraTarget");
      plot.zoomToLocation([x + right * distance * 0.2, y + up * distance * 0.2], distance);
    },
    lasso: (isOn) => plot.set({ mouseMode: isOn ? "lasso" : "panZoom" }),
    place: (point) => plot.getScreenPosition(point),
  };
}

/** A lasso that ends where it began would count as a click on the point there. */
function ignoreClicksOfDrags(canvas) {
  let start = null;
  let hasMoved = false;
  window.addEventListener("pointerdown", (event) => ([start, hasMoved] = [event, false]), true);
  window.addEventListener(
    "pointermove",
    (event) => {
      if (start && Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) > DRAG) hasMoved = true;
    },
    true,
  );
  window.addEventListener("click", (event) => hasMoved && event.target === canvas && event.stopPropagation(), true);
}

function looks(coloring, theme) {
  return {
    // With one colour alone a hovered point would take that colour too.
    pointColor: coloring.colors.length > 1 ? coloring.colors : coloring.colors[0],
    pointColorActive: ACTIVE[theme],
    pointColorHover: ACTIVE[theme],
    lassoColor: ACTIVE[theme],
    backgroundColor: BACKGROUNDS[theme],
  };
}
