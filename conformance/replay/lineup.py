"""T5, the line-up (docs/statistics.md, section 5; docs/replay.md, "Line-up")."""
import keys
import scores


def run(key, profile, cells, own, count, draw):
    """The rank and the highest sum of a decoy, in units."""
    sums = [int(scores.of(scores.words_of(decoy, profile, cells), profile).sum()) for decoy in keys.decoys(key.cohort, draw, count)]
    return 1 + sum(total >= own for total in sums), max(sums)
