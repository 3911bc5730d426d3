// What the graphics card runs. Colours are multiplied by their opacity throughout.

/** Points of one pass: those that are faded (0), those that are seen (1), or all (2). */
export const POINT_VERTEX = `#version 300 es
precision highp float;
uniform vec4 view; // What is added to and multiplied with a place, for where it stands in the window.
uniform float size;
uniform float opacity;
uniform int pass;
uniform vec3 paper;
uniform highp sampler2D colors;
in vec2 place;
in uint number;
in uint seen;
flat out vec4 color;
void main() {
  bool left = pass != 2 && int(seen) != pass;
  gl_Position = left ? vec4(2.0, 2.0, 2.0, 1.0) : vec4((place + view.xy) * view.zw, 0.0, 1.0);
  gl_PointSize = size + 0.5;
  vec3 own = texelFetch(colors, ivec2(int(number), 0), 0).rgb;
  color = vec4(pass == 0 ? mix(paper, own, 0.16) : own, opacity);
}`;

export const POINT_FRAGMENT = `#version 300 es
precision highp float;
uniform float size;
flat in vec4 color;
out vec4 pixel;
void main() {
  float outside = length(gl_PointCoord - 0.5) * (size + 0.5) - size / 2.0;
  float alpha = color.a * clamp(0.5 - outside, 0.0, 1.0);
  pixel = vec4(color.rgb * alpha, alpha);
}`;

/** Lines are four corners each, as wide as a pixel and its blurred edges. */
export const LINE_VERTEX = `#version 300 es
precision highp float;
uniform vec4 view;
uniform vec2 pixels; // Of the window.
uniform float width;
in vec4 ends;
out float across;
void main() {
  vec2 from = (ends.xy + view.xy) * view.zw;
  vec2 to = (ends.zw + view.xy) * view.zw;
  vec2 along = (to - from) * pixels;
  vec2 side = vec2(-along.y, along.x) / max(length(along), 1e-6);
  float sign = float(gl_VertexID & 1) * 2.0 - 1.0;
  float half_width = width / 2.0 + 1.0;
  across = sign * half_width;
  gl_Position = vec4((gl_VertexID < 2 ? from : to) + sign * half_width * 2.0 * side / pixels, 0.0, 1.0);
}`;

export const LINE_FRAGMENT = `#version 300 es
precision highp float;
uniform vec4 color;
uniform float width;
in float across;
out vec4 pixel;
void main() {
  pixel = color * clamp(width / 2.0 + 0.5 - abs(across), 0.0, 1.0);
}`;

/** From a picture of finer colours to the window: many faint points add up to the right ones there. */
export const COPY_VERTEX = `#version 300 es
void main() {
  gl_Position = vec4(float(gl_VertexID & 1) * 4.0 - 1.0, float(gl_VertexID >> 1) * 4.0 - 1.0, 0.0, 1.0);
}`;

export const COPY_FRAGMENT = `#version 300 es
precision highp float;
uniform highp sampler2D source;
out vec4 pixel;
void main() {
  pixel = texelFetch(source, ivec2(gl_FragCoord.xy), 0);
}`;
