"""Layouts in two or three dimensions: LargeVis and t-SNE."""
