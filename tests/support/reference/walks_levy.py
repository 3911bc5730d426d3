"""Lévy flights from their definitions: dense matrices, Sibuya's distribution by its recursion."""

import numpy as np


def plain_steps(weights):
    """P, rows of a sink all 0."""
    weights = np.asarray(weights, float)
    sums = weights.sum(axis=1, keepdims=True)
    return np.divide(weights, sums, out=np.zeros_like(weights), where=sums > 0)


def flights(weights, alpha):
    """I - (I - P)^alpha of an undirected graph without isolated nodes, by eigenvalues."""
    weights = np.asarray(weights, float)
    root = np.sqrt(weights.sum(axis=1))
    values, vectors = np.linalg.eigh(np.eye(len(weights)) - weights / np.outer(root, root))
    power = (vectors * np.maximum(values, 0) ** alpha) @ vectors.T
    return np.eye(len(weights)) - power / root[:, None] * root[None, :]


def sibuya(alpha, most):
    """P(K = 1), ..., P(K = most) by c_1 = alpha, c_(k + 1) = c_k (k - alpha) / (k + 1)."""
    shares = [alpha]
    for k in range(1, most):
        shares.append(shares[-1] * (k - alpha) / (k + 1))
    return shares


def cut_flights(weights, alpha, most, terms=200_000):
    """The sum of c_k P^k with K above `most` cut to `most` or one less, as K is odd or even."""
    shares = sibuya(alpha, terms)
    kept = np.array(shares[:most])
    for last in (most - 1, most):
        # The series falls as terms^-alpha; what it leaves out is half odd, half even, nearly.
        kept[last - 1] += sum(shares[last + 1 :: 2])
    rest = 1 - kept.sum()
    kept[most - 2 :] += rest / 2
    step, power = plain_steps(weights), np.eye(len(weights))
    total = np.zeros_like(step)
    for share in kept:
        power = power @ step
        total += share * power
    return total
