// The colours of the page itself, light and dark; those of the points come with the map.

export const PAPER = { light: "#ffffff", dark: "#14161a" };
export const INK = { light: "#1a1a1a", dark: "#f0f0f0" };
export const LINES = { light: "#4d4d4d", dark: "#9aa2ad" };

/** [red, green, blue], each up to 1, of #rrggbb. */
export function parts(hex) {
  return [1, 3, 5].map((place) => parseInt(hex.slice(place, place + 2), 16) / 255);
}
