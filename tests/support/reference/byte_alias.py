"""Packed alias tables, read cell by cell in Python integers."""


def outcome(table, word):
    """The outcome of a 32-bit word: its high byte is the cell, its low 24 bits meet the threshold."""
    cell = word >> 24
    threshold, alias = int(table[cell]) >> 8, int(table[cell]) & 255
    return cell if word & 0xFFFFFF < threshold else alias


def masses(table):
    """How many of all 2**32 words lead to each outcome."""
    count = [0] * 256
    for cell, packed in enumerate(table.tolist()):
        threshold, alias = packed >> 8, packed & 255
        count[cell] += threshold
        count[alias] += 2**24 - threshold
    return count
