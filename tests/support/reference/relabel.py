"""Relabelling by dictionaries."""


def rows_ascending(source, target):
    """(source rows, target rows, ids) with ids ascending."""
    ids = sorted({*source, *target})
    row = {node: place for place, node in enumerate(ids)}
    return [row[node] for node in source], [row[node] for node in target], ids


def rows_by_appearance(source, target):
    """(source rows, target rows, ids) with ids in the order in which the edges name them."""
    row = {}
    for edge in zip(source, target, strict=True):
        for node in edge:
            row.setdefault(node, len(row))
    return [row[node] for node in source], [row[node] for node in target], list(row)
