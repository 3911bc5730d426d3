// The edges that are drawn all at once: so many as can be drawn smoothly, spread evenly over all.

const MOST = 100_000;

/** Ends of the edges between points that are seen, [from, to] an edge, at most `MOST` of them. */
export function drawnEdges({ from, to }, seen) {
  const held = [];
  for (let i = 0; i < from.length; i++) if (seen[from[i]] && seen[to[i]]) held.push(i);
  const step = Math.max(Math.ceil(held.length / MOST), 1);
  const ends = [];
  for (let i = 0; i < held.length; i += step) ends.push(from[held[i]], to[held[i]]);
  return Uint32Array.from(ends);
}

/** What is said of the edges in the page: of a large graph not all are there, and not all are drawn. */
export function aboutEdges({ from, step }) {
  const parts = [];
  if (step > 1) parts.push(`one in ${step} edges is in the page`);
  if (from.length > MOST) parts.push(`at most ${MOST.toLocaleString("en-US")} are drawn at once`);
  return parts.length ? `${parts.join("; ")}.` : "";
}
