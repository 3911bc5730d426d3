"""Skip-gram with negative sampling on a GPU."""
