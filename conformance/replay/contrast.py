"""T6, the contrast with a control (docs/tests/contrast.md; docs/replay.md, "T6")."""
import numpy as np
from mpmath import mpf

import scores
import weighted

STEP = 1 << 20  # 1/16 nat


def unit(profile):
    return STEP if profile["scheme"] in scores.GUMBEL else 1


def steps(difference, profile):
    """Rounded differences: Gumbel to multiples of 1/16 nat, halves away from 0."""
    if profile["scheme"] not in scores.GUMBEL:
        return difference
    return np.sign(difference) * ((2 * np.abs(difference) + STEP) // (2 * STEP))


def run(own, control, profile):
    """The sum of rounded differences in units, the discordant cells, and log10 p."""
    rounded = steps(own - control, profile)
    sizes = np.abs(rounded)
    groups = [(int(size), int(count)) for size, count in zip(*np.unique(sizes[sizes > 0], return_counts=True))]
    ahead = int(rounded[rounded > 0].sum())
    return int(rounded.sum()) * unit(profile), int((sizes > 0).sum()), weighted.counts(groups, mpf(1) / 2, ahead)
