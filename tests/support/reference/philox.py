"""Philox-4x32-10 in Python integers, from Salmon et al. 2011, figure 2 and table 2."""

MASK = 2**32 - 1


def philox(key, counter):
    """Ten rounds of multiply, exchange and xor; the key is bumped by the Weyl constants between rounds."""
    k0, k1 = key
    c0, c1, c2, c3 = counter
    for _ in range(10):
        p0, p1 = 0xD2511F53 * c0, 0xCD9E8D57 * c2
        c0, c1, c2, c3 = (p1 >> 32) ^ c1 ^ k0, p1 & MASK, (p0 >> 32) ^ c3 ^ k1, p0 & MASK
        k0, k1 = (k0 + 0x9E3779B9) & MASK, (k1 + 0xBB67AE85) & MASK
    return c0, c1, c2, c3


def draw(seed, item, step, stream):
    """The words of (seed, item, step, stream)."""
    return philox((seed & MASK, seed >> 32), (item & MASK, step, stream, item >> 32))
