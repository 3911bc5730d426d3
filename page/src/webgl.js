// Points and lines by WebGL 2.

import { COPY_FRAGMENT, COPY_VERTEX, LINE_FRAGMENT, LINE_VERTEX, POINT_FRAGMENT, POINT_VERTEX } from "./shaders.js";

const LINE_WIDTH = 1;
const POLL = 3; // Milliseconds.

/** What draws onto the canvas, or null where there is no WebGL 2; see `makeFlat` for another that does. */
export function makeWebgl(canvas, x, y) {
  const gl = canvas.getContext("webgl2", { alpha: false, antialias: false, depth: false });
  if (!gl) return null;
  let drawer = onContext(gl, x, y);
  const last = { redraw: () => {}, scene: null };
  // A phone may take the card away while the page is in the background.
  canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
  canvas.addEventListener("webglcontextrestored", () => {
    drawer = onContext(gl, x, y);
    drawer.paint(...last.painted);
    drawer.connect(last.ends);
    last.redraw();
  });
  return {
    paint: (...given) => drawer.paint(...(last.painted = given)),
    connect: (ends) => drawer.connect((last.ends = ends)),
    draw(scene) {
      last.redraw = scene.redraw;
      last.scene = scene;
      const steps = drawer.steps(scene);
      const next = () => {
        if (gl.isContextLost() || scene.isStale() || last.scene !== scene) return scene.done();
        const { value: drawn, done: isLast } = steps.next();
        if (isLast) return scene.done();
        whenDone(gl, (took) => {
          scene.took(took, drawn);
          next();
        });
      };
      next();
    },
    /** Draw all at once, for whoever reads the canvas next. */
    drawNow(scene) {
      last.scene = scene;
      for (const _ of drawer.steps({ ...scene, slice: Infinity }));
    },
  };
}

/** Call `done` with the milliseconds that the card took for what it was told until now. */
function whenDone(gl, done) {
  const start = performance.now();
  const fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
  gl.flush();
  const look = () => {
    const status = fence && !gl.isContextLost() ? gl.clientWaitSync(fence, 0, 0) : gl.CONDITION_SATISFIED;
    if (status === gl.TIMEOUT_EXPIRED) return setTimeout(look, POLL);
    gl.deleteSync(fence);
    done(performance.now() - start);
  };
  setTimeout(look, POLL);
}

function onContext(gl, x, y) {
  const points = program(gl, POINT_VERTEX, POINT_FRAGMENT);
  const lines = program(gl, LINE_VERTEX, LINE_FRAGMENT);
  const copy = program(gl, COPY_VERTEX, COPY_FRAGMENT);
  const places = new Float32Array(2 * x.length);
  for (let i = 0; i < x.length; i++) [places[2 * i], places[2 * i + 1]] = [x[i], y[i]];
  const [numbers, seen, ends] = [gl.createBuffer(), gl.createBuffer(), gl.createBuffer()];
  const pointArrays = gl.createVertexArray();
  gl.bindVertexArray(pointArrays);
  attribute(gl, points, "place", gl.createBuffer(), 2, gl.FLOAT, places);
  attribute(gl, points, "number", numbers, 1, gl.UNSIGNED_BYTE, new Uint8Array(x.length));
  attribute(gl, points, "seen", seen, 1, gl.UNSIGNED_BYTE, new Uint8Array(x.length));
  const lineArrays = gl.createVertexArray();
  gl.bindVertexArray(lineArrays);
  attribute(gl, lines, "ends", ends, 4, gl.FLOAT, new Float32Array(4));
  gl.vertexAttribDivisor(gl.getAttribLocation(lines.id, "ends"), 1);
  const palette = texture(gl);
  const target = fineTarget(gl);
  let isFaded = false;
  let numLines = 0;
  gl.enable(gl.BLEND);
  gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  gl.disable(gl.DEPTH_TEST);

  const drawPoints = (scene, view, pass, first, count) => {
    gl.useProgram(points.id);
    gl.bindVertexArray(pointArrays);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, palette);
    gl.uniform4fv(points.at("view"), view);
    gl.uniform1f(points.at("size"), scene.size * scene.ratio);
    gl.uniform1f(points.at("opacity"), scene.opacity);
    gl.uniform1i(points.at("pass"), pass);
    gl.uniform3fv(points.at("paper"), scene.paper);
    gl.drawArrays(gl.POINTS, first, count);
  };
  const drawLines = (scene, view) => {
    gl.useProgram(lines.id);
    gl.bindVertexArray(lineArrays);
    gl.uniform4fv(lines.at("view"), view);
    gl.uniform2f(lines.at("pixels"), gl.drawingBufferWidth, gl.drawingBufferHeight);
    gl.uniform1f(lines.at("width"), LINE_WIDTH * scene.ratio);
    gl.uniform4fv(lines.at("color"), scene.ink.map((part) => part * scene.lineOpacity).concat(scene.lineOpacity));
    gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, numLines);
  };

  return {
    paint(colorNumbers, isSeen, colors) {
      upload(gl, numbers, colorNumbers);
      upload(gl, seen, isSeen);
      isFaded = isSeen.includes(0);
      const texels = new Uint8Array(4 * 256);
      colors.flat().forEach((part, i) => (texels[4 * Math.floor(i / 3) + (i % 3)] = Math.round(255 * part)));
      gl.bindTexture(gl.TEXTURE_2D, palette);
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, 256, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, texels);
    },
    connect(places4) {
      numLines = places4.length / 4;
      upload(gl, ends, places4);
    },
    /** Draw in steps of at most `scene.slice` points, of which each yields how many it drew; the last one shows them. */
    *steps(scene) {
      const { camera, count } = scene;
      const [width, height] = [gl.drawingBufferWidth, gl.drawingBufferHeight];
      const view = [-camera.x, -camera.y, camera.height / camera.width / camera.reach, 1 / camera.reach];
      const slice = target.isFine ? scene.slice : Infinity;
      const begin = () => {
        gl.viewport(0, 0, width, height);
        target.bind(width, height);
      };
      begin();
      gl.clearColor(...scene.paper, 1);
      gl.clear(gl.COLOR_BUFFER_BIT);
      for (const pass of isFaded ? [0, 1] : [2]) {
        if (pass && numLines) drawLines(scene, view);
        for (let first = 0; first < count; first += slice) {
          const drawn = Math.min(slice, count - first);
          drawPoints(scene, view, pass, first, drawn);
          if (slice === Infinity || (pass && first + drawn === count)) continue;
          yield drawn;
          begin();
        }
      }
      target.show(copy);
      yield Math.min(slice, count);
    },
  };
}

/** A picture of half floats to draw into, where the card can blend these; otherwise the window itself. */
function fineTarget(gl) {
  const isFine = gl.getExtension("EXT_color_buffer_float") || gl.getExtension("EXT_color_buffer_half_float");
  if (!isFine) return { isFine: false, bind: () => {}, show: () => {} };
  const [frame, picture] = [gl.createFramebuffer(), texture(gl)];
  let size = "";
  return {
    isFine: true,
    bind(width, height) {
      gl.bindFramebuffer(gl.FRAMEBUFFER, frame);
      if (size === `${width} ${height}`) return;
      size = `${width} ${height}`;
      gl.bindTexture(gl.TEXTURE_2D, picture);
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA16F, width, height, 0, gl.RGBA, gl.HALF_FLOAT, null);
      gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, picture, 0);
    },
    show(copy) {
      gl.bindFramebuffer(gl.FRAMEBUFFER, null);
      gl.useProgram(copy.id);
      gl.bindVertexArray(null);
      gl.activeTexture(gl.TEXTURE0);
      gl.bindTexture(gl.TEXTURE_2D, picture);
      gl.drawArrays(gl.TRIANGLES, 0, 3);
    },
  };
}

function program(gl, vertex, fragment) {
  const id = gl.createProgram();
  for (const [kind, source] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(id, shader);
  }
  gl.linkProgram(id);
  if (!gl.getProgramParameter(id, gl.LINK_STATUS) && !gl.isContextLost()) throw new Error(gl.getProgramInfoLog(id));
  const places = new Map();
  const at = (name) => {
    if (!places.has(name)) places.set(name, gl.getUniformLocation(id, name));
    return places.get(name);
  };
  return { id, at };
}

function attribute(gl, { id }, name, buffer, size, kind, values) {
  const place = gl.getAttribLocation(id, name);
  upload(gl, buffer, values);
  gl.enableVertexAttribArray(place);
  if (kind === gl.FLOAT) gl.vertexAttribPointer(place, size, kind, false, 0, 0);
  else gl.vertexAttribIPointer(place, size, kind, 0, 0);
}

function upload(gl, buffer, values) {
  gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
  gl.bufferData(gl.ARRAY_BUFFER, values, gl.DYNAMIC_DRAW);
}

function texture(gl) {
  const made = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, made);
  for (const name of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, name, gl.NEAREST);
  for (const name of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, name, gl.CLAMP_TO_EDGE);
  return made;
}
