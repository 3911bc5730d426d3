"""Edges → arcs with plain dictionaries, from the definition of each rule."""


def arcs_of(edges, weights, *, directed, duplicates, self_loops):
    """Return {(source, target): weight or None}; undirected edges appear in both directions."""
    rule = duplicates or ("sum" if weights is not None else "first")
    given = [1.0] * len(edges) if weights is None else [float(w) for w in weights]
    keep_counts = weights is None and duplicates == "sum"
    rows = [(u, v, w) for (u, v), w in zip(edges, given, strict=True) if u != v or self_loops == "keep"]
    if not directed and weights is not None and names_both_directions(rows, rule):
        directed = True
    merged = {}
    for u, v, w in rows:
        key = (u, v) if directed else (min(u, v), max(u, v))
        merged[key] = combine(rule, merged[key], w) if key in merged else w
    if not directed:
        merged |= {(v, u): w for (u, v), w in merged.items()}
    return merged if weights is not None or keep_counts else dict.fromkeys(merged)


def combine(rule, old, new):
    return {"sum": old + new, "max": max(old, new), "first": old}[rule]


def names_both_directions(rows, rule):
    """Whether each edge is named as often as its reverse, and with the same weight when merged."""
    if sorted((u, v) for u, v, _ in rows) != sorted((v, u) for u, v, _ in rows):
        return False
    merged = {}
    for u, v, w in rows:
        merged[u, v] = combine(rule, merged[u, v], w) if (u, v) in merged else w
    return any(u != v for u, v in merged) and all(merged.get((v, u)) == w for (u, v), w in merged.items())
