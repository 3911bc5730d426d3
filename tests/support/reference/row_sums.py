"""Row sums of a matrix's powers in whole numbers and fractions, which neither overflow nor vanish."""

from fractions import Fraction


def row_sums(rows, num_powers):
    """Sums of the rows of A^0, A^1, ... for rows of (column, weight), as lists of fractions."""
    sums = [[Fraction(1)] * len(rows)]
    for _ in range(num_powers):
        before = sums[-1]
        sums.append([sum((Fraction(weight) * before[j] for j, weight in row), Fraction(0)) for row in rows])
    return sums
