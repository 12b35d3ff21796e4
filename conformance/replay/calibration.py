"""Which share of marked training text could have been seen, by a table of studies (docs/tests/power.md, sections 3 and 5)."""
import tomllib

from mpmath import mp, mpf


def read(path):
    with open(path, "rb") as file:
        return tomllib.load(file)


def applies(row, profile, asked):
    same = row["scheme"] == profile["scheme"] and row["window"] == profile["window"]
    return same and row["access"] == asked["access"] and row["prompts"] == asked["prompts"]


def share_of(points, exponent, lift):
    """The share that leaves this lift: logarithms joined by lines, a power of the share beyond."""
    points = [(mp.log(mpf(point["share"])), mp.log(mpf(point["lift"]))) for point in points]
    lift = mp.log(lift)
    if lift <= points[0][1]:
        return mp.exp(points[0][0] + (lift - points[0][1]) / exponent)
    for (s0, l0), (s1, l1) in zip(points, points[1:]):
        if lift <= l1:
            return mp.exp(s0 + (lift - l0) / (l1 - l0) * (s1 - s0))
    return mp.exp(points[-1][0] + (lift - points[-1][1]) / exponent)


def outside(row, profile, share):
    names = [] if mpf(row["points"][0]["share"]) <= share <= mpf(row["points"][-1]["share"]) else ["share"]
    for name in ("gamma", "delta"):
        if row.get(name) is not None and row[name] != profile.get(name):
            names.append(name)
    return names


def smallest_share(table, profile, asked, lift):
    """The smallest share that was visible, the row that says so, and in what respects it was not studied."""
    rows = []
    for row in table["row"]:
        if applies(row, profile, asked):
            share = share_of(row["points"], mpf(row["exponent"]), lift)
            rows.append((share, row, outside(row, profile, share)))
    return min(rows, key=lambda found: (len(found[2]), -found[0]), default=None)


def certified_share(row, lift):
    return min((point["share"] for point in row["points"] if mpf(point["lift"]) >= lift), default=None)
