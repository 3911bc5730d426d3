"""Edges of a graph as plain lists."""


def edges_of(graph):
    """(source, target) or (source, target, weight) of every edge, each undirected one once, sorted."""
    columns = [column.tolist() for column in graph.to_edges() if column is not None]
    return sorted(zip(*columns, strict=True))
