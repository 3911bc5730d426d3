// Where a window on the map looks at: the middle `x`, `y`, and `reach`, half of its height, in the map's units.
// Windows of one size on two maps look through one camera.

const MARGIN = 1.06; // Of the map, so that no point stands at the edge of the window.
const NEAREST = 1e-5;
const FARTHEST = 8;
const FLIGHT = 350; // Milliseconds.
const STILL = window.matchMedia("(prefers-reduced-motion: reduce)").matches;

/** `changed` is called when the window looks elsewhere. */
export function makeCamera(changed) {
  const camera = { x: 0, y: 0, reach: MARGIN, width: 1, height: 1 };
  let flight = 0;
  let isWhole = true;

  const wholeReach = () => MARGIN * Math.max(1, camera.height / camera.width);
  const scale = () => camera.height / 2 / camera.reach;
  const set = (x, y, reach) => {
    Object.assign(camera, { x, y, reach: Math.min(Math.max(reach, NEAREST), FARTHEST) });
    changed();
  };
  const moveTo = (x, y, reach) => {
    cancelAnimationFrame(flight);
    isWhole = false;
    set(x, y, reach);
  };
  const flyTo = (x, y, reach) => {
    if (STILL) return moveTo(x, y, reach);
    const [from, start] = [{ ...camera }, performance.now()];
    const step = () => {
      const share = Math.min((performance.now() - start) / FLIGHT, 1);
      const eased = share * share * (3 - 2 * share);
      const mix = (a, b) => a + (b - a) * eased;
      moveTo(mix(from.x, x), mix(from.y, y), Math.exp(mix(Math.log(from.reach), Math.log(reach))));
      if (share < 1) flight = requestAnimationFrame(step);
    };
    step();
  };

  return Object.assign(camera, {
    moveTo,
    flyTo,
    /** How many times nearer than the whole map. */
    zoom: () => wholeReach() / camera.reach,
    scale,
    toPixels: (x, y) => [camera.width / 2 + (x - camera.x) * scale(), camera.height / 2 - (y - camera.y) * scale()],
    toMap: (left, top) => [camera.x + (left - camera.width / 2) / scale(), camera.y - (top - camera.height / 2) / scale()],
    whole() {
      flyTo(0, 0, wholeReach());
      isWhole = true;
    },
    /** Go nearer by a factor, the place under these pixels staying where it is. */
    nearer(factor, left = camera.width / 2, top = camera.height / 2) {
      const [x, y] = camera.toMap(left, top);
      const reach = Math.min(Math.max(camera.reach / factor, NEAREST), FARTHEST);
      const part = reach / camera.reach;
      moveTo(x + (camera.x - x) * part, y + (camera.y - y) * part, reach);
    },
    /** Move what is seen by so many pixels. */
    shift: (right, down) => moveTo(camera.x - right / scale(), camera.y + down / scale(), camera.reach),
    resize(width, height) {
      Object.assign(camera, { width: Math.max(width, 1), height: Math.max(height, 1) });
      if (isWhole) set(0, 0, wholeReach());
      else changed();
    },
  });
}
