"""Subgraphs around nodes by sets: who leads to the target in some steps, and all edges among them."""


def k_hop(edges, target, depth):
    """The nodes from which the target is reached in at most `depth` steps."""
    reached = {target}
    for _ in range(depth):
        reached |= {int(source) for source, end in edges.T if int(end) in reached}
    return sorted(reached)


def induced(edges, nodes):
    """(source, target, edge) of all edges among the nodes, as places among them, by source, then target."""
    place = {node: k for k, node in enumerate(nodes)}
    found = [
        (place[int(source)], place[int(target)], edge)
        for edge, (source, target) in enumerate(edges.T)
        if int(source) in place and int(target) in place
    ]
    return sorted(found)
