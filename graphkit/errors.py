"""What can go wrong, in words that say what to do.

Everything the user can mend is a `GraphkitError`; the command line turns it into one line and exit
code 2 (1 for a `RunError`), never into a stack trace.
"""

from __future__ import annotations

import difflib
import functools
import inspect
import os
import re
from collections.abc import Callable, Iterable
from typing import Any, TypeVar, cast

_LONG_QUOTE = re.compile(
    r"""(?<!\w)(?:'((?:[^'\\]|\\.){57})(?:[^'\\]|\\.){4,}'|"((?:[^"\\]|\\.){57})(?:[^"\\]|\\.){4,}")(?!\w)"""
)


class GraphkitError(Exception):
    """Something the user can mend; the message names the file and line or the parameter.

    Of what it quotes, such as a cell of a file, it shows the first 57 characters.
    """

    def __init__(self, message: str = ""):
        super().__init__(_with_short_quotes(message))


class ParameterError(GraphkitError, ValueError):
    """A parameter outside its range: ``p must be > 0, got -1.0``."""


class UnknownParameterError(ParameterError, TypeError):
    """A parameter that a function or method does not have."""


class InputError(GraphkitError, ValueError):
    """Data that cannot be taken as given.

    Parameters
    ----------
    message
        What is wrong and what to do.
    path
        The file at fault.
    line
        The line at fault, counted from 1.

    Examples
    --------
    >>> print(InputError("expected 2 columns, found 1", path="edges.txt", line=7))
    edges.txt, line 7: expected 2 columns, found 1
    """

    def __init__(self, message: str, path: str | os.PathLike[str] | None = None, line: int | None = None):
        super().__init__(message)
        self.message: str = self.args[0]
        self.path = None if path is None else os.fspath(path)
        self.line = line

    def __str__(self) -> str:
        if self.path is None:
            return self.message
        place = self.path if self.line is None else f"{self.path}, line {self.line}"
        return f"{place}: {self.message}"


class UnknownNodeError(GraphkitError, KeyError):
    """A node id that the graph or the embedding does not hold."""

    def __str__(self) -> str:
        # KeyError would show the message quoted.
        return str(self.args[0])


class MissingDependencyError(GraphkitError, ImportError):
    """An optional library is needed and absent; the message holds the install command."""


EXTRAS = {
    "maps": ("matplotlib>=3.9", "datashader>=0.17", "pandas>=2.2"),
    "gpu": ("triton>=3.6",),
    "ray": ("ray>=2.52",),
}
"""The libraries of each extra of ``pyproject.toml`` that an error may ask for."""


def install_line(wanted: str) -> str:
    """Return the command that installs the libraries of an extra, or one library by its name.

    It names libraries, never this distribution with an extra: libraries install alike beside a checkout,
    a wheel and a published release.

    Examples
    --------
    >>> print(install_line("ray"))
    pip install 'ray>=2.52'
    >>> print(install_line("networkx"))
    pip install networkx
    """
    if wanted in EXTRAS:
        return "pip install " + " ".join(f"'{library}'" for library in EXTRAS[wanted])
    return f"pip install {wanted}"


class RunError(GraphkitError):
    """A run that began in good order failed: a full disk, a lost file."""


class GraphkitWarning(UserWarning):
    """The run goes on, but its result may not be what the user had in mind."""


def _with_short_quotes(message: str) -> str:
    return _LONG_QUOTE.sub(lambda found: f"'{found[1] or found[2]}...'", message)


def unknown_choice(parameter: str, given: object, choices: Iterable[str]) -> ParameterError:
    """Say which values `parameter` takes, and which of them is nearest to the given one.

    Examples
    --------
    >>> print(unknown_choice("method", "fastpr", ["fastrp", "line"]))
    unknown method 'fastpr': did you mean 'fastrp'? Possible: fastrp, line
    """
    names = list(choices)
    nearest: list[str] = []
    if isinstance(given, str):
        nearest = difflib.get_close_matches(given.lower(), names, n=1)
        nearest = nearest or [name for name in names if given.startswith(name) or name.startswith(given)]
    hint = f": did you mean '{nearest[0]}'? Possible" if nearest else "; possible"
    return ParameterError(f"unknown {parameter} {given!r}{hint}: {', '.join(names)}")


# node2vec (its authors', SNAP's, PyPI's), PecanPy, DeepWalk, gensim, PyTorch Geometric, Neo4j GDS,
# karateclub, nodevectors, GRAPE, FastRP's authors, scikit-learn, umap-learn, openTSNE, FAISS, networkx.
OTHER_NAMES = {
    "dim": (
        "dimensions dimension n_dim num_dims vector_size size embedding_dim embedding_size emb_size "
        "embedding_dimension embeddingDimension n_components representation_size"
    ),
    "walks_per_node": (
        "num_walks n_walks number_walks walk_number walk_num walks_num num_walks_per_node walksPerNode "
        "number_of_walks"
    ),
    "walk_length": "walk_len walklen walkLength length max_walk_length walk_size",
    "window": "window_size windowSize context_size T",
    "p": "return_param return_parameter return_weight returnFactor ret_param",
    "q": "inout_param in_out_param inout_parameter inOutFactor explore_weight neighbor_weight",
    "num_negatives": (
        "negative negatives negative_samples num_negative_samples num_neg_samples number_of_negative_samples "
        "negative_sample_rate negativeSamplingRate neg_samples"
    ),
    "epochs": "iter n_iter num_iter n_epochs num_epochs iterations max_iter",
    "learning_rate": "alpha lr init_lr start_alpha initialLearningRate",
    "noise_exponent": "ns_exponent negativeSamplingExponent",
    "subsample": "sample downsample",
    "seed": "random_state random_seed randomSeed rng",
    "num_threads": "workers worker num_workers n_workers n_jobs threads n_threads nthreads concurrency cores",
    "backend": "device",
    "weights": "iterationWeights iteration_weights",
    "beta": "alpha normalizationStrength normalization_strength",
    "feature_ratio": "propertyRatio property_ratio",
    "matrix": "input_matrix",
    "normalize": "normalization normalise",
    "num_terms": "iter n_iter num_iter iterations",
    "sweeps": "reweighting_iterations",
    "restart": "alpha damping damping_factor dampingFactor teleport teleport_probability reset_prob",
    "tolerance": "tol eps epsilon",
    "k": "n_neighbors num_neighbors topk topK top_k topn top_n neighbors",
    "perplexity": "n_neighbors num_neighbors",
    "recall": "sampleRate",
    "steps": "n_iter n_epochs max_iter iterations",
    "samples_per_node": "n_epochs n_iter max_iter iterations",
    "metapath": "metapaths meta_path",
    "test_ratio": "test_size frac test_frac",
    "train_ratio": "train_size",
}
"""Our parameter → what others call it."""

_MEANING = {
    "walk_length": "the number of nodes of a walk, its start included",
    "window": "the number of nodes on each side",
    "restart": "the probability to begin anew, 1 - the damping factor",
    "tolerance": "an error, whatever their stopping rule is",
    "num_negatives": "a number for each pair",
}
"""What ours means where theirs may mean something else."""

Target = TypeVar("Target", bound=Callable[..., Any])


def ours_for(given: str, names: Iterable[str]) -> str | None:
    """Return which of our names another tool's name stands for, or None.

    Examples
    --------
    >>> ours_for("vector_size", ["dim", "seed"]), ours_for("alpha", ["beta"]), ours_for("dimm", ["dim"])
    ('dim', 'beta', None)
    """
    return next((name for name in names if given in OTHER_NAMES.get(name, "").split()), None)


def unknown_parameter(what: str, given: str, names: Iterable[str]) -> UnknownParameterError:
    """Say what the parameter of another tool is called here, or which of ours is nearest.

    Parameters
    ----------
    what
        Begins the message behind "unknown": ``"Node2Vec parameter"``.
    given
        The unknown name.
    names
        Those that there are.

    Examples
    --------
    >>> print(unknown_parameter("DeepWalk parameter", "context_size", ["dim", "window"]))
    unknown DeepWalk parameter 'context_size': here it is window, the number of nodes on each side
    """
    names = list(names)
    ours = ours_for(given, names)
    if ours is None:
        return UnknownParameterError(str(unknown_choice(what, given, names)))
    meaning = f", {_MEANING[ours]}" if ours in _MEANING else ""
    return UnknownParameterError(f"unknown {what} {given!r}: here it is {ours}{meaning}")


def naming_ours(function: Target) -> Target:
    """Let a function, or a class, answer an unknown keyword with the name that it has here.

    Raises
    ------
    UnknownParameterError
        From the call, for a name that the function does not have.

    Examples
    --------
    >>> @naming_ours
    ... def walk(graph, *, walk_length=80): ...
    >>> walk("a graph", walk_len=3)
    Traceback (most recent call last):
    graphkit.errors.UnknownParameterError: unknown walk parameter 'walk_len': here it is walk_length, the \
number of nodes of a walk, its start included
    """
    target: Any = function
    if not isinstance(function, type):
        return cast(Target, _checked(target, target.__name__))
    target.__init__ = _checked(target.__init__, target.__name__)
    return function


def _checked(function: Any, name: str) -> Any:
    """The function behind a look at the names of its keywords."""
    names = [each for each in inspect.signature(function).parameters if each != "self"]
    known = set(names)

    @functools.wraps(function)
    def checked(*arguments: Any, **keywords: Any) -> Any:
        if not keywords.keys() <= known:
            given = next(each for each in keywords if each not in known)
            raise unknown_parameter(f"{name} parameter", given, names)
        return function(*arguments, **keywords)

    return checked
