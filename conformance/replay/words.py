"""Words of cells: ChaCha with 12 rounds (docs/formats.md, "Words and cells"), for many cells at once."""
import numpy as np

CONSTANTS = (0x61707865, 0x3320646E, 0x79622D32, 0x6B206574)
UNUSED = 0xFFFFFF
QUARTERS = ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
            (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14))  # fmt: skip


def rotate(x, bits):
    return (x << np.uint32(bits)) | (x >> np.uint32(32 - bits))


def blocks(key, tail, rounds):
    """The sixteen words of each block; `tail` is words 12 to 15 of the state, four arrays."""
    head = CONSTANTS + tuple(np.frombuffer(key, "<u4").tolist())
    start = [np.full(len(tail[0]), word, np.uint32) for word in head] + [np.asarray(x, np.uint32) for x in tail]
    s = [x.copy() for x in start]
    for _ in range(rounds // 2):
        for a, b, c, d in QUARTERS:
            s[a] += s[b]
            s[d] = rotate(s[d] ^ s[a], 16)
            s[c] += s[d]
            s[b] = rotate(s[b] ^ s[c], 12)
            s[a] += s[b]
            s[d] = rotate(s[d] ^ s[a], 8)
            s[c] += s[d]
            s[b] = rotate(s[b] ^ s[c], 7)
    return [x + y for x, y in zip(s, start)]


def chacha20_stream(key, length):
    """The key stream with a 64-bit block counter from 0 and the nonce 0."""
    count = -(-length // 64)
    low, zero = np.arange(count, dtype=np.uint32), np.zeros(count, np.uint32)
    return np.stack(blocks(key, (low, zero, zero, zero), 20), axis=1).astype("<u4").tobytes()[:length]


class Cells:
    """Cells laid out for the PRF: an array of windows (one column a token, oldest first) and one of tokens."""

    def __init__(self, windows, tokens, window):
        self.windows = np.array(windows, np.uint32).reshape(len(windows), window)
        self.tokens = np.array(tokens, np.uint32)

    def __len__(self):
        return len(self.tokens)

    def words(self, key, tokens=None):
        if not len(self):
            return np.zeros(0, np.uint32)
        tokens = self.tokens if tokens is None else tokens
        slots = [self.windows[:, i] for i in range(self.windows.shape[1])]
        a, b, c, d = slots + [np.full(len(self), UNUSED, np.uint32)] * (4 - len(slots))
        counter = (tokens >> np.uint32(8)) * np.uint32(16) + (tokens & np.uint32(15))
        # Four slots of 24 bits are 96 bits: the three words of the nonce.
        nonce = (a | b << np.uint32(24), b >> np.uint32(8) | c << np.uint32(16), c >> np.uint32(16) | d << np.uint32(8))
        words = np.stack(blocks(key, (counter, *nonce), 12))
        return words[(tokens >> np.uint32(4)) & np.uint32(15), np.arange(len(self))]
