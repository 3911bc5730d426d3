"""Graphs: sorted rows of neighbours under the ids that the caller gave, in memory and on disk."""
