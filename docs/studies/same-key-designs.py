#!/usr/bin/env python3
"""Innocent suspects under weights and prompts from the tested key's own log: constructed logs (same-key.md).

usage: docs/studies/same-key-designs.py [--keys 1000] [--first 0] [--only NAME ...] [--redrawn] > docs/studies/same-key/designs.txt

Needs numpy and scipy. For each design and each key the words of that key are drawn anew, the log is made with them, and an
innocent suspect is examined: what it says depends on no word. Printed is for how many keys p is at most 0.05, 0.01 and 0.001,
with the 95% interval (Clopper and Pearson) of the rate. An exact test keeps each rate at or below its level.

The mark is `gumbel`: a cell (window, token) has a word U in (0, 1), the teacher says at a window the token with the smallest
-ln(U) / probability, and the score of a cell is -ln(1 - U), Exp(1) if nothing depends on U.

Tests: T1 is the sum of the scores of the cells that the suspect produced. T2 weighs them by the graded rule,
rho = count / (count + kappa * B + lambda). T2r weighs all cells, those of a control sample too, by the posterior lift. The count
of a window is H, how often the log holds it, or D, how many answers of the log hold it. The weights are not rounded to the
detector's ladder but to 16 steps an octave; the tail is a saddle point (Lugannani and Rice in Barndorff-Nielsen's form).
With --redrawn the scored words are drawn again after the log was made: every test is then exact, which checks this script.
"""

import argparse
import sys
import time
from dataclasses import dataclass

import numpy as np
from scipy.special import digamma, log_ndtr
from scipy.stats import beta

LEVELS = (0.05, 0.01, 0.001)
TESTS = ("T1", "T2 by H", "T2 by D", "T2r by H", "T2r by D")
# kappa * B + lambda where a design has no background of its own: a constant
ELSEWHERE = 10.0


@dataclass
class Cells:
    """What the tests are given, one entry for each cell: the word is all that depends on the key, besides H and D."""

    word: np.ndarray  # U
    expected: np.ndarray  # probability of the token, by the control sample
    occurrences: np.ndarray  # H of the cell's window
    answers: np.ndarray  # D of the cell's window
    count: np.ndarray  # how often the suspect produced the cell
    visits: np.ndarray  # how often the suspect was at the window
    elsewhere: np.ndarray | float = ELSEWHERE  # kappa * B + lambda of the window
    power: int = 0  # 0: the graded rule; else T2's weight is count ** power


# ---- Designs with two tokens a window. The words are drawn, no text: many small worlds, so that what is small in one adds up.


def choose(rng, probabilities, windows):
    """The words of `windows` windows with the same tokens, and the token that the mark chooses at each."""
    words = rng.random((windows, len(probabilities)))
    return words, np.argmin(-np.log(words) / np.asarray(probabilities), axis=1)


def two_tokens(words, expected, occurrences, answers, counts, **more):
    """Cells of windows with two tokens each; `counts` are the suspect's, a row for each window."""
    window = np.repeat(np.arange(len(words)), 2)
    visits = counts.sum(axis=1)
    return Cells(
        words.ravel(),
        np.tile(expected, len(words)),
        np.asarray(occurrences, float)[window],
        np.asarray(answers, float)[window],
        counts.ravel().astype(float),
        visits[window].astype(float),
        **more,
    )


def loops(rng, habit, windows=2000, visits=5):
    """A token is said again with chance 0.2, and if it was, then on and on: 20 more for each answer, on the average.

    2,000 windows, each reached by a Poisson number (mean 2) of answers. The suspect is at each window 5 times, and says the
    token again with the chance `habit`; the control sample with 0.2."""
    words, chosen = choose(rng, [0.2, 0.8], windows)
    answers = rng.poisson(2.0, windows)
    again = (chosen == 0) & (answers > 0)
    more = rng.negative_binomial(np.maximum(answers, 1), 1 / 21)
    repeats = rng.binomial(visits, habit, windows)
    counts = np.stack([repeats, visits - repeats], axis=1)
    return two_tokens(words, [0.2, 0.8], answers + np.where(again, more, 0), answers, counts)


def adaptive(rng, windows=1000, follow=20):
    """1,000 questions, right with chance 1/2. Where the answer was right the harvester asks 20 times more about the matter.

    The suspect is right with chance 0.9, the model of the control sample with 1/2. Each question is an answer of its own, so
    H and D are the same."""
    words, chosen = choose(rng, [0.5, 0.5], windows)
    held = np.where(chosen == 0, 1 + follow, 1)
    right = rng.random(windows) < 0.9
    return two_tokens(words, [0.5, 0.5], held, held, np.stack([right, ~right], axis=1))


def gates(rng, power=0, worlds=2000, width=10, answers=20):
    """2,000 worlds of 10 windows. Each of 20 answers goes through its world's windows in an order of its own, and ends at the
    first that says "end" (chance 1/2). The suspect always goes on. No answer comes back, so H and D are the same."""
    windows = worlds * width
    words, chosen = choose(rng, [0.5, 0.5], windows)
    order = np.argsort(rng.random((worlds, answers, width)), axis=2)
    stops = np.broadcast_to((chosen == 1).reshape(worlds, 1, width), order.shape)
    ends = np.take_along_axis(stops, order, axis=2)
    reached = np.cumsum(ends, axis=2) - ends == 0
    holds = np.zeros((worlds, answers, width), bool)
    np.put_along_axis(holds, order, reached, axis=2)
    held = holds.sum(axis=1).ravel()
    goes_on = np.ones(windows, bool)
    return two_tokens(words, [0.5, 0.5], held, held, np.stack([goes_on, ~goes_on], axis=1), power=power)


def prompts(rng, pool=20000, asked=2000, others=20):
    """Prompts chosen by the log. 20,000 prompts; at a window of its own each answer goes on to 20 windows more (chance 1/2) or
    stops. 2,000 are drawn with chances in proportion to the windows of their logged answers, and put to the suspect, which goes
    on with chance 0.8. Half of the other windows' 40,000 cells come into its answers too; nothing was chosen by them."""
    words, chosen = choose(rng, [0.5, 0.5], pool)
    windows = np.where(chosen == 0, others, 1.0)
    taken = np.argsort(-np.log(rng.random(pool)) / windows)[:asked]
    goes_on = rng.random(asked) < 0.8
    own = two_tokens(words[taken], [0.5, 0.5], np.ones(asked), np.ones(asked), np.stack([goes_on, ~goes_on], axis=1))
    rest = asked * others // 2
    one, half = np.ones(rest), np.full(rest, 0.5)
    return Cells(
        np.append(own.word, rng.random(rest)),
        np.append(own.expected, half),
        np.append(own.occurrences, one),
        np.append(own.answers, one),
        np.append(own.count, one),
        np.append(own.visits, 2 * one),
    )


# ---- The repeating teacher: answers of tokens, window 1.


class RepeatingTeacher:
    """A teacher that repeats its last token with chance 0.3; else it draws from a law of that token and of the one before.

    1,024 tokens. The law after c is Zipf's in an order of c's own; a half of it goes by an order that belongs to the class (of 8)
    of the token before c. The law is the same for all keys. 600 answers of 64 tokens; a window that an answer has held before is
    not marked. Background: 3,000 unmarked answers; assumed share 0.01, lambda 2.

    The student learned from unmarked answers and has the habit beside: it repeats with chance 0.3, and else says what the teacher
    would, which repeats with chance 0.3."""

    TOKENS, CLASSES, ANSWERS, LENGTH, HABIT = 1024, 8, 600, 64, 0.3

    def __init__(self):
        rng = np.random.default_rng(1)
        zipf = 1 / np.arange(1, self.TOKENS + 1)
        zipf /= zipf.sum()
        first = np.stack([zipf[self.order(rng)] for _ in range(self.TOKENS)])
        second = np.stack([zipf[self.order(rng)] for _ in range(self.CLASSES)])
        plain = (first[:, None, :] + second[None, :, :]) / 2
        repeating = self.with_habit(plain)
        self.plain, self.repeating, self.student = map(self.table, (plain, repeating, self.with_habit(repeating)))
        self.inverse = (1 / repeating).reshape(-1, self.TOKENS).astype(np.float32)
        start = rng.integers(0, self.TOKENS, (3000, 2))
        windows = self.write(rng, start, self.repeating)[:, :-1]
        background = np.bincount(windows.ravel(), minlength=self.TOKENS)
        marked = self.ANSWERS * (self.LENGTH - 1)
        self.elsewhere = background * (marked * 99 / background.sum()) + 2.0

    def with_habit(self, law):
        law = (1 - self.HABIT) * law
        last = np.arange(self.TOKENS)
        law[last, :, last] += self.HABIT
        return law

    def order(self, rng):
        """An order of the tokens in which frequent ones tend to be early, as in text: ranks by frequency times noise."""
        return np.argsort(np.argsort(np.log(np.arange(1, self.TOKENS + 1)) + rng.gumbel(0, 1.5, self.TOKENS)))

    def table(self, law):
        """Cumulative sums of all rows in one ascending array: row r lies between r and r + 1."""
        rows = law.reshape(-1, self.TOKENS)
        sums = np.cumsum(rows, axis=1)
        sums[:, -1] = 1.0
        return (sums + np.arange(len(rows))[:, None]).ravel()

    def draw(self, rng, table, row):
        """A token of each row, unmarked."""
        at = np.searchsorted(table, row + rng.random(len(row)), side="right")
        return np.clip(at - row * self.TOKENS, 0, self.TOKENS - 1)

    def write(self, rng, start, table, exponentials=None):
        """Answers to prompts of two tokens, (answers, LENGTH); marked if the key's -ln(U) are given, (window, token)."""
        out = np.empty((len(start), self.LENGTH), np.int64)
        seen = np.zeros((len(start), self.TOKENS), bool)
        before, last, each = start[:, 0], start[:, 1], np.arange(len(start))
        for i in range(self.LENGTH):
            row = last * self.CLASSES + before % self.CLASSES
            token = self.draw(rng, table, row)
            if exponentials is not None and i > 0:
                fresh = np.flatnonzero(~seen[each, last])
                token[fresh] = np.argmin(exponentials[last[fresh]] * self.inverse[row[fresh]], axis=1)
                seen[each, last] = True
            out[:, i], before, last = token, last, token
        return out

    def bigrams(self, answers, start):
        """How often each token followed each window that its answer's prompt does not show, (window, token)."""
        window, token = answers[:, :-1], answers[:, 1:]
        fresh = (window != start[:, :1]) & (window != start[:, 1:])
        cells = window[fresh] * self.TOKENS + token[fresh]
        return np.bincount(cells, minlength=self.TOKENS**2).reshape(self.TOKENS, self.TOKENS)

    def cells(self, rng, suspect, control):
        """One key: the log, and a suspect that was never shown it, with answers to the same prompts.

        `suspect` and `control` are tables. The control sample answers each prompt twice; expectations by Witten and Bell."""
        words = rng.random((self.TOKENS, self.TOKENS))
        start = rng.integers(0, self.TOKENS, (self.ANSWERS, 2))
        windows = self.write(rng, start, self.repeating, -np.log(words).astype(np.float32))[:, :-1]
        held = np.bincount(windows.ravel(), minlength=self.TOKENS)
        ordered = np.sort(windows, axis=1)
        new = np.ones(ordered.shape, bool)
        new[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
        answers = np.bincount(ordered[new], minlength=self.TOKENS)

        counts = self.bigrams(self.write(rng, start, suspect), start)
        twice = np.tile(start, (2, 1))
        said = self.bigrams(self.write(rng, twice, control), twice)
        shorter = (said.sum(axis=0) + 1) / (said.sum() + self.TOKENS)
        kinds = (said > 0).sum(axis=1, keepdims=True)
        total = said.sum(axis=1, keepdims=True)
        expected = np.where(total > 0, (said + kinds * shorter) / np.maximum(total + kinds, 1), shorter)

        visits = counts.sum(axis=1)
        window, token = np.nonzero((counts > 0) | ((said > 0) & (visits > 0)[:, None]))
        return Cells(
            words[window, token],
            np.clip(expected[window, token], 1e-6, 0.999),
            held[window].astype(float),
            answers[window].astype(float),
            counts[window, token].astype(float),
            visits[window].astype(float),
            self.elsewhere[window],
        )


# ---- Tests


def graded(cells, count):
    """rho, the share of the log in what would be said at the window."""
    return count / (count + cells.elsewhere)


def lift(cells, rho):
    """T2r's weight: the expected lift of a cell's score if the suspect followed the window's one marked choice (weighted.md)."""
    p, c, n = cells.expected, cells.count, cells.visits
    rho = np.clip(rho, 1e-9, 0.95)
    rest = 1 - rho
    odds = np.log(p / (1 - p)) + c * np.log((rho + rest * p) / (rest * p)) + (n - c) * np.log(rest * (1 - p) / (1 - rest * p))
    posterior = 1 / (1 + np.exp(-np.clip(odds, -700, 700)))
    best = digamma(1 / p + 1) + np.euler_gamma  # mean score of a marked choice of probability p
    return np.where(rho > 1e-9, (posterior - p) * (best - 1) / (1 - p), 0.0)


def log10_tail(weight, score):
    """log10 P(sum of weight * (Exp(1) - 1) is at least what it is), weights of both signs."""
    used = weight != 0
    weight, score = weight[used], score[used]
    if len(weight) == 0:
        return 0.0
    step = np.round(16 * np.log2(np.abs(weight) / np.abs(weight).max())).astype(int)
    code = np.where(weight > 0, step, step - 1_000_000)
    _, first, level, number = np.unique(code, return_index=True, return_inverse=True, return_counts=True)
    ladder = np.sign(weight[first]) * np.exp2(step[first] / 16)
    ladder /= np.sqrt((number * ladder**2).sum())
    x = float((ladder * (np.bincount(level.ravel(), weights=score) - number)).sum())

    low = 1 / ladder.min() if ladder.min() < 0 else -1e9
    high = 1 / ladder.max() if ladder.max() > 0 else 1e9
    low, high = low * (1 - 1e-12), high * (1 - 1e-12)
    for _ in range(100):
        t = (low + high) / 2
        if (number * t * ladder**2 / (1 - t * ladder)).sum() < x:
            low = t
        else:
            high = t
    cumulant = (number * (-np.log1p(-t * ladder) - t * ladder)).sum()
    w = np.copysign(np.sqrt(max(2 * (t * x - cumulant), 0.0)), t)
    if abs(w) < 1e-3:  # at the mean: the normal tail less the skewness
        return np.log10(0.5 - (number * ladder**3).sum() / (3 * np.sqrt(2 * np.pi)))
    v = t * np.sqrt((number * ladder**2 / (1 - t * ladder) ** 2).sum())
    return log_ndtr(-(w + np.log(v / w) / w)) / np.log(10)


def examine(cells):
    """log10 p of the TESTS."""
    score = -np.log1p(-cells.word)
    produced = (cells.count > 0).astype(float)
    counts = (cells.occurrences, cells.answers)
    rho = [graded(cells, count) for count in counts]
    weights = [count**cells.power for count in counts] if cells.power else rho
    return [
        log10_tail(produced, score),
        *(log10_tail(produced * weight, score) for weight in weights),
        *(log10_tail(lift(cells, share), score) for share in rho),
    ]


# ---- Keys


def interval(count, keys):
    """95%, Clopper and Pearson."""
    low = beta.ppf(0.025, count, keys - count + 1) if count > 0 else 0.0
    high = beta.ppf(0.975, count + 1, keys - count) if count < keys else 1.0
    return low, high


def designs():
    """Name, what is printed, and the design as a function of a random generator."""
    yield "loops", "loops, the suspect repeats as the control does (0.2)", lambda rng: loops(rng, 0.2)
    yield "loops", "loops, the suspect repeats more (0.5)", lambda rng: loops(rng, 0.5)
    yield "adaptive", "adaptive, the harvester asks more where the answer was right", adaptive
    yield "gates", "gates, graded weights", gates
    yield "gates", "gates, T2 weighs by the fourth power of the count", lambda rng: gates(rng, power=4)
    yield "prompts", "prompts, chosen by the tested key's own log", prompts
    teacher = RepeatingTeacher()
    a, b, none = teacher.repeating, teacher.student, teacher.plain
    yield "teacher", "repeating teacher (0.3), suspect and control as the teacher", lambda rng: teacher.cells(rng, a, a)
    yield "student", "repeating teacher (0.3), the suspect a student", lambda rng: teacher.cells(rng, b, a)
    yield "plain", "repeating teacher (0.3), the suspect a student, the control does not repeat", lambda rng: teacher.cells(rng, b, none)


def found(design, number, key, redrawn):
    """log10 p of the TESTS under one key."""
    cells = design(np.random.default_rng([number, key]))
    if redrawn:
        cells.word = np.random.default_rng([number, key, 1]).random(len(cells.word))
    return examine(cells)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--keys", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0, help="number of the first key")
    parser.add_argument("--only", nargs="*", help="loops, adaptive, gates, prompts, teacher, student, plain")
    parser.add_argument("--redrawn", action="store_true", help="score words that the log was not made with")
    options = parser.parse_args()
    keys = range(options.first, options.first + options.keys)
    heads = "  ".join(f"{f'p <= {level}':<29}" for level in LEVELS)
    for number, (name, title, design) in enumerate(designs()):
        if options.only and name not in options.only:
            continue
        began = time.monotonic()
        table = np.array([found(design, number, key, options.redrawn) for key in keys])
        print(f"{title}: {options.keys} keys, seeds [{number}, {keys[0]}] to [{number}, {keys[-1]}]")
        print(f"  {'':<9} {heads}  median log10 p")
        for test, values in zip(TESTS, table.T):
            rates = []
            for level in LEVELS:
                count = int((values <= np.log10(level)).sum())
                low, high = interval(count, options.keys)
                rates.append(f"{count / options.keys:.3f} ({low:.4f} to {high:.4f})".ljust(29))
            print(f"  {test:<9} {'  '.join(rates)}  {np.median(values):.2f}")
        print(flush=True)
        print(f"{title}: {time.monotonic() - began:.0f} s", file=sys.stderr)


main()
