// The keyboard: a key for each button, arrows to move, / to search.

import { byId } from "./elements.js";

const ZOOM = 1.4;
const STEP = 0.1; // Of the window's height.

/** @param acts what the buttons do, by their names; @param escape what Escape does */
export function watchKeys(camera, acts, escape) {
  const shift = (right, down) => camera.shift(-right * STEP * camera.height, -down * STEP * camera.height);
  const keys = {
    "/": () => byId("search").focus(),
    "+": () => camera.nearer(ZOOM),
    "=": () => camera.nearer(ZOOM),
    "-": () => camera.nearer(1 / ZOOM),
    ArrowLeft: () => shift(-1, 0),
    ArrowRight: () => shift(1, 0),
    ArrowUp: () => shift(0, -1),
    ArrowDown: () => shift(0, 1),
    Escape: escape,
    0: acts.whole,
    l: acts.lasso,
    e: acts.edges,
    i: acts.image,
    t: acts.theme,
    "?": acts.help,
  };
  document.addEventListener("keydown", (event) => {
    const isTyping = ["INPUT", "SELECT"].includes(event.target.tagName) || byId("keys").open;
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
}
