"""Tokens a second of a real model with and without a mark, end to end and in pairs.

    python benches/tokens.py MODEL KEY PROFILE [--pairs 20] [--tokens 64] [--threads 2]

MODEL, KEY and PROFILE as examples/hf/ci makes them. A round generates the same number of tokens from one prompt three times, in an order that
turns: transformers' own `generate` with a plain draw at the same temperature, top-k and nucleus; the mark in front of its sampler
(`watermarking_config`); and `hf.generate`, which takes the sampler's place. Printed are the medians, and of each marked way the mean of
(marked / unmarked − 1) over rounds, with its 95% interval by Student's t: rounds are independent, and both of a pair were beside each other."""

from __future__ import annotations

import argparse
import math
import platform
import statistics
import time
from collections.abc import Callable

import torch
import transformers
from transformers import AutoModelForCausalLM, AutoTokenizer

import hallmark_lm as hl
from hallmark_lm import hf

PROMPTS = ("Write about the sea.", "Explain how bread is made.", "Describe an old town.", "Tell a story of a fox.")
SETTINGS = {"temperature": 0.9, "top_k": 50, "top_p": 0.95}
# Student's t at 97.5% for 5, 10, 20 and 40 degrees of freedom; between them the larger is taken.
STUDENT = {5: 2.571, 10: 2.228, 20: 2.086, 40: 2.021}


def main() -> None:
    arguments = argparse.ArgumentParser()
    for name in ("model", "key", "profile"):
        arguments.add_argument(name)
    arguments.add_argument("--pairs", type=int, default=20)
    arguments.add_argument("--tokens", type=int, default=64)
    arguments.add_argument("--threads", type=int, default=2)
    asked = arguments.parse_args()
    torch.set_num_threads(asked.threads)
    hl.set_threads(asked.threads)
    model, tokenizer = AutoModelForCausalLM.from_pretrained(asked.model), AutoTokenizer.from_pretrained(asked.model)
    mark = hl.Mark(hl.Profile.load(asked.profile), hl.Key.load(asked.key))
    own = {"do_sample": True, "min_new_tokens": asked.tokens, "max_new_tokens": asked.tokens, **SETTINGS}
    ways: dict[str, Callable[..., torch.Tensor]] = {
        "unmarked": lambda inputs: model.generate(**inputs, **own),
        "in front of the sampler": lambda inputs: model.generate(**inputs, **own, watermarking_config=hf.Watermark(mark)),
        "in place of the sampler": lambda inputs: hf.generate(
            model, inputs, mark=mark, min_new_tokens=asked.tokens, max_new_tokens=asked.tokens, **SETTINGS
        ),
    }
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(-1, asked.pairs):
        inputs = tokenizer.apply_chat_template(
            [{"role": "user", "content": PROMPTS[turn % len(PROMPTS)]}], add_generation_prompt=True, return_tensors="pt", return_dict=True
        )
        names = list(ways)
        for name in names[turn % 3 :] + names[: turn % 3]:
            since = time.perf_counter()
            made = ways[name](inputs)
            length = made.shape[1] - inputs["input_ids"].shape[1]
            if length != asked.tokens:
                raise SystemExit(f"{name}: {length} tokens instead of {asked.tokens}")
            if turn >= 0:
                taken[name].append((time.perf_counter() - since) / length)
    print(
        f"{platform.processor() or platform.machine()}, {asked.threads} threads, torch {torch.__version__}, transformers {transformers.__version__}; "
        f"{asked.pairs} rounds of {asked.tokens} tokens"
    )
    print("| | tokens a second, median | time of a token beside unmarked |\n|---|---|---|")
    for name, times in taken.items():
        beside = "" if name == "unmarked" else interval([own / plain - 1 for own, plain in zip(times, taken["unmarked"])])
        print(f"| {name} | {1 / statistics.median(times):.2f} | {beside} |")


def interval(shares: list[float]) -> str:
    """Mean and 95% interval, in percent."""
    freedom = max((known for known in STUDENT if known <= len(shares) - 1), default=5)
    mean, error = statistics.mean(shares), statistics.stdev(shares) / math.sqrt(len(shares))
    half = STUDENT[freedom] * error
    return f"{100 * mean:+.2f}% [{100 * (mean - half):+.2f}, {100 * (mean + half):+.2f}]"


main()
