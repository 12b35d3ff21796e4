"""The table: each number as the finding has it, as it was computed here, and whether they agree."""
from mpmath import mp, mpf

EPSILON = mpf(2) ** -52


class Table:
    def __init__(self):
        self.rows, self.failed = [], 0

    def add(self, where, name, theirs, ours, wrong, note=""):
        self.failed += bool(wrong)
        self.rows.append((where, name, show(theirs), show(ours), f"DIFFERS: {note}" if wrong else note or "agree"))

    def equal(self, where, name, theirs, ours):
        self.add(where, name, theirs, ours, theirs != ours, "" if theirs == ours else "not the same")

    def near(self, where, name, theirs, ours, bound=mpf(10) ** -12):
        """A number without a side: relative difference."""
        if theirs is None or ours is None:
            return self.equal(where, name, theirs, ours)
        off = abs(mpf(theirs) - ours) / max(abs(mpf(ours)), mpf(10) ** -300)
        self.add(where, name, theirs, ours, not off <= bound, "" if off <= 4 * EPSILON else f"off by {mp.nstr(off, 2)}")

    def side(self, where, name, theirs, ours, bound, sign):
        """A logarithm that may lie on one side of the exact value only, by at most `bound`."""
        if theirs is None or ours is None:
            return self.equal(where, name, theirs, ours)
        ahead = sign * (mpf(theirs) - ours)
        slack = 8 * EPSILON * max(1, abs(ours))
        wrong = not -slack <= ahead <= bound + slack
        side = "above" if sign * ahead > 0 else "below"
        self.add(where, name, theirs, ours, wrong, "" if abs(ahead) <= slack else f"{side} by {mp.nstr(abs(ahead), 2)}")

    def above(self, where, name, theirs, ours, bound):
        self.side(where, name, theirs, ours, bound, 1)

    def below(self, where, name, theirs, ours, bound):
        self.side(where, name, theirs, ours, bound, -1)

    def show(self, only_differences=False):
        rows = [row for row in self.rows if not only_differences or row[4].startswith("DIFFERS")]
        widths = [max(map(len, column)) for column in zip(("", "", "theirs", "ours", ""), *rows)]
        for row in [("", "", "theirs", "ours", "")] * bool(rows) + rows:
            print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
        print(f"{len(self.rows)} numbers, {self.failed} differ")


def show(value):
    if isinstance(value, (float, mpf)):
        return mp.nstr(mpf(value), 13)
    text = ", ".join(map(str, sorted(value))) or "none" if isinstance(value, set) else str(value)
    return text if len(text) <= 32 else text[:31] + "…"
