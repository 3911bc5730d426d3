"""Maps: points in two or three dimensions with what is known of each, for pictures, pages and files."""

from graphkit.maps.frame import MapFrame
from graphkit.maps.picture import draw_map

__all__ = ["MapFrame", "draw_map"]
