// Mouse, pen and fingers on the map: drag, pinch, wheel, tap, and a lasso around points.

const DRAG = 5; // Pixels from which on a pointer that is held down drags; a finger is less steady.
const TOUCH_DRAG = 10;
const WHEEL = 0.0015;

/**
 * @param on what to call: `hover(place or null)`, `tap(place, isTouch)`, `lasso(places, isDone)`
 * @param isLasso whether a drag draws a lasso; with Shift it does anyway
 */
export function watchGestures(canvas, camera, isLasso, on) {
  const held = new Map(); // Where each finger stands, by its id.
  let start = null;
  let hasMoved = false;
  let loop = null;

  const placeOf = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const spread = () => {
    const [a, b] = [...held.values()];
    return { middle: [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2], length: Math.hypot(a[0] - b[0], a[1] - b[1]) || 1 };
  };
  const release = (event) => {
    held.delete(event.pointerId);
    if (held.size) return;
    if (loop) on.lasso(loop, true);
    else if (start && !hasMoved && event.type === "pointerup") on.tap(placeOf(event), event.pointerType === "touch");
    start = null;
    loop = null;
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    held.set(event.pointerId, placeOf(event));
    if (held.size > 1) [hasMoved, loop] = [true, null];
    else [start, hasMoved, loop] = [placeOf(event), false, isLasso() || event.shiftKey ? [placeOf(event)] : null];
  });
  canvas.addEventListener("pointermove", (event) => {
    const place = placeOf(event);
    if (!held.has(event.pointerId)) {
      if (event.pointerType !== "touch") on.hover(place);
      return;
    }
    const before = held.size > 1 ? spread() : { middle: held.get(event.pointerId) };
    held.set(event.pointerId, place);
    const limit = event.pointerType === "touch" ? TOUCH_DRAG : DRAG;
    if (!hasMoved && Math.hypot(place[0] - start[0], place[1] - start[1]) < limit) return;
    if (!hasMoved && !loop) before.middle = start;
    hasMoved = true;
    on.hover(null);
    if (loop) {
      loop.push(place);
      on.lasso(loop, false);
      return;
    }
    const after = held.size > 1 ? spread() : { middle: place };
    camera.shift(after.middle[0] - before.middle[0], after.middle[1] - before.middle[1]);
    if (after.length) camera.nearer(after.length / before.length, ...after.middle);
  });
  canvas.addEventListener("pointerup", release);
  canvas.addEventListener("pointercancel", release);
  canvas.addEventListener("pointerleave", () => on.hover(null));
  canvas.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 33 : 1;
      // Two fingers on a touchpad come as a small wheel with Ctrl.
      const step = event.deltaY * lines * (event.ctrlKey ? 8 : 1);
      camera.nearer(Math.exp(-Math.max(Math.min(step, 500), -500) * WHEEL), ...placeOf(event));
    },
    { passive: false },
  );
}
