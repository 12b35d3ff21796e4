"""The table on top: where each detector errs in the accuser's favour, by how much, and where it is conservative."""

from .rates import SURPRISE, by_text, rates, worst_text
from .tails import NEGLIGIBLE
from .texts import LONG

# Title, the formulas (by the start of their names) and the (detector, way) pairs that it is about.
_LEFT, _SELF = "transformers WatermarkDetector, lefthash", "transformers WatermarkDetector, selfhash"
_ROWS = [
    (
        "transformers `WatermarkDetector` as it is by default",
        ["transformers"],
        [(_LEFT, "default"), (_SELF, "default")],
    ),
    (
        "the same, `ignore_repeated_ngrams=True`",
        ["transformers"],
        [(_LEFT, "ignore_repeated_ngrams"), (_SELF, "ignore_repeated_ngrams")],
    ),
    ("vLLM `GumbelWatermarkDetector`", ["vLLM Gumbel"], [("vLLM GumbelWatermarkDetector", "default")]),
    (
        "the same, `deduplicate_contexts=False`",
        ["vLLM Gumbel"],
        [("vLLM GumbelWatermarkDetector", "deduplicate_contexts=False")],
    ),
    ("vLLM `DualKeyGumbelWatermarkDetector`", ["vLLM Dual"], [("vLLM DualKeyGumbelWatermarkDetector", "default")]),
    ("SGLang `WatermarkDetector`", ["SGLang"], [("SGLang WatermarkDetector", "default")]),
    ("SGLang with two keys, `combined`", ["SGLang"], [("SGLang WatermarkDetector, two keys", "combined")]),
    (
        "SGLang with two keys, the least of the five that it returns",
        [],
        [("SGLang WatermarkDetector, two keys", "the least of its five")],
    ),
    *(
        (
            f"TextSeal `{detector}`, {way}",
            [f"TextSeal {detector}"],
            [(f"TextSeal {detector}", way)],
        )
        for detector in ("GreenlistDetector", "GumbelmaxDetector")
        for way in ("none", "v1", "v2")
    ),
    ("TextSeal `SynthidDetector`, both scores (tails only)", ["TextSeal Synthid"], []),
    (
        "SynthID to 5.23 (table), mean as z",
        ["SynthID to 5.23 (table), mean"],
        [("SynthID to 5.23 (table)", "mean as z")],
    ),
    (
        "SynthID to 5.23 (table), weighted mean as z",
        ["SynthID to 5.23 (table), weighted"],
        [("SynthID to 5.23 (table)", "weighted mean as z")],
    ),
    ("SynthID 2025, mean as z", ["SynthID 2025, mean"], [("SynthID 2025", "mean as z")]),
    ("SynthID 2025, weighted mean as z", ["SynthID 2025, weighted"], [("SynthID 2025", "weighted mean as z")]),
]
_TYPICAL = (200, 1e-3)


def summary(result):
    lines = [
        "## Summary",
        "*Tail*: how many times the exact tail is the p that is reported, at n = 200 where 0.001 is reported and where it is worst. *Text*: real text without a mark, random keys;",
        "the largest share of p ≤ 0.01 (and 0.001) that is significantly too many, and on which texts. Where nothing is said, nothing was found.",
        "",
        "| detector | tail: exact / reported, where above 1 | text: too many false alarms | conservative: reported / exact at most |",
        "|---|---|---|---|",
    ]
    for title, starts, ways in _ROWS:
        rows = [
            row
            for formula in result["tails"]
            if any(formula["name"].startswith(start) for start in starts)
            for row in formula["rows"]
        ]
        if ways and not any(name in result["upstream"] for name, _ in ways):
            continue
        lines.append(f"| {title} | {_favour(rows)} | {_texts(result, ways)} | {_conservative(rows)} |")
    return [*lines, "", *_ours(result), "", *_reasons(result)]


def _ours(result):
    flagged, unsure, every = _ours_flagged(result)
    texts = _texts_flagged(result)
    ratios = [row["ours_ratio"] for f in result["tails"] for row in f["rows"] if row["ours_ratio"]]
    found = result["short_keys"]
    factors = dict(zip(found["levels"], zip(*sum(found["factors"].values(), []))))
    largest = {level: max(values) for level, values in factors.items()}
    return [
        "Hallmark:",
        "",
        f"- Tails: its p over the exact tail is between {min(ratios):.7f} and {max(ratios):.4f}.",
        f"- Real text: of {every} rates of the 18 profiles, too many: {'; '.join(flagged) or 'none'}. "
        f"If every p-value were exact, 0.5% of rates would be marked by chance, {every * 0.005:.1f} here. "
        f"Above the level by Clopper and Pearson's interval, but not by the spread between keys: {'; '.join(unsure) or 'none'}.",
        f"- Single texts, beyond chance: {'; '.join(texts) or 'none'}.",
        "- `hf-synthid`: the law for keys that are uniform modulo 65,536 alone would err for single texts with keys below "
        f"1,024, in either direction: for the worst of 65 texts p ≤ 0.01 would be {largest[0.01]:.1f} times as frequent as it "
        f"says, p ≤ 1e-6 {largest[1e-06]:.0f} times, p ≤ 1e-9 {largest[1e-09]:.0f} times. So Hallmark also compares a key with "
        "others of its own range.",
    ]


def _reasons(result):
    draws = [entry["scored"][LONG] for entry in result["hallmark"]["hf-kgw-selfhash"]]
    return [
        "Why:",
        "",
        "- transformers counts every repeat of an n-gram by default, and its p is the normal tail of z, without a",
        "  correction for continuity. `ignore_repeated_ngrams` is not enough for the self hash: its list depends on the",
        "  token and on the least product over the window, so different n-grams with the same token and the same least",
        "  partner are one draw, counted many times. The texts of 1,000 tokens have "
        f"{result['fourgrams']:,} different n-grams and {sum(draws) / len(draws):,.0f}",
        "  such draws on average; `hf-kgw-selfhash` counts the draws.",
        "- TextSeal's green p is a mid-p, which is below the chance of the score by design: half of the chance of the score",
        "  itself is left out. Its γ is also below the share of green levels (4096/8191 for ½). Without a scoring method",
        "  repeats count each time. The Gumbel p is too large, as a score of 8,191 levels is an exponential rounded down;",
        "  so is Hallmark's.",
        "- vLLM's two keys: one Gamma in place of a weighted sum of two. SGLang's two keys: five p-values come back, of",
        "  which `combined` is one valid test; the least of five is none.",
        "- SynthID's table has 32,743 ones in 65,536, and each of its states counts once: as states accumulate, a fair coin",
        "  gives p-values that are too large.",
    ]


def _favour(rows):
    low = [row for row in rows if row["ratio"] < 1 - NEGLIGIBLE]
    if not low:
        return "–"
    parts = []
    cells, level = _TYPICAL
    typical = [row for row in low if row["n"] == cells and level / 10 < row["reported"] <= level]
    if typical:
        parts.append(_times(min(typical, key=lambda r: r["ratio"])))
    parts.append(f"worst {_times(min(low, key=lambda r: r['ratio']))}")
    return "; ".join(parts)


def _times(row):
    factor = 1 / row["ratio"]
    text = f"{factor:.0f}" if factor >= 100 else f"{factor:.3g}"
    return f"{text} (n = {row['n']:,}, p {row['reported']:.1e})"


def _conservative(rows):
    high = [row for row in rows if row["ratio"] > 1 + NEGLIGIBLE]
    if not high:
        return "–"
    row = max(high, key=lambda r: r["ratio"])
    factor = f"{row['ratio']:,.0f}" if row["ratio"] >= 100 else f"{row['ratio']:.3g}"
    return f"{factor} (n = {row['n']:,}, p {row['reported']:.1e})"


def _texts(result, ways):
    """The worst rate at each of two levels, where it is too many."""
    parts = []
    for level in (0.01, 0.001):
        found = []
        for name, way in ways:
            for kind, by_key in result["upstream"].get(name, {"ways": {}})["ways"].get(way, {}).items():
                [rate] = [rate for rate in rates(by_key) if rate.level == level]
                if rate.too_many:
                    found.append((rate.count / rate.of, kind))
        if found:
            share, kind = max(found)
            parts.append(f"p ≤ {level} in {share:.2%} ({kind}; {len(found)} of {4 * len(ways)} sets)")
    return "; ".join(parts) or ("–" if ways else "not run")


def _texts_flagged(result):
    flagged = []
    for scheme, entries in result["hallmark"].items():
        for width in ("short", "full"):
            name, level, rate, chance = worst_text(by_text(entries, width))
            if chance < SURPRISE:
                flagged.append(f"`{scheme}`, {width} keys, {name}: p ≤ {level} in {rate:.3f} (chance {chance:.1g})")
    return flagged


def _ours_flagged(result):
    flagged, unsure, every = [], [], 0
    for scheme, entries in result["hallmark"].items():
        sets = {kind: [entry["p"][kind] for entry in entries] for kind in entries[0]["p"]}
        for width in ("short", "full"):
            sets[f"{width} keys"] = [sum(e["p"].values(), []) for e in entries if e["width"] == width]
        sets["all together"] = [[entry["pooled"]] for entry in entries]
        for label, by_key in sets.items():
            for rate in rates(by_key):
                every += 1
                if rate.by_interval:
                    kept = flagged if rate.too_many else unsure
                    kept.append(f"`{scheme}`, {label}, p ≤ {rate.level}: {rate.count / rate.of:.4f}")
    return flagged, unsure, every
