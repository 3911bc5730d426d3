"""Stochastic block model, pair by pair."""

from decimal import MIN_EMIN, Decimal, localcontext

from support.reference.byte_alias import outcome
from support.reference.philox import draw


def gap_byte_probability(probability, byte, value):
    """P(byte number `byte` of a gap g = value) where P(g) = (1 - p)^g p; byte 3 also holds all beyond."""
    with localcontext() as context:
        context.prec, context.Emin = 60, MIN_EMIN
        step = (1 - Decimal(probability)) ** (256**byte)
        if byte == 3:
            return step**value * (1 - step if value < 255 else 1)
        return step**value * (1 - step) / (1 - step**256)


def gap(tables, words):
    """The gap that four words give, lowest byte first."""
    return sum(outcome(table, word) << (8 * byte) for byte, (table, word) in enumerate(zip(tables, words)))


def edges(block_of, table_of, tables, directed, seed, stream):
    """All edges, row by row: `left` counts the possible targets still to pass before the next edge."""
    found = []
    for row, block in enumerate(block_of):
        step, left, last = 0, 0, None
        for column in range(0 if directed else row + 1, len(block_of)):
            table = table_of[block][block_of[column]]
            if last is None or table != last or left == -1:
                left = gap(tables[table], draw(seed, row, step, stream))
                step, last = step + 1, table
            if left == 0 and column != row:
                found.append((row, column))
            left -= 1
    return found
