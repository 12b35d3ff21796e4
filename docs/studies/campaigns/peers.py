"""Other tools and rules on the worlds that `campaign scan` is measured on: peers.py HALLMARK WORLDS SEED RESULTS.json

Python 3.11 with peers.txt. Each world of peers.toml is written as files and scanned; then each peer gives every account a
score from the same files. Two thresholds are read off: the peer's own, and the one at which it finds as many accounts of
the harvests that a scan sees (fan-outs and the relay by request) as the scan's cohort list does. What counts is how many
innocents are accused there. Peers see all nine weeks.

| peer | what an account's score is |
|---|---|
| coordination-network-toolkit | its co-tweet network, run by the package: largest number of requests within 60 s of another account's with one value; own threshold 1 |
| CooRTweet's rule (2.1.2, R) | the rule, written anew: accounts with one value in one minute twice or more, edges above the median weight |
| FRAUDAR | rgmining-fraudar, accounts by values of all kinds, log weights: the earlier the block, the higher; own threshold one block |
| statistically validated network | hypergeometric p of active minutes of two accounts, Bonferroni 0.01 over all pairs |
| BiCM | bicm's fitnesses of accounts by minutes, Poisson p of joint minutes, false discovery rate 0.01 over all pairs |

BiCM's p-values are those of the package (the first pairs are compared), by products of matrices over minutes of equal
degree: the package goes through all minutes for each of ten million pairs.
"""

import contextlib
import io
import json
import os
import pathlib
import sqlite3
import subprocess
import sys
import tempfile

import numpy as np
import polars as pl
from bicm import BipartiteGraph
from coordination_network_toolkit import compute_networks, preprocess
from fraudar import ReviewGraph
from scipy import sparse
from scipy.special import gammaln, pdtrc

PLAN = pathlib.Path(__file__).with_name("peers.toml")
HARVESTS = [40, 40, 40, 40, 40, 40, 40, 200]  # accounts of each harvest of the plan, behind the innocents
SEEN = [0, 1, 4, 7]  # fan-out of 5% and 20%, relay by request, fan-out of 5% in 200 accounts
OBJECTS = ["template", "ip", "card"]
BLOCKS = 60
CHECKED = 200  # accounts that the busiest met: pairs of BiCM that the package counts too


def main():
    hallmark, worlds, seed, results = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    rows = []
    for number in range(worlds):
        with tempfile.TemporaryDirectory() as folder:
            rows += race(hallmark, seed + number, pathlib.Path(folder))
        lines = ",\n".join(json.dumps(row) for row in rows)
        pathlib.Path(results).write_text(f'{{"worlds": {number + 1}, "seed": {seed}, "rows": [\n{lines}\n]}}\n')
    print(table(rows))


def race(hallmark, seed, folder):
    world = folder / "world"
    subprocess.run([hallmark, "--quiet", "campaign", "worlds", "--plan", PLAN, "--seed", str(seed), "--out", world], check=True)
    truth = pl.read_csv(world / "truth.csv")
    accounts = truth["account"]
    harvest = np.full(len(accounts), -1)
    at = len(accounts) - sum(HARVESTS)
    for number, count in enumerate(HARVESTS):
        harvest[at : at + count] = number
        at += count
    assert ((truth["role"] == "harvest").to_numpy() == (harvest >= 0)).all()
    place = pl.DataFrame({"account": accounts, "place": np.arange(len(accounts))})
    requests = pl.read_csv(world / "requests.csv").join(place, on="account")
    minute = requests["time"].str.to_datetime("%Y-%m-%dT%H:%M:%SZ").dt.epoch("s") // 60
    cards = pl.read_csv(world / "attributes.csv").select("account", card="value")
    requests = requests.join(cards, on="account").select(
        "place", minute=minute - minute.min(), template="attr.template", ip="attr.ip", card="card"
    )
    rows = []

    def keep(name, began, score, own):
        rows.append(judged(seed, name, processor() - began, score, own, harvest, wanted))
        print(rows[-1], flush=True)

    began = processor()
    listed = scanned(hallmark, world, accounts, folder)
    seen = np.isin(harvest, SEEN)
    wanted = float(listed["cohort"][seen].mean())
    took = processor() - began
    for name, score in listed.items():
        keep(f"scan, {name} list", processor() - took, score.astype(float), score)
    for what in OBJECTS:
        began = processor()
        weights = joint(requests, what)
        largest = best(weights)
        edges = sparse.triu(weights, 1).data
        keep(f"CooRTweet's rule, {what}", began, largest, (largest >= 2) & (largest >= np.quantile(edges, 0.5)))
    for what in OBJECTS:
        began = processor()
        weights = toolkit(requests, what, folder / f"{what}.db", len(accounts))
        keep(f"coordination-network-toolkit, {what}", began, weights, weights >= 1)
    began = processor()
    blocks = fraudar(requests, len(accounts))
    keep(f"FRAUDAR, {BLOCKS} blocks", began, blocks, blocks == BLOCKS)
    active = active_minutes(requests, len(accounts))
    pairs = len(accounts) * (len(accounts) - 1) / 2
    began = processor()
    evidence = validated(active)
    keep("validated network", began, evidence, evidence >= -np.log10(0.01 / pairs))
    began = processor()
    evidence, limit = bicm(active, pairs)
    keep("BiCM", began, evidence, evidence >= limit)
    return rows


def processor():
    """Seconds of processor so far, those of started programs included."""
    return sum(os.times()[:4])


def judged(seed, name, seconds, score, own, harvest, wanted):
    """At the peer's own threshold, and at the one that finds as many of the harvests that are seen."""
    seen, innocent = np.isin(harvest, SEEN), harvest < 0
    ranked = np.sort(score[seen])[::-1]
    limit = ranked[int(np.ceil(wanted * len(ranked))) - 1]
    equal = (score >= limit) & (score > 0)
    side = lambda flagged: {
        "recall": round(float(flagged[seen].mean()), 4),
        "false": int(flagged[innocent].sum()),
        "by_harvest": [round(float(flagged[harvest == number].mean()), 3) for number in range(len(HARVESTS))],
    }
    made = {"seed": seed, "peer": name, "seconds": round(seconds, 1), "innocents": int(innocent.sum())}
    return made | {"own": side(own.astype(bool)), "equal": side(equal)}


def scanned(hallmark, world, accounts, folder):
    """Which accounts `campaign scan` puts on which list."""
    key = folder / "root.key"
    subprocess.run([hallmark, "--quiet", "keygen", "--out", key], check=True, capture_output=True)
    command = [hallmark, "--quiet", "--format", "json", "campaign", "scan", "--key", key, "--attributes"]
    command += [world / "attributes.csv", world / "requests.csv"]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    names = folder / "accounts.txt"
    names.write_text("".join(f"{name}\n" for name in accounts))
    command = [hallmark, "--quiet", "campaign", "pseudonyms", "--key", key, names]
    pseudonyms = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    lists = {}
    for campaign in found["campaigns"]:
        for member in campaign["members"]:
            lists[member["account"]] = member["list"]
    of = np.array([lists.get(name, "cleared") for name in pseudonyms])
    return {"cohort": (of == "cohort") | (of == "named"), "named": of == "named"}


def joint(requests, what):
    """How often two accounts had one value in one minute."""
    keys = requests.select("place", cell=pl.struct("minute", what).rank("dense") - 1).unique()
    shape = (requests["place"].max() + 1, keys["cell"].max() + 1)
    cells = sparse.csr_matrix((np.ones(len(keys), np.int32), (keys["place"].to_numpy(), keys["cell"].to_numpy())), shape)
    weights = (cells @ cells.T).tolil()
    weights.setdiag(0)
    return weights.tocsr()


def best(weights):
    return np.asarray(weights.max(axis=1).todense()).ravel().astype(float)


def toolkit(requests, what, path, count):
    """The package's co-tweet network: requests are messages whose text is the value."""
    rows = requests.select("place", "minute", what).iter_rows()
    messages = ((at, place, "", None, None, value, minute * 60, []) for at, (place, minute, value) in enumerate(rows))
    with contextlib.redirect_stdout(io.StringIO()):
        preprocess.preprocess_data(str(path), messages)
        compute_networks.compute_co_tweet_network(str(path), 60, n_threads=os.cpu_count())
    score = np.zeros(count)
    query = "select user_1, max(weight) from co_tweet_network where user_1 != user_2 group by user_1"
    with contextlib.closing(sqlite3.connect(path)) as db:
        for place, weight in db.execute(query):
            score[int(place)] = weight
    path.unlink()
    return score


def fraudar(requests, count):
    """Blocks of accounts by values, one behind the other."""
    edges = set()
    for what in OBJECTS:
        edges |= {(place, f"{what} {value}") for place, value in requests.select("place", what).unique().iter_rows()}
    score = np.zeros(count)
    for number in range(BLOCKS):
        if not edges:
            break
        graph = ReviewGraph(1)
        products, reviewers = {}, {}
        for place, value in sorted(edges):
            reviewer = reviewers.setdefault(place, None) or graph.new_reviewer(str(place))
            reviewers[place] = reviewer
            if value not in products:
                products[value] = graph.new_product(value)
            graph.add_review(reviewer, products[value], 1.0)
        with contextlib.redirect_stdout(io.StringIO()):
            graph.update()
        found = {place for place, reviewer in reviewers.items() if reviewer.anomalous_score > 0}
        for place in found:
            score[place] = max(score[place], BLOCKS - number)
        # The next block is looked for without this one's accounts, so that each is a new one.
        edges = {(place, value) for place, value in edges if place not in found}
    return score


def active_minutes(requests, count):
    keys = requests.select("place", "minute").unique()
    shape = (count, keys["minute"].max() + 1)
    return sparse.csr_matrix((np.ones(len(keys), np.int32), (keys["place"].to_numpy(), keys["minute"].to_numpy())), shape)


def validated(active):
    """-log10 p of each account's strongest link: both its minutes and the other's given, all minutes alike."""
    accounts, minutes = active.shape
    own = np.asarray(active.sum(axis=1)).ravel().astype(float)
    together = np.asarray((active @ active.T).todense())
    score = np.zeros(accounts)
    for place in range(accounts):
        both, other = together[place].astype(float), own
        rough = pdtrc(both - 1, own[place] * other / minutes)
        rough[place] = 1.0
        # The hypergeometric tail is thinner than Poisson's: what may count is counted exactly.
        (asked,) = np.nonzero((both > 0) & (rough < 1e-4))
        if len(asked):
            score[place] = (-tail(both[asked], own[place], other[asked], minutes)).max()
    return score


def tail(both, a, b, n):
    """log10 of the chance of at least so many joint minutes."""
    choose = lambda n, k: gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    first = choose(b, both) + choose(n - b, a - both) - choose(n, a)
    sum_, term, k = np.ones_like(both), np.ones_like(both), both.copy()
    for _ in range(400):
        term = term * np.maximum((a - k) * (b - k), 0) / ((k + 1) * (n - a - b + k + 1))
        sum_, k = sum_ + term, k + 1
        if term.max() < 1e-12:
            break
    return (first + np.log(sum_)) / np.log(10)


def bicm(active, pairs):
    """-log10 p of each account's strongest link, and the threshold of Benjamini and Hochberg at 0.01 over all pairs."""
    edges = np.stack(active.nonzero(), axis=1)
    graph = BipartiteGraph(edgelist=edges)
    with contextlib.redirect_stdout(io.StringIO()):
        graph.solve_tool(verbose=False)
    rows, columns = graph.get_bicm_fitnesses()
    x = np.array([rows.get(place, 0.0) for place in range(active.shape[0])])
    y = np.array(list(columns.values()))
    degrees = (x[:, None] * y[:1000] / (1 + x[:, None] * y[:1000])).sum(axis=0)
    known = np.asarray(active.sum(axis=0)).ravel()[list(columns)[:1000]]
    assert np.allclose(degrees, known, rtol=1e-3, atol=1e-2), "the package found no solution"
    kinds, times = np.unique(np.round(y, 15), return_counts=True)
    shares = x[:, None] * kinds / (1 + x[:, None] * kinds)
    together = np.asarray((active @ active.T).todense())
    score, all_p = np.zeros(active.shape[0]), []
    busiest = int(np.asarray(active.sum(axis=1)).argmax())
    for place in range(active.shape[0]):
        expected = (shares[place] * times) @ shares.T
        p = pdtrc(together[place] - 1.0, expected)
        p[together[place] == 0] = 1.0
        p[place] = 1.0
        if place == busiest:
            compare(graph, place, p, together)
        all_p.append(p[place + 1 :])
        score[place] = -np.log10(np.maximum(p.min(), 1e-300))
    p = np.sort(np.concatenate(all_p))
    (below,) = np.nonzero(p <= 0.01 * np.arange(1, len(p) + 1) / pairs)
    return score, -np.log10(max(p[below[-1]], 1e-300)) if len(below) else np.inf


def compare(graph, place, p, together):
    """The p-values of the package, which goes through all minutes for each pair."""
    (others,) = np.nonzero(together[place])
    others = [int(other) for other in others if other != place][:CHECKED]
    graph.v_adj_list = {place: {other: int(together[place, other]) for other in others}}
    graph.projection_method = "poisson"
    for other, value in graph.pval_calculator(place, x=graph.x, y=graph.y).items():
        assert abs(value - p[other]) < 1e-6 + 1e-3 * value, (other, value, p[other])


def table(rows):
    lines = ["| peer | own threshold: recall, false per million | recall as the scan's: recall, false per million | processor |", "|---|---|---|---|"]
    for peer in dict.fromkeys(row["peer"] for row in rows):
        own = [row for row in rows if row["peer"] == peer]
        innocents = sum(row["innocents"] for row in own)
        cells = []
        for side in ("own", "equal"):
            recall = np.mean([row[side]["recall"] for row in own])
            false = 1e6 * sum(row[side]["false"] for row in own) / innocents
            cells.append(f"{recall:.2f}, {false:,.0f}")
        lines.append(f"| {peer} | {cells[0]} | {cells[1]} | {np.mean([row['seconds'] for row in own]):.0f} s |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
