"""Subgraphs of bounded scope around nodes."""
