"""FNV-1a of 64 bits, mixed by Stafford's mix 13, byte by byte in Python."""

MASK = 2**64 - 1


def bucket(text, num_buckets):
    """The bucket of a string."""
    key = 0xCBF29CE484222325
    for byte in text.encode():
        key = ((key ^ byte) * 0x100000001B3) & MASK
    key = ((key ^ (key >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    key = ((key ^ (key >> 27)) * 0x94D049BB133111EB) & MASK
    return (key ^ (key >> 31)) % num_buckets
