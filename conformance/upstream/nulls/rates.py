"""How often a p-value is at most a level, and whether that is too often."""

import math
from dataclasses import dataclass

from scipy.stats import beta, binom

LEVELS = (0.1, 0.05, 0.01, 0.001)
# Below this chance, after Bonferroni, a rate of one text is no accident.
SURPRISE = 0.001
_HALF = 0.005


@dataclass
class Rate:
    count: int
    of: int
    level: float
    low: float
    high: float
    too_many: bool

    @property
    def by_interval(self):
        return self.low > self.level

    def __str__(self):
        text = f"{_short(self.count / self.of)} [{_short(self.low)}, {_short(self.high)}]"
        return f"**{text}**" if self.too_many else text


def rates(by_key):
    """One `Rate` for each level, from a list of p-values for each key.

    The interval is Clopper and Pearson's at 99%, for independent pairs. Texts that are read with one key share
    cells, so pairs are not quite independent: where a key reads several, "too many" also asks that the mean over keys
    exceeds the level by 2.58 of its standard errors between keys.
    """
    return [_rate(by_key, level) for level in LEVELS]


def by_text(entries, width):
    """For each text, its p-values under all keys of a width."""
    entries = [entry for entry in entries if entry["width"] == width]
    return {
        f"{kind}, no. {number + 1}": [entry["p"][kind][number] for entry in entries]
        for kind, values in entries[0]["p"].items()
        for number in range(len(values))
    }


def worst_text(texts):
    """Of single texts under many keys, the rate that is most surprising: a name, the level, the rate and the chance.

    `texts`: for each name, the p-values under independent keys, which makes counts binomial. The chance is multiplied
    by the number of rates.
    """
    found = []
    for name, values in texts.items():
        for level in LEVELS:
            count = sum(p <= level for p in values)
            found.append((float(binom.sf(count - 1, len(values), level)), name, level, count / len(values)))
    chance, name, level, rate = min(found)
    return name, level, rate, min(1.0, chance * len(found))


def _rate(by_key, level):
    hits = [sum(p <= level for p in values) for values in by_key]
    sizes = [len(values) for values in by_key]
    count, of = sum(hits), sum(sizes)
    low = beta.ppf(_HALF, count, of - count + 1) if count else 0.0
    high = beta.ppf(1 - _HALF, count + 1, of - count) if count < of else 1.0
    shares = [hit / size for hit, size in zip(hits, sizes)]
    mean = sum(shares) / len(shares)
    variance = sum((share - mean) ** 2 for share in shares) / max(1, len(shares) - 1)
    alone = max(sizes) == 1
    too_many = low > level and (alone or mean - 2.576 * math.sqrt(variance / len(shares)) > level)
    return Rate(count, of, level, float(low), float(high), bool(too_many))


def _short(value):
    return f"{value:.3f}" if value >= 0.0995 else f"{value:.4f}"
