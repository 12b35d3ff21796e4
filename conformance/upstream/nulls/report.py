"""Renders nulls.json as nulls.md.

    python -m upstream.nulls.report FOLDER
"""

import json
import pathlib
import sys

from .rates import LEVELS, SURPRISE, by_text, rates, worst_text
from .summary import summary
from .tails import NEGLIGIBLE
from .texts import ABOUT


def report(result):
    lines = [*_head(result), *summary(result), "", *_ours(result), *_theirs(result), *_tails(result)]
    return "\n".join(lines).rstrip() + "\n"


def _head(result):
    about = result["about"]
    return [
        "# p-values without a mark",
        "",
        f"Seed {about['seed']}, Python {about['python']}, {about['machine']}, two cores that other work shared. "
        f"{', '.join(about['versions'])}.",
        f"Made by `HALLMARK=target/release/hallmark conformance/run-nulls --seed {about['seed']} --synthid-text CHECKOUT` "
        "(google-deepmind/synthid-text at addb4a1). Every figure is from this run.",
        "",
        "A p-value errs *in the accuser's favour* where it is smaller than the chance that it claims to be. Discrete statistics make",
        "p-values that are too large, which is no fault.",
        "",
    ]


def _cells(by_key):
    return [str(rate) for rate in rates(by_key)]


def _levels(first):
    return [
        "| " + " | ".join([*first, *(f"p ≤ {level}" for level in LEVELS)]) + " |",
        "|" + "---|" * (len(first) + len(LEVELS)),
    ]


def _row(cells):
    return "| " + " | ".join(map(str, cells)) + " |"


def _ours(result):
    about, ours = result["about"], result["hallmark"]
    lines = [
        "## Hallmark on real text",
        f"`hallmark detect` with all 18 profiles, {about['keys']} random keys each (half of them short ones as people choose them, half of full width), "
        f"on the same texts for every key, tokenised with the lab's tokenizer (V = {about['vocab_size']:,}):",
        "",
        *(f"- *{kind}*: {text}." for kind, text in ABOUT.items()),
        "",
        "Models' vocabularies are larger, and repeat less. Short keys have 10 bits (SynthID), 16 (vLLM, SGLang, TextSeal) or 24 (lists), full ones 62 or 64.",
        "Cells: share of p-values at most the level, with Clopper and Pearson's 99% interval. **Bold: too many**: the interval is wholly above the level, and so is",
        "one from the spread between keys where a key reads several texts (the texts that one key reads share cells, so pairs are not quite independent).",
        "",
        "One document's p:",
        "",
        *_levels(["profile", "texts", "pairs"]),
    ]
    for scheme, entries in ours.items():
        for kind in ABOUT:
            by_key = [entry["p"][kind] for entry in entries]
            lines.append(_row([scheme, kind, sum(map(len, by_key)), *_cells(by_key)]))
    lines += [
        "",
        "By width of the key, all texts; and the p of all texts together (one for each key):",
        "",
        *_levels(["profile", "p of", "keys"]),
    ]
    for scheme, entries in ours.items():
        for width in ("short", "full"):
            by_key = [sum(e["p"].values(), []) for e in entries if e["width"] == width]
            lines.append(_row([scheme, "one text", f"{width}, {len(by_key)}", *_cells(by_key)]))
        by_key = [[entry["pooled"]] for entry in entries]
        lines.append(_row([scheme, "all texts", f"both, {len(by_key)}", *_cells(by_key)]))
    lines += _single_texts(ours) + _short_keys(result["short_keys"])
    called = sum(sum(e["passages"].values()) for entries in ours.values() for e in entries)
    texts = sum(len(v) for entries in ours.values() for e in entries for v in e["p"].values())
    lines += [
        "",
        f"Passages called marked at the default level of 0.001: in {called} of {texts:,} readings of a text "
        f"({called / texts:.5f}).",
        "",
    ]
    return lines


def _single_texts(ours):
    lines = [
        "",
        "The null is one text under random keys, so each of the 65 texts must hold by itself. Of each profile's 260 rates with keys of one width, the most surprising one, and how likely",
        f"one so high is among 260 (Bonferroni; bold below {SURPRISE}):",
        "",
        "| profile | keys | text | level | rate | chance |",
        "|---|---|---|---|---|---|",
    ]
    for scheme, entries in ours.items():
        for width in ("short", "full"):
            name, level, rate, chance = worst_text(by_text(entries, width))
            shown = f"**{chance:.2g}**" if chance < SURPRISE else f"{chance:.2g}"
            lines.append(_row([scheme, width, name, level, f"{rate:.3f}", shown]))
    return lines


def _short_keys(found):
    lines = [
        "",
        "`hf-synthid`, short keys: why the law alone is not enough. It is right for keys that are uniform modulo 65,536. Keys below 1,024, as upstream's own are, reach 1,023 of the table's 65,536 shifts,",
        "and whether these favour a text is an accident of the text. The chance of p ≤ level with short keys over that with uniform ones, by enumeration (no simulation):",
        "",
        "| texts | " + " | ".join(f"p ≤ {level:g}: mean, largest" for level in found["levels"]) + " |",
        "|---|" + "---|" * len(found["levels"]),
    ]
    for kind, texts in found["factors"].items():
        columns = list(zip(*texts))
        lines.append(_row([kind, *(f"{sum(c) / len(c):.2f}, {max(c):.2f}" for c in columns)]))
    return [*lines, ""]


def _theirs(result):
    about = result["about"]
    lines = [
        "## Upstream on real text",
        f"Upstream's own detectors on the same texts with the first {about['upstream_keys']} of the same keys, each text by itself; below each, Hallmark on the same pairs.",
        "*default* is the detector as it is made without options. TextSeal's *none*, *v1* and *v2* are its `scoring_method`; its evaluation takes v1 if nothing is said,",
        "its configuration v2. SynthID's scores come without p: the usual normal tail of z is taken.",
        "Not run: lm-watermarking, three-bricks and Unigram, which no package has; TextSeal with two keys, which its release does not have.",
        "",
        *_levels(["detector", "way", "texts", "pairs"]),
    ]
    for name, found in result["upstream"].items():
        for way, kinds in found["ways"].items():
            for kind, by_key in kinds.items():
                lines.append(_row([name, way, kind, sum(map(len, by_key)), *_cells(by_key)]))
        for kind in ABOUT:
            entries = result["hallmark"][found["scheme"]][: about["upstream_keys"]]
            by_key = [entry["p"][kind] for entry in entries]
            lines.append(
                _row([f"`{found['scheme']}`", "Hallmark", kind, sum(map(len, by_key)), *_cells(by_key)])
            )
    return [*lines, ""]


def _tails(result):
    least, most = result["vllm_lattice"]
    lines = [
        "## Tails",
        "n cells; the least statistic at which upstream reports 0.01, 0.001, 1e-6, 1e-9, 1e-12 or less; the exact chance of a statistic as high if",
        "the words of cells are independent and uniform (40 digits; TextSeal's Gumbel scores and SynthID's table about 9); the p of Hallmark's law; and their ratios. **Bold: in the accuser's favour.**",
        f"vLLM's uniforms have 24 bits; by the saddle-point estimate that changes its Gamma tail on this grid by a factor of {least:.6f} to {most:.6f}.",
        "",
    ]
    for formula in result["tails"]:
        lines += [
            f"### {formula['name']}",
            f"{formula['note']}.",
            "",
            "| n | statistic | upstream's p | exact | Hallmark | upstream / exact | Hallmark / exact |",
            "|---|---|---|---|---|---|---|",
        ]
        lines += [_tail_row(row) for row in formula["rows"]]
        lines.append("")
    return lines


def _tail_row(row):
    ratio, ours = row["ratio"], row["ours_ratio"]
    statistic = row["statistic"]
    shown = ratio_text(ratio)
    return _row(
        [
            f"{row['n']:,}",
            f"{statistic:,}" if isinstance(statistic, int) else f"{statistic:,.4f}",
            f"{row['reported']:.3g}",
            f"{float(row['exact']):.3g}",
            "–" if ours is None else f"{float(row['ours']):.3g}",
            f"**{shown}**" if ratio < 1 - NEGLIGIBLE else shown,
            "–" if ours is None else ratio_text(ours),
        ]
    )


def ratio_text(ratio):
    return f"{ratio:,.0f}" if ratio >= 100 else f"{ratio:.4f}"


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1])
    (folder / "nulls.md").write_text(report(json.loads((folder / "nulls.json").read_text())))
