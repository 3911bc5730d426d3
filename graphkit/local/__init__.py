"""Around some nodes: clusters, and labels that arrive one by one, at a cost free of the graph's size."""
