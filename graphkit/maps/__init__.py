"""Maps: points in two or three dimensions with what is known of each, for pictures, pages and files."""

from graphkit.maps.frame import MapFrame

__all__ = ["MapFrame"]
