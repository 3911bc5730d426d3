"""Maps: points in two or three dimensions with what is known of each, for pictures, pages and files."""

from graphkit.maps.frame import MapFrame
from graphkit.maps.page import write_page
from graphkit.maps.picture import Picture, draw_map
from graphkit.maps.projector import write_projector

__all__ = ["MapFrame", "Picture", "draw_map", "write_page", "write_projector"]
