"""Files: read and written whole or not at all, their digests, what JSON in them must be."""
