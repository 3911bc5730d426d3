// The map as it is seen now, with its title and what its colours mean, as an image to save.

import { INK, PAPER } from "./colors.js";
import { save } from "./elements.js";
import { gradientOf, ticksOf } from "./legend.js";
import { middle } from "./texts.js";

const HEAD = 44; // Pixels above the map, for the title,
const SIDE = 230; // beside it, for classes,
const FOOT = 52; // and below it, for a scale.
const ROW = 19;
const MOST_ROWS = 30;

/**
 * @param frame the element that the maps are in
 * @param classes `name` and `color` of each class in the legend
 * @param column of numbers, or null
 */
export function saveImage({ title, theme, frame, classes, column, colors }) {
  const { clientWidth: width, clientHeight: height } = frame;
  const canvases = [...frame.querySelectorAll("canvas")];
  const ratio = canvases[0].width / canvases[0].clientWidth;
  const size = [width + (classes.length ? SIDE : 0), height + HEAD + (column ? FOOT : 0)];
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = size.map((pixels) => pixels * ratio);
  const pen = canvas.getContext("2d");
  pen.scale(ratio, ratio);
  pen.fillStyle = PAPER[theme];
  pen.fillRect(0, 0, ...size);
  for (const layer of canvases) {
    const { offsetLeft: left, offsetTop: top } = layer.parentElement;
    pen.drawImage(layer, left, HEAD + top, layer.clientWidth, layer.clientHeight);
  }
  pen.fillStyle = INK[theme];
  pen.textBaseline = "middle";
  pen.font = "600 13px system-ui, sans-serif";
  for (const caption of frame.querySelectorAll("figcaption:not([hidden])")) {
    const { offsetLeft: left, offsetTop: top } = caption.parentElement;
    pen.fillText(middle(caption.textContent, 60), left + 14, HEAD + top + 16);
  }
  pen.font = "600 18px system-ui, sans-serif";
  pen.fillText(middle(title, 80), 14, HEAD / 2, size[0] - 28);
  pen.font = "13px system-ui, sans-serif";
  classes.slice(0, MOST_ROWS).forEach(({ name, color }, place) => {
    const top = HEAD + 12 + ROW * place;
    pen.fillStyle = color;
    pen.beginPath();
    pen.arc(width + 14, top, 5, 0, 2 * Math.PI);
    pen.fill();
    pen.fillStyle = INK[theme];
    pen.fillText(middle(name, 28), width + 26, top, SIDE - 34);
  });
  if (column) drawScale(pen, column, colors, HEAD + height, INK[theme]);
  canvas.toBlob((blob) => save(blob, `${title.replace(/[^\p{L}\p{N}]+/gu, "-").slice(0, 60) || "map"}.png`));
}

function drawScale(pen, column, colors, top, ink) {
  const length = 240;
  const gradient = pen.createLinearGradient(14, 0, 14 + length, 0);
  const stops = gradientOf(colors);
  stops.forEach((color, place) => gradient.addColorStop(place / (stops.length - 1), color));
  pen.fillStyle = gradient;
  pen.fillRect(14, top + 8, length, 10);
  pen.fillStyle = ink;
  for (const { share, text } of ticksOf(column)) {
    pen.textAlign = { 0: "left", 1: "right" }[share] || "center";
    pen.fillText(text, 14 + length * share, top + 30);
  }
  pen.textAlign = "left";
  pen.fillText(middle(column.name, 40), 14 + length + 16, top + 13);
}
