"""What all that runs on a GPU shares; it knows no graph."""
