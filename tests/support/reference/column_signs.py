"""Signs of vectors by their groups of equal entries, one column at a time."""

import itertools


def sign(entries, same):
    """That of the sum of the first group, longest entries first, which has one; or of the longest entry."""
    ordered = sorted(entries, key=lambda entry: -abs(entry))
    limit, groups = same * abs(ordered[0]), [[ordered[0]]]
    for before, entry in itertools.pairwise(ordered):
        if abs(before) - abs(entry) > limit:
            groups.append([])
        groups[-1].append(entry)
    decisive = [sum(group) for group in groups if abs(sum(group)) > limit]
    return -1.0 if (decisive or ordered)[0] < 0 else 1.0
