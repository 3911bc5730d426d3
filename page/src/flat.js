// Points and lines without WebGL, pixel by pixel on a plain canvas: slower, and points are squares.

export function makeFlat(canvas, x, y) {
  const pen = canvas.getContext("2d");
  let numbers = null;
  let seen = null;
  let colors = [];
  let ends = new Float32Array(0);

  const drawPoints = (scene, wanted, strength) => {
    const { width, height } = canvas;
    const image = pen.getImageData(0, 0, width, height);
    const { data } = image;
    const half = Math.max(Math.round((scene.size * scene.ratio) / 2.2), 1);
    for (let i = 0; i < scene.count; i++) {
      if (seen[i] !== wanted) continue;
      const [atX, atY] = scene.camera.toPixels(x[i], y[i]).map((pixel) => Math.round(pixel * scene.ratio));
      if (!(atX >= -half && atY >= -half && atX < width + half && atY < height + half)) continue;
      const color = colors[numbers[i]];
      for (let row = Math.max(atY - half, 0); row < Math.min(atY + half, height); row++) {
        for (let column = Math.max(atX - half, 0); column < Math.min(atX + half, width); column++) {
          const place = 4 * (row * width + column);
          for (let part = 0; part < 3; part++) {
            data[place + part] += strength * (255 * color[part] - data[place + part]);
          }
        }
      }
    }
    pen.putImageData(image, 0, 0);
  };
  const drawLines = (scene) => {
    pen.strokeStyle = `rgb(${scene.ink.map((part) => 255 * part).join(" ")} / ${scene.lineOpacity})`;
    pen.lineWidth = scene.ratio;
    pen.beginPath();
    for (let i = 0; i < ends.length; i += 4) {
      pen.moveTo(...scene.camera.toPixels(ends[i], ends[i + 1]).map((pixel) => pixel * scene.ratio));
      pen.lineTo(...scene.camera.toPixels(ends[i + 2], ends[i + 3]).map((pixel) => pixel * scene.ratio));
    }
    pen.stroke();
  };

  return {
    /** Colour numbers and whether they are seen, of each point, and colours [red, green, blue] up to 1. */
    paint: (...given) => ([numbers, seen, colors] = given),
    /** Lines: places of their ends, four numbers a line. */
    connect: (given) => (ends = given),
    /** `camera`, `paper`, `ink`, `size`, `ratio`, `opacity`, `lineOpacity`, and how many points, `count`; tells `took` the milliseconds. */
    draw(scene) {
      const start = performance.now();
      this.drawNow(scene);
      setTimeout(() => {
        scene.took(performance.now() - start, scene.count);
        scene.done();
      });
    },
    drawNow(scene) {
      pen.fillStyle = `rgb(${scene.paper.map((part) => 255 * part).join(" ")})`;
      pen.fillRect(0, 0, canvas.width, canvas.height);
      if (seen.includes(0)) drawPoints(scene, 0, 0.16);
      if (ends.length) drawLines(scene);
      drawPoints(scene, 1, Math.max(scene.opacity, 0.5));
    },
  };
}
