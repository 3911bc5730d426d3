"""How well a simple classifier recovers nodes' labels from their vectors.

References
----------
Perozzi, Al-Rfou, Skiena, "DeepWalk: online learning of social representations", KDD 2014 (the protocol).
Tang, Liu, "Relational learning via latent social dimensions", KDD 2009.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from graphkit.checks import as_array, check_between, check_choice, check_positive, check_whole, shown
from graphkit.errors import ParameterError
from graphkit.evaluation.classification_result import NodeClassification, Protocol, protocol_statement
from graphkit.evaluation.f1 import highest_scores, micro_macro_f1
from graphkit.evaluation.labels import Labels, as_labels, warn_of_idle_labels
from graphkit.evaluation.logistic import fit_one_vs_rest
from graphkit.evaluation.vectors import as_vectors, unit_rows
from graphkit.parallel import even_bounds, resolve_threads, run_ranges
from graphkit.resources import check_host_memory
from graphkit.seeds import Stream, generator

if TYPE_CHECKING:
    from graphkit.progress import Progress


def node_classification(
    vectors: Any,
    labels: Any,
    *,
    train_ratios: float | Sequence[float] = 0.5,
    shuffles: int = 10,
    C: float = 1.0,
    normalize: Literal["l2"] | None = None,
    protocol: Protocol = "top-k",
    seed: int = 0,
    num_threads: int | None = None,
    progress: Progress | None = None,
) -> NodeClassification:
    """Train one logistic regression a label on some of the nodes and score the others: micro- and macro-F1.

    Parameters
    ----------
    vectors
        An `Embedding`, or an array [num_nodes, dim] of finite numbers.
    labels
        Row i belongs to row i of `vectors`. A matrix of 0 and 1, dense or SciPy sparse, [num_nodes,
        num_labels], where a row without 1 is a node without label; or one class a node, numbers or
        strings, [num_nodes], where -1, NaN, None and "" stand for no label. Only labelled nodes take part.
    train_ratios
        Share of the labelled nodes to train on, in (0, 1); or several of them.
    shuffles
        Random orders of the labelled nodes, >= 1; each is cut at every ratio.
    C
        Weight of the log-likelihood against the penalty ``½ |w|²``, > 0.
    normalize
        ``"l2"`` divides each vector by its Euclidean length first. None for vectors as they are.
    protocol
        Which labels are predicted, where nodes bear several: ``"top-k"``, as many as the node truly has,
        which is customary and gives their number away; ``"threshold"``, those of probability above
        1/2, which is honest. Where each node bears exactly one, "top-k" is the class of highest score
        and gives nothing away.
    seed
        In [0, 2**64).
    num_threads
        >= 1, or None for all cores. Not part of the result.
    progress
        Called with ("node classification", fits done, fits in all).

    Returns
    -------
    NodeClassification
        ``micro_f1`` and ``macro_f1``, float64 [num_ratios, shuffles], and the protocol in words.

    Raises
    ------
    InputError
        If vectors are not finite, labels do not fit them, or too few nodes are labelled.
    ParameterError
        If a parameter lies outside its range, or a ratio leaves no node to train or to test on.

    Notes
    -----
    The classifier's objective is LIBLINEAR's, with the intercept penalised as scikit-learn's
    ``LogisticRegression(solver="liblinear")`` does it, minimised closely by `fit_one_vs_rest`, SciPy's
    L-BFGS-B over many labels at once, in a seventh to a fifteenth of LIBLINEAR's time. A label that
    no training node bears is never predicted before others; one that all bear always is. Macro-F1 is
    the mean over all labels, as in scikit-learn. Each fit holds its training vectors, and up to 128 bytes
    a training node; `num_threads` fits run side by side, each with BLAS on one thread.

    Published figures differ by 1 to 3 points in C, in normalising, and in the protocol: compare like with
    like.

    References
    ----------
    Perozzi, Al-Rfou, Skiena, "DeepWalk: online learning of social representations", KDD 2014.

    Examples
    --------
    >>> vectors = np.repeat([[1.0, 0.0], [0.0, 1.0]], 20, axis=0)
    >>> result = node_classification(vectors, ["a"] * 20 + ["b"] * 20, shuffles=2)
    >>> print(result)  # doctest: +ELLIPSIS
    train_ratio  shuffles  micro_f1  micro_f1_std  macro_f1  macro_f1_std
         0.5000         2    1.0000        0.0000    1.0000        0.0000
    <BLANKLINE>
    Node classification, multi-class: 40 of 40 nodes are labelled, with 2 labels...
    """
    from threadpoolctl import threadpool_limits

    matrix = as_vectors(vectors)
    known = as_labels(labels, len(matrix))
    warn_of_idle_labels(known)
    ratios = _check_ratios(train_ratios, len(known.rows))
    check_whole("shuffles", shuffles, 1)
    orders_bytes = 8 * shuffles * len(known.rows)
    check_host_memory(orders_bytes, f"shuffles={shuffles:,} orders of the nodes need", "choose fewer")
    check_positive("C", C)
    check_choice("protocol", protocol, get_args(Protocol))
    if normalize is not None and not (isinstance(normalize, str) and normalize == "l2"):
        raise ParameterError(f"normalize must be 'l2' or None, got {shown(normalize)}")
    rng = generator(seed, Stream.SHUFFLE)
    orders = [rng.permutation(len(known.rows)) for _ in range(shuffles)]
    fits = _Fits(unit_rows(matrix) if normalize else matrix, known, protocol, C, progress)
    # Fits side by side, not threads within products: these are small, and one thread always rounds alike.
    with threadpool_limits(1, user_api="blas"):
        scores = fits.run(
            [(ratio, order) for ratio in ratios for order in orders], resolve_threads(num_threads)
        )
    micro, macro = scores.T.reshape(2, len(ratios), shuffles)
    statement = protocol_statement(
        known,
        *matrix.shape,
        protocol=protocol,
        penalty=C,
        normalize=bool(normalize),
        shuffles=shuffles,
        seed=seed,
    )
    return NodeClassification(ratios, micro, macro, statement)


@dataclass
class _Fits:
    """Fits over the same vectors and labels, run side by side."""

    vectors: NDArray[Any]
    labels: Labels
    protocol: Protocol
    penalty: float
    progress: Progress | None
    done: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, tasks: list[tuple[float, NDArray[np.int64]]], num_threads: int) -> NDArray[np.float64]:
        """Micro- and macro-F1 of each (ratio, order), float64 [len(tasks), 2]."""
        side_by_side = min(num_threads, len(tasks))

        def fit(start: int, stop: int) -> list[tuple[float, float]]:
            return [self._fit(*task, len(tasks), num_threads // side_by_side) for task in tasks[start:stop]]

        results = run_ranges(fit, even_bounds(len(tasks), len(tasks)), side_by_side)
        return np.array([scores for result in results for scores in result])

    def _fit(
        self, ratio: float, order: NDArray[np.int64], total: int, num_threads: int
    ) -> tuple[float, float]:
        train, test = np.split(order, [_num_train(ratio, len(order))])
        found = f1_of_split(
            *(self.vectors, self.labels, train, test),
            protocol=self.protocol,
            C=self.penalty,
            num_threads=num_threads,
        )
        self._report(total)
        return found

    def _report(self, total: int) -> None:
        with self.lock:
            self.done += 1
            if self.progress is not None:
                self.progress("node classification", self.done, total)


def f1_of_split(
    vectors: NDArray[Any],
    labels: Labels,
    train: NDArray[np.int64],
    test: NDArray[np.int64],
    *,
    protocol: Protocol,
    C: float,
    num_threads: int,
) -> tuple[float, float]:
    """Return micro- and macro-F1 of some labelled nodes under a classifier that saw others.

    `train` and `test` are places in `labels.rows`; BLAS has one thread.
    """
    features, bearers = vectors[labels.rows[train]], labels.matrix[train]
    model = fit_one_vs_rest(features, bearers, C=C, num_threads=num_threads)
    scores = model.scores(vectors[labels.rows[test]])
    truth = labels.matrix[test].toarray() > 0
    predicted = scores > 0 if protocol == "threshold" else highest_scores(scores, truth.sum(axis=1))
    return micro_macro_f1(truth, predicted)


def _num_train(ratio: float, num_labelled: int) -> int:
    # A tiny excess, for 0.29 * 100 is 28.999999999999996.
    return int(ratio * num_labelled + 1e-9)


def _check_ratios(given: float | Sequence[float], num_labelled: int) -> tuple[float, ...]:
    ratios = tuple(np.atleast_1d(as_array("train_ratios", given, np.float64)).ravel().tolist())
    if not ratios:
        raise ParameterError("train_ratios must hold at least one ratio")
    for ratio in ratios:
        check_between("train_ratios", ratio, "(0, 1)")
        if not 0 < _num_train(ratio, num_labelled) < num_labelled:
            raise ParameterError(
                f"train_ratios={ratio:g} leaves no node to train on: {num_labelled} are labelled"
            )
    return ratios
