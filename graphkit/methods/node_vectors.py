"""Vectors of nodes inside a scikit-learn pipeline, where a sample is a node id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np

from graphkit.arrays import Vectors
from graphkit.checks import kind_of
from graphkit.errors import ParameterError, unknown_parameter
from graphkit.io import as_graph
from graphkit.methods.base import Embedder
from graphkit.methods.registry import make_method

if TYPE_CHECKING:
    from graphkit.embedding import Embedding

_NESTED = "method__"


class NodeVectors:
    """A scikit-learn transformer from node ids to their vectors: the first step of a `Pipeline`.

    The whole graph is embedded in `fit`, whichever nodes it is given: labels are what a pipeline learns from
    some nodes and tells of others, and no label is looked at here.

    Parameters
    ----------
    graph
        A `Graph`, or what `graphkit.as_graph` takes.
    method
        A method such as ``Node2Vec(dim=64)``, whose parameters a grid search reaches as ``method__dim``; or
        the name of one.

    Attributes
    ----------
    embedding_ : Embedding
        The vectors of all nodes, after `fit`.

    Notes
    -----
    A search over parameters of later steps embeds the graph again for each fold, unless the pipeline has a
    ``memory`` to keep fitted steps in.

    Examples
    --------
    >>> import graphkit as gk
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.pipeline import make_pipeline
    >>> club = gk.datasets.load("karate_club")
    >>> side = np.array(club.label_names)[club.labels.toarray().argmax(axis=1)]
    >>> model = make_pipeline(NodeVectors(club.graph, gk.FastRP(dim=8, seed=1)), LogisticRegression())
    >>> model.fit(club.graph.node_ids[:20], side[:20]).predict([32, 33]).tolist()
    ['Officer', 'Officer']
    """

    def __init__(self, graph: Any, method: Embedder | str = "auto"):
        self.graph = graph
        self.method = method

    def fit(self, X: Any = None, y: Any = None) -> Self:  # noqa: ARG002 - scikit-learn passes them
        """Embed the graph.

        Raises
        ------
        ParameterError
            If `method` is neither a method nor the name of one.
        """
        method = make_method(self.method) if isinstance(self.method, str) else self.method
        if not isinstance(method, Embedder):
            raise ParameterError(
                f"method must be a method, such as FastRP(dim=64), or a name, got {kind_of(method)}"
            )
        self.embedding_: Embedding = method.embed(as_graph(self.graph))
        return self

    def transform(self, X: Any) -> Vectors:
        """Return the vectors of nodes, float32 [len(X), dim].

        Parameters
        ----------
        X
            Their ids: a list, an array, a Series, or a table of one column.

        Raises
        ------
        UnknownNodeError
            For an id that is not in the graph.
        """
        if not hasattr(self, "embedding_"):
            raise ParameterError("NodeVectors has no vectors yet; call fit first")
        ids = np.asarray(X)
        if ids.ndim == 2 and ids.shape[1] == 1:
            ids = ids[:, 0]
        return self.embedding_[ids]

    def fit_transform(self, X: Any, y: Any = None) -> Vectors:
        """Embed the graph and return the vectors of nodes; see `transform`."""
        return self.fit(X, y).transform(X)

    def get_feature_names_out(self, input_features: Any = None) -> Any:  # noqa: ARG002 - scikit-learn's
        """Return a name for each dimension, such as ``fastrp0``; an array of objects."""
        name = self.embedding_.info["method"]
        return np.array([f"{name}{place}" for place in range(self.embedding_.dim)], dtype=object)

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the parameters by name, those of the method among them."""
        own = {"graph": self.graph, "method": self.method}
        if not deep or not isinstance(self.method, Embedder):
            return own
        return own | {f"{_NESTED}{name}": value for name, value in self.method.get_params().items()}

    def set_params(self, **params: Any) -> Self:
        """Set parameters by name, ``method__dim`` for the method's ``dim``, and return self."""
        for name, value in params.items():
            if name.startswith(_NESTED) and isinstance(self.method, Embedder):
                self.method.set_params(**{name.removeprefix(_NESTED): value})
                continue
            if name not in self.get_params():
                raise unknown_parameter("parameter", name, self.get_params())
            setattr(self, name, value)
        return self

    def __sklearn_is_fitted__(self) -> bool:
        """Whether there are vectors."""
        return hasattr(self, "embedding_")

    def __sklearn_tags__(self) -> Any:
        """Say what scikit-learn may give: ids, whole numbers or strings, in one dimension."""
        from sklearn.utils import InputTags, Tags, TargetTags, TransformerTags

        return Tags(
            estimator_type=None,
            target_tags=TargetTags(required=False),
            transformer_tags=TransformerTags(),
            input_tags=InputTags(one_d_array=True, two_d_array=True, string=True),
        )

    def __repr__(self) -> str:
        return f"NodeVectors({self.graph!r}, {self.method!r})"
