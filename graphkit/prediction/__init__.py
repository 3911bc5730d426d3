"""What vectors tell beyond their graph: edges that may be missing, labels of nodes without one."""

from __future__ import annotations

from graphkit.prediction.labels import PredictedLabels, predict_labels
from graphkit.prediction.links import PredictedLinks, predict_links

__all__ = ["PredictedLabels", "PredictedLinks", "predict_labels", "predict_links"]
