"""Pairs of centres and contexts that windows on walks make, walk by walk."""

from collections import defaultdict


def pairs_by_block(walks, reaches, kept, num_parts):
    """Lists of (center, context) by (part of the center, part of the context), in the order of the walks.

    `reaches` and `kept` are as the walks: how far the node at each position sees, and whether it is there.
    """
    blocks = defaultdict(list)
    for walk, sees, stays in zip(walks, reaches, kept, strict=True):
        tokens = [
            (int(node), int(reach))
            for node, reach, there in zip(walk, sees, stays, strict=True)
            if node >= 0 and there
        ]
        for place, (center, reach) in enumerate(tokens):
            for other, (context, _) in enumerate(tokens):
                if other != place and abs(other - place) <= reach:
                    blocks[center % num_parts, context % num_parts].append((center, context))
    return blocks
