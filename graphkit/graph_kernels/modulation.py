"""Graph kernels as power series, and the modulation functions that random walks estimate them with.

I. Reid, K. Choromanski, E. Berger, A. Weller, "General graph random features", ICLR 2024, arXiv:2310.04859.

With W~ = D^-1/2 W D^-1/2, whose eigenvalues lie in [-1, 1], and L~ = I - W~, each kernel K is a power series
in U = scale W~. A modulation f is a square root of it, f * f = alpha:

    K = sum_k alpha_k U^k,    sum_{j <= k} f_j f_{k-j} = alpha_k,    so that    K = (sum_k f_k U^k)^2.

    ======================  ========================  =============  ===================================
    kernel                  K                         scale          alpha_k, of an exponent e
    ======================  ========================  =============  ===================================
    regularized-laplacian   (I + sigma^2 L~)^-d       s^2/(1 + s^2)  (1 + s^2)^-e e(e+1)..(e+k-1)/k!, e = d
    matern                  (2 nu/kappa^2 I + L~)^-nu 1/c            c^-e e(e+1)..(e+k-1)/k!, e = nu
    diffusion               exp(-beta L~)             1              exp(-e) e^k/k!, e = beta
    p-step                  (a I - L~)^p              1/(a - 1)      (a - 1)^e binom(e, k), e = p
    inverse-cosine          cos(pi L~/4)              1              sqrt(1/2) (pi/4)^k/k! (+, +, -, -, ...)
    coefficients            any                       any            as given
    ======================  ========================  =============  ===================================

with s = sigma and c = 1 + 2 nu/kappa^2. The first four are powers, so f is alpha of half the exponent; the
last two have f by deconvolution. For the paper's exp(-sigma^2 L~/2) put beta = sigma^2/2.

Cut after f_n, what is estimated is (sum_{k <= n} f_k U^k)^2: alpha exactly up to U^n, positive semidefinite,
and with the terms f_j f_k of j + k > n that both have.
A node without edges has a zero row in W~, so there K is alpha_0 times the identity.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from graphkit.checks import as_real, check_between, check_choice, check_positive, check_whole, shown
from graphkit.errors import ParameterError, unknown_choice

if TYPE_CHECKING:
    from graphkit.graph.graph import Graph

Coefficients = NDArray[np.float64]
"""Of U^0, U^1, ..., ``[length + 1]``."""

NORMALIZATIONS = ("symmetric", "none")

_SAME_ROOT = 1e-2
"""Roots nearer than this, relative to their size, are one of higher order that rounding has split."""

_ROUNDING = 1e-9


@dataclass(frozen=True)
class Series:
    """A kernel K = sum_k coefficients[k] U^k = (sum_k modulation[k] U^k)^2 with U = scale times a matrix.

    Attributes
    ----------
    scale
        Of the matrix, > 0.
    coefficients
        alpha, float64 [length + 1].
    modulation
        f, float64 [length + 1], f[0] > 0.
    normalization
        ``"symmetric"`` for D^-1/2 W D^-1/2, ``"none"`` for W.
    radius
        The largest spectral radius of U for which the series of f converges.
    """

    scale: float
    coefficients: Coefficients
    modulation: Coefficients
    normalization: str = "symmetric"
    radius: float = math.inf

    def check_convergence(self, graph: Graph) -> None:
        """Raise `ParameterError`, with the largest scale allowed, if f's series diverges on this graph."""
        if math.isinf(self.radius):
            return
        spread = spectral_radius(graph, self.normalization)
        if self.scale * spread > self.radius:
            raise ParameterError(
                f"scale must be <= {_rounded_down(self.radius / spread)} for this graph, got {self.scale}: "
                f"the spectral radius of its matrix (normalization={self.normalization!r}) is {spread:.6g}, "
                f"and the series of the modulation converges up to {self.radius:.6g}"
            )


def kernel_series(kernel: str, length: int, **parameters: Any) -> Series:
    """Return the power series of a graph kernel, and its modulation function, up to U^length.

    Parameters
    ----------
    kernel
        ``"regularized-laplacian"`` (sigma=1, power=2), ``"diffusion"`` (beta=1), ``"p-step"`` (steps=2,
        offset=2), ``"inverse-cosine"``, ``"matern"`` (nu=1.5, kappa=1) or ``"coefficients"``
        (coefficients, scale=1, normalization="symmetric").
    length
        Of the longest walk that counts, in steps, >= 0.
    **parameters
        Of the kernel: sigma, power, beta, nu, kappa > 0, any numbers; steps p >= 1, whole; offset a >= 2;
        coefficients alpha of U^0, U^1, ..., at most length + 1 finite numbers, the first > 0; scale > 0.
        None stands for the default.

    Returns
    -------
    Series
        Scale, coefficients and modulation.

    Raises
    ------
    ParameterError
        For an unknown kernel, a parameter that it has not, or one outside its range or so large or small
        that the series overflows.

    Notes
    -----
    p-step with an odd p, and the inverse cosine, have a square root that is no polynomial and ends at U = -1:
    with offset 2, its coefficients fall as k^(-p/2 - 1), those of the inverse cosine as k^(-3/2).
    A list of length + 1 coefficients is taken for the beginning of a series, a shorter one for a polynomial.

    References
    ----------
    Smola, Kondor, "Kernels and regularization on graphs", COLT 2003; Borovitskiy et al., "Matérn Gaussian
    processes on graphs", AISTATS 2021; Reid et al., "General graph random features", ICLR 2024.

    Examples
    --------
    >>> series = kernel_series("regularized-laplacian", 3, sigma=1.0, power=2)
    >>> series.scale
    0.5
    >>> print(series.coefficients, series.modulation)
    [0.25 0.5  0.75 1.  ] [0.5 0.5 0.5 0.5]
    """
    check_choice("kernel", kernel, KERNELS)
    check_whole("length", length, 0)
    build = KERNELS[kernel]
    known = kernel_parameters(kernel)
    given = {name: value for name, value in parameters.items() if value is not None}
    for name in given:
        if name not in known:
            raise unknown_choice(f"{kernel} parameter", name, known)
    return build(length, **given)


def kernel_parameters(kernel: str) -> dict[str, Any]:
    """Return the parameters of a kernel and their defaults.

    Examples
    --------
    >>> kernel_parameters("diffusion")
    {'beta': 1.0}
    """
    _, *parameters = inspect.signature(KERNELS[kernel]).parameters.values()
    return {parameter.name: parameter.default for parameter in parameters}


def modulation(coefficients: ArrayLike) -> Coefficients:
    """Return f with f * f = alpha: f_0 = sqrt(alpha_0), f_k = (alpha_k - sum_{0<j<k} f_j f_{k-j}) / (2 f_0).

    Parameters
    ----------
    coefficients
        alpha, finite numbers [length + 1], the first > 0.

    Returns
    -------
    float64 [length + 1]
        The modulation function; -f is the other one.

    Raises
    ------
    ParameterError
        For coefficients that are none, or the first not > 0: then no real f with f_0 != 0 exists.

    Examples
    --------
    >>> print(modulation([1, 2, 3, 4]))
    [1. 1. 1. 1.]
    """
    alpha = _checked_coefficients(coefficients)
    f = np.zeros_like(alpha)
    f[0] = math.sqrt(alpha[0])
    with np.errstate(over="ignore", invalid="ignore"):
        for k in range(1, len(alpha)):
            f[k] = (alpha[k] - f[1:k] @ f[k - 1 : 0 : -1]) / (2 * f[0])
    return _in_range(f)


def spectral_radius(graph: Graph, normalization: str = "symmetric") -> float:
    """Return the largest eigenvalue of an undirected graph's matrix, which is its spectral radius.

    Parameters
    ----------
    graph
        An undirected graph.
    normalization
        ``"symmetric"`` for D^-1/2 W D^-1/2: 1 if there is an edge, else 0. ``"none"`` for W: by Lanczos'
        method, to a relative 1e-5.

    Raises
    ------
    ParameterError
        For a directed graph, or another normalization.

    Examples
    --------
    >>> from graphkit import Graph
    >>> star = Graph.from_edges([(0, 1), (0, 2), (0, 3), (0, 4)])
    >>> spectral_radius(star), round(spectral_radius(star, "none"), 4)
    (1.0, 2.0)
    """
    check_choice("normalization", normalization, NORMALIZATIONS)
    if graph.directed:
        raise ParameterError("graph kernels are for undirected graphs, got a directed one")
    if graph.num_arcs == 0 or normalization == "symmetric":
        return float(graph.num_arcs > 0)
    arcs: Any = graph.to_scipy().astype(np.float64)
    # Weights of any size: relative to the largest, none is lost.
    largest = float(arcs.data.max())
    return largest * _largest_eigenvalue(arcs / largest)


def _largest_eigenvalue(arcs: Any) -> float:
    num_nodes = arcs.shape[0]
    if num_nodes <= 32:
        return float(np.linalg.eigvalsh(arcs.toarray())[-1])
    from scipy.sparse.linalg import eigsh

    # Positive, as the eigenvector is, and not that of a regular graph, which would end the method at once.
    start = np.linspace(1, 2, num_nodes)
    return float(eigsh(arcs, k=1, which="LA", v0=start, tol=1e-5, return_eigenvectors=False)[0])


_SQUARED = "[1e-150, 1e150]"
"""The interval of what is squared."""


def _regularized_laplacian(length: int, *, sigma: float = 1.0, power: float = 2.0) -> Series:
    check_between("sigma", sigma, _SQUARED)
    check_positive("power", power)
    variance = sigma**2
    return _power_series(variance / (1 + variance), 1 / (1 + variance), power, _inverse_powers, length)


def _matern(length: int, *, nu: float = 1.5, kappa: float = 1.0) -> Series:
    check_positive("nu", nu)
    check_between("kappa", kappa, _SQUARED)
    constant = 1 + 2 * nu / kappa**2
    return _power_series(1 / constant, 1 / constant, nu, _inverse_powers, length)


def _diffusion(length: int, *, beta: float = 1.0) -> Series:
    check_positive("beta", beta)
    return _power_series(1.0, math.exp(-1), beta, _exponentials, length)


def _p_step(length: int, *, steps: int = 2, offset: float = 2.0) -> Series:
    check_whole("steps", steps, 1)
    if not 2 <= as_real(offset) < math.inf:
        raise ParameterError(f"offset must be >= 2 and finite, got {shown(offset)}")
    return _power_series(1 / (offset - 1), offset - 1, steps, _binomials, length)


def _inverse_cosine(length: int) -> Series:
    signs = np.resize([1.0, 1.0, -1.0, -1.0], length + 1)
    alpha = math.sqrt(0.5) * signs * _exponentials(math.pi / 4, length)
    return Series(1.0, alpha, modulation(alpha))


def _coefficients(
    length: int, *, coefficients: Sequence[float] = (), scale: float = 1.0, normalization: str = "symmetric"
) -> Series:
    check_positive("scale", scale)
    check_choice("normalization", normalization, NORMALIZATIONS)
    given = _checked_coefficients(coefficients)
    if len(given) > length + 1:
        raise ParameterError(
            f"coefficients must be at most {length + 1} for walks of at most {length} steps, got {len(given)}"
        )
    # At the end of its disk a polynomial's square root converges, that of a series like 1/(1 - U) does not.
    end = 1 + _ROUNDING if len(given) <= length else 1 - _ROUNDING
    alpha = np.pad(given, (0, length + 1 - len(given)))
    return Series(float(scale), alpha, modulation(alpha), normalization, end * _branch_radius(given))


KERNELS: dict[str, Callable[..., Series]] = {
    "regularized-laplacian": _regularized_laplacian,
    "diffusion": _diffusion,
    "p-step": _p_step,
    "inverse-cosine": _inverse_cosine,
    "matern": _matern,
    "coefficients": _coefficients,
}
"""Each kernel's name and how its series is made."""


def _power_series(
    scale: float,
    factor: float,
    exponent: float,
    powers: Callable[[float, int], Coefficients],
    length: int,
) -> Series:
    """The series of (factor g(U))^exponent, and its square root, which has half the exponent."""
    with np.errstate(over="ignore", invalid="ignore"):
        alpha, f = (np.float64(factor) ** e * powers(e, length) for e in (float(exponent), exponent / 2))
    return Series(scale, _in_range(alpha), _in_range(f))


def _inverse_powers(exponent: float, length: int) -> Coefficients:
    """(1 - u)^-e = sum_k e (e + 1) ... (e + k - 1) / k! u^k."""
    k = np.arange(1, length + 1)
    return np.cumprod(np.append(1.0, (exponent + k - 1) / k))


def _exponentials(exponent: float, length: int) -> Coefficients:
    """exp(e u) = sum_k e^k / k! u^k."""
    return np.cumprod(np.append(1.0, exponent / np.arange(1, length + 1)))


def _binomials(exponent: float, length: int) -> Coefficients:
    """(1 + u)^e = sum_k e (e - 1) ... (e - k + 1) / k! u^k."""
    k = np.arange(1, length + 1)
    return np.cumprod(np.append(1.0, (exponent - k + 1) / k))


def _branch_radius(coefficients: Coefficients) -> float:
    """Up to where a polynomial has an analytic square root: the least |root| of odd order, or infinity."""
    degree = int(np.flatnonzero(coefficients)[-1])
    if degree == 0:
        return math.inf
    # Scaled to roots of mean size 1, without which those of 1 + z + z^2/2! + ... are lost to rounding.
    size = (coefficients[0] / abs(coefficients[degree])) ** (1 / degree)
    # Roots of the reversed polynomial are their reciprocals, and the largest come out best.
    scaled = coefficients[: degree + 1] / coefficients[0] * size ** np.arange(degree + 1)
    reciprocals = np.roots(_in_range(scaled))
    distances = np.abs(reciprocals[:, None] - reciprocals)
    order = (distances <= _SAME_ROOT * np.abs(reciprocals)[:, None]).sum(axis=1)
    largest = np.abs(reciprocals[order % 2 == 1]).max(initial=0.0)
    return float(size / largest) if largest > 0 else math.inf


def _checked_coefficients(coefficients: ArrayLike) -> Coefficients:
    alpha = np.asarray(coefficients, np.float64)
    if alpha.ndim != 1 or len(alpha) == 0 or not np.isfinite(alpha).all():
        raise ParameterError(f"coefficients must be finite numbers, at least one, got {coefficients!r}")
    if alpha[0] <= 0:
        raise ParameterError(
            f"coefficients[0] must be > 0, got {alpha[0]}: the modulation begins with its square root, "
            "and is divided by it"
        )
    return alpha


def _in_range(series: Coefficients) -> Coefficients:
    if not np.isfinite(series).all() or series[0] <= 0:
        raise ParameterError(
            f"the kernel's series leaves the range of floating-point numbers: it begins with {series[:4]}"
        )
    return series


def _rounded_down(value: float) -> str:
    """Four digits, not beyond the value."""
    digits = 3 - math.floor(math.log10(value))
    return f"{math.floor(value * 10.0**digits) / 10.0**digits:.4g}"
