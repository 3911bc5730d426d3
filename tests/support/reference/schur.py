"""Schur complements by dense float64, the tree of a star and the walks to terminals in plain Python."""

import numpy as np

from support.reference.philox import draw


def laplacian(adjacency):
    """D - A of a dense symmetric matrix, loops left out."""
    plain = adjacency - np.diag(np.diag(adjacency))
    return np.diag(plain.sum(axis=1)) - plain


def schur_complement(matrix, rows):
    """L_CC - L_CF L_FF^+ L_FC of a dense Laplacian; components of which nothing stays vanish."""
    gone = np.setdiff1d(np.arange(len(matrix)), rows)
    inner = np.linalg.pinv(matrix[np.ix_(gone, gone)])
    return matrix[np.ix_(rows, rows)] - matrix[np.ix_(rows, gone)] @ inner @ matrix[np.ix_(gone, rows)]


def tree_of_star(star, node, seed, stream):
    """Edges {(i, j): weight} that replace a star {leaf: weight}, weights all different (Kyng, Sachdeva)."""
    leaves = sorted(star, key=star.get)
    total, edges = sum(star.values()), {}
    for place, leaf in enumerate(leaves[:-1]):
        rest = leaves[place + 1 :]
        behind = sum(star[other] for other in rest)
        high, low, _, _ = draw(seed, node, place, stream)
        mark = ((high >> 5) * 2**26 + (low >> 6)) / 2**53 * behind
        # From the heaviest down, as shares of what is behind.
        for other in reversed(rest):
            mark -= star[other]
            if mark < 0:
                break
        edges[leaf, other] = star[leaf] * behind / total
    return edges


def walk_to(rows, tables, stays, node, seed, number, stream):
    """(the first node that stays, resistance of the way); rows {node: [(neighbour, weight)]}, sorted."""
    resistance, step = 0.0, 0
    while node not in stays:
        words = draw(seed, number, step // 2, stream)
        word, coin = words[2 * (step % 2) : 2 * (step % 2) + 2]
        slot = word * len(rows[node]) >> 32
        if tables is not None:
            threshold, alias = tables[node][slot]
            slot = slot if coin < threshold else alias
        node, weight = rows[node][slot]
        resistance += 1 / weight
        step += 1
    return node, resistance
