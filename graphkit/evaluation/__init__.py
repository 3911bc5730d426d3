"""Evaluation: how good vectors are, each score with its protocol in words.

Every name is imported at its first use. No module bears the name of a function: importing it would put
it in the function's place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphkit.lazy import lazy_names

if TYPE_CHECKING:
    from graphkit.evaluation.classification import node_classification
    from graphkit.evaluation.classification_result import NodeClassification
    from graphkit.evaluation.comparison import compare
    from graphkit.evaluation.comparison_result import Comparison
    from graphkit.evaluation.link_ranks import LinkRanking, link_ranking
    from graphkit.evaluation.links import LinkPrediction, link_prediction
    from graphkit.evaluation.logistic import OneVsRest, fit_one_vs_rest
    from graphkit.evaluation.maps import MapQuality, map_quality
    from graphkit.evaluation.operators import edge_features
    from graphkit.evaluation.ranking import RankingMetrics, ranking_metrics
    from graphkit.evaluation.splits import EdgeSplit, split_edges
    from graphkit.evaluation.transitions import TransitionTest, transition_test
    from graphkit.evaluation.tuning import tune
    from graphkit.evaluation.tuning_result import Tuning

_MODULE_OF = {
    "Comparison": "comparison_result",
    "EdgeSplit": "splits",
    "LinkPrediction": "links",
    "LinkRanking": "link_ranks",
    "MapQuality": "maps",
    "NodeClassification": "classification_result",
    "OneVsRest": "logistic",
    "RankingMetrics": "ranking",
    "TransitionTest": "transitions",
    "compare": "comparison",
    "edge_features": "operators",
    "fit_one_vs_rest": "logistic",
    "link_prediction": "links",
    "link_ranking": "link_ranks",
    "map_quality": "maps",
    "node_classification": "classification",
    "ranking_metrics": "ranking",
    "split_edges": "splits",
    "Tuning": "tuning_result",
    "transition_test": "transitions",
    "tune": "tuning",
}
"""Each public name and the module of this package that defines it."""

__all__ = [
    "Comparison",
    "EdgeSplit",
    "LinkPrediction",
    "LinkRanking",
    "MapQuality",
    "NodeClassification",
    "OneVsRest",
    "RankingMetrics",
    "TransitionTest",
    "Tuning",
    "compare",
    "edge_features",
    "fit_one_vs_rest",
    "link_prediction",
    "link_ranking",
    "map_quality",
    "node_classification",
    "ranking_metrics",
    "split_edges",
    "transition_test",
    "tune",
]

__getattr__, __dir__ = lazy_names(__name__, _MODULE_OF)
