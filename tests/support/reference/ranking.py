"""Ranks and areas under curves from their definitions, by plain loops."""


def rank(true, false):
    """The mean of the places that a stable sort could give the true score."""
    best = 1 + sum(score > true for score in false)
    worst = 1 + sum(score >= true for score in false)
    return (best + worst) / 2


def metrics(true, false, hits):
    """MRR, mean rank and {k: share of ranks <= k} of true scores, each with its own list of false ones."""
    ranks = [rank(score, others) for score, others in zip(true, false, strict=True)]
    count = len(ranks)
    return (
        sum(1 / r for r in ranks) / count,
        sum(ranks) / count,
        {k: sum(r <= k for r in ranks) / count for k in hits},
    )


def auc(true, false):
    """The chance that a true score is above a false one, ties counting half."""
    wins = sum((t > f) + (t == f) / 2 for t in true for f in false)
    return wins / (len(true) * len(false))


def average_precision(true, false):
    """Sum over the thresholds of precision times the gain in recall."""
    total, before = 0.0, 0
    for threshold in sorted(set(true) | set(false), reverse=True):
        found = sum(score >= threshold for score in true)
        wrong = sum(score >= threshold for score in false)
        total += found / (found + wrong) * (found - before) / len(true)
        before = found
    return total
