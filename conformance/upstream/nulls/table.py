"""The law of SynthID's scores with the shared table of 65,536 bits, by enumeration of its shifts."""

import numpy as np
from mpmath import mpf

STATES = 2**16
_MULTIPLIER = 6364136223846793005


class ShiftedTable:
    """Layer sums over the states that occurred, for each of the 65,536 residues that a key can have."""

    def __init__(self, table, states):
        bits = np.asarray(table, dtype=np.int64)[(np.arange(STATES) * (_MULTIPLIER % STATES) + 1) % STATES]
        occurred = np.zeros(STATES)
        occurred[states] = 1
        # f(k) = sum over the states c of bits[c + k]: a circular correlation, whose values are whole numbers.
        sums = np.fft.irfft(np.fft.rfft(bits) * np.conj(np.fft.rfft(occurred)), STATES)
        self.sums = np.rint(sums).astype(np.int64)
        self.least = int(self.sums.min())
        self.chances = np.bincount(self.sums - self.least) / STATES

    def tails(self, layers, keys=slice(None)):
        """P(sum over all layers >= layers * least + i) for each i, if every layer's key is uniform on `keys`."""
        chances = np.bincount(self.sums[keys] - self.least, minlength=len(self.chances)) / len(self.sums[keys])
        law = np.ones(1)
        for _ in range(layers):
            # Plain convolution: no term is negative, so the tails keep their digits.
            law = np.convolve(law, chances)
        return law[::-1].cumsum()[::-1]

    def mean_tail(self, layers, score):
        """P(sum over all layers >= score)."""
        first = max(0, score - layers * self.least)
        return mpf(float(self.tails(layers)[first]))

    def weighted_tail(self, weights, score):
        """P(weighted sum >= score) for whole weights, by the inversion integral in double precision (about 1e-9)."""
        weights = np.asarray(weights, dtype=np.float64)
        centre = float(self.chances @ np.arange(len(self.chances)))
        values = np.arange(len(self.chances)) - centre
        score = float(score) - weights.sum() * (self.least + centre)
        deviation = float(np.sqrt((weights**2).sum() * (self.chances @ values**2)))

        def cumulant(t):
            return np.log(np.exp(t * np.outer(weights, values)) @ self.chances).sum()

        def slope(t):
            powers = np.exp(t * np.outer(weights, values)) * self.chances
            return (weights * (powers @ values) / powers.sum(axis=1)).sum()

        low, high = 0.0, 1.0 / deviation
        while slope(high) < score:
            low, high = high, 1.5 * high
        for _ in range(20):
            middle = (low + high) / 2
            low, high = (middle, high) if slope(middle) < score else (low, middle)
        saddle = high
        height = cumulant(saddle) - saddle * score
        step = min(saddle, 1 / deviation) / 10
        total = 0.5 / (1 - np.exp(-saddle))
        for k in range(1, int(9 / (deviation * step))):
            t = complex(saddle, k * step)
            total += (np.exp(cumulant(t) - t * score - height) / (1 - np.exp(-t))).real
        return mpf(float(np.exp(height) * total * step / np.pi))
