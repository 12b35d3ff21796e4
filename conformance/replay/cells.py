"""Which cells count (docs/replay.md, "Which cells"; docs/tests/exposure.md, "By the tokens")."""
import words


def windows(tokens, h):
    return [tuple(tokens[i : i + h]) for i in range(len(tokens) - h + 1)]


def fresh(answer, h):
    """The answer's cells whose window was not shown, in order, and how many were."""
    shown = {window for piece in answer.pieces for window in windows(piece, h)}
    every = list(zip(windows(answer.tokens, h), answer.tokens[h:]))
    kept = [cell for cell in every if cell[0] not in shown]
    return kept, len(every) - len(kept)


class Read:
    """All answers' distinct fresh cells in order, and the counts."""

    def __init__(self, answers, h):
        distinct, self.fresh, self.exposed = {}, 0, 0
        for answer in answers:
            kept, shown = fresh(answer, h)
            self.fresh += len(kept)
            self.exposed += shown
            distinct.update(dict.fromkeys(kept))
        self.cells = list(distinct)
        self.answers = len(answers)
        self.tokens = sum(len(answer.tokens) for answer in answers)
        self.unknown = sum(not answer.known for answer in answers)
        self.h = h

    @property
    def scored(self):
        return len(self.cells)

    def drops(self):
        return 0.0 if self.h == 1 else self.scored * (self.scored - 1) / 2**65

    def laid_out(self):
        return lay_out(self.cells, self.h)


def lay_out(cells, h):
    return words.Cells([window for window, _ in cells], [token for _, token in cells], h)
