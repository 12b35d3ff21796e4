"""Random parameters. Each part draws from its own stream, so that one part's draws do not move another's."""

import random

import torch


class Draw:
    def __init__(self, seed, label):
        self.random = random.Random(f"{seed}/{label}")
        torch.manual_seed(self.random.getrandbits(32))

    def bits(self, count):
        """A number of `count` random bits, of which the top one is set."""
        return self.random.getrandbits(count) | 1 << (count - 1)

    def whole(self, least, most):
        return self.random.randint(least, most)

    def share(self, least, most):
        return round(self.random.uniform(least, most), 4)

    def vocab_size(self, most=50_000):
        """Log-uniform between 1,000 and `most`."""
        return int(1000 * (most / 1000) ** self.random.random())

    def tokens(self, count, vocab_size):
        return [self.random.randrange(vocab_size) for _ in range(count)]

    def windows(self, count, length, vocab_size):
        return [self.tokens(length, vocab_size) for _ in range(count)]
