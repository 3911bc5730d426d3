"""Personalised PageRank."""
