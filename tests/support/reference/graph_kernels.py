"""Graph kernels as functions of the Laplacian's eigenvalues, dense and in float64.

Regularised Laplacian, diffusion, p-step random walk and inverse cosine from Smola, Kondor, COLT 2003; Matérn
from Borovitskiy et al., AISTATS 2021.
"""

import math

import numpy as np

OF_EIGENVALUES = {
    "regularized-laplacian": lambda x, sigma, power: (1 + sigma**2 * x) ** -power,
    "diffusion": lambda x, beta: np.exp(-beta * x),
    "p-step": lambda x, steps, offset: (offset - x) ** steps,
    "inverse-cosine": lambda x: np.cos(math.pi * x / 4),
    "matern": lambda x, nu, kappa: (2 * nu / kappa**2 + x) ** -nu,
}


def normalized(weights):
    """D^-1/2 W D^-1/2 of a dense symmetric W, with zero rows where D is zero."""
    result = np.array(weights, np.float64)
    degrees = result.sum(axis=1)
    for i, row in enumerate(result):
        for j in np.flatnonzero(row):
            row[j] /= math.sqrt(degrees[i]) * math.sqrt(degrees[j])
    return result


def exact(weights, kernel, **parameters):
    """The kernel's matrix, [num_nodes, num_nodes], by the eigenvectors of I - D^-1/2 W D^-1/2."""
    laplacian = np.eye(len(weights)) - normalized(weights)
    values, vectors = np.linalg.eigh(laplacian)
    return (vectors * OF_EIGENVALUES[kernel](values, **parameters)) @ vectors.T


def polynomial(matrix, coefficients):
    """sum_k coefficients[k] matrix^k."""
    power = np.eye(len(matrix))
    total = np.zeros_like(power)
    for coefficient in coefficients:
        total += coefficient * power
        power = power @ matrix
    return total


def convolution(f, g):
    """sum_{j <= k} f_j g_{k-j} for k below the length that both have."""
    return [sum(f[j] * g[k - j] for j in range(k + 1)) for k in range(len(f))]
