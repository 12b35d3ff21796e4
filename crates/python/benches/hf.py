"""What a step costs on the CPU, beside transformers' own watermarks, a plain sample, and top-k: all on the same rows, one thread.

    python benches/hf.py [--threads 1] [--rounds 30] [--slow]

Each figure is microseconds a row, best and median of the rounds. --slow adds SynthID over whole rows, which takes seconds a step."""

from __future__ import annotations

import argparse
import platform
import statistics
import time

import torch
import transformers
from transformers import SynthIDTextWatermarkLogitsProcessor, WatermarkLogitsProcessor

import hallmark_lm as hl
from hallmark_lm import hf


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--threads", type=int, default=1)
    arguments.add_argument("--rounds", type=int, default=30)
    arguments.add_argument("--slow", action="store_true")
    asked = arguments.parse_args()
    torch.set_num_threads(asked.threads)
    hl.set_threads(asked.threads)
    print(f"{platform.processor() or platform.machine()}, {asked.threads} threads, torch {torch.__version__}, transformers {transformers.__version__}")
    print("| V | batch | what | best | median |\n|---|---|---|---|---|")
    for vocabulary in (32_000, 128_256, 256_000):
        for batch in (1, 32):
            measure(vocabulary, batch, asked)


def measure(vocabulary: int, batch: int, asked: argparse.Namespace) -> None:
    torch.manual_seed(1)
    rows = torch.randn(batch, vocabulary) * 3
    truncated = torch.full_like(rows, float("-inf"))
    top = rows.topk(50, dim=-1)
    truncated.scatter_(1, top.indices, top.values)
    ids = torch.randint(0, vocabulary, (batch, 40))
    prompt = 8

    def gumbel(scheme: str = "gumbel") -> hf.MarkProcessor:
        mark = hl.Mark(hl.Profile.new(scheme, window=2, vocab_size=vocabulary), hl.Key.generate())
        processor = hf.MarkProcessor(mark)
        processor(ids[:, :prompt], rows.clone())
        return processor

    ours, green = gumbel(), gumbel("green")
    kgw = WatermarkLogitsProcessor(vocab_size=vocabulary, device="cpu", greenlist_ratio=0.25, bias=2.0)
    numbers = list(range(654, 684))
    synthid = SynthIDTextWatermarkLogitsProcessor(
        ngram_len=5,
        keys=numbers,
        sampling_table_size=2**16,
        sampling_table_seed=0,
        context_history_size=1024,
        device=torch.device("cpu"),
    )
    requests = ours._requests
    sampling = hl.Sampling(top_k=50)

    def plain(scores: torch.Tensor) -> None:
        top = scores.topk(50, dim=-1)
        torch.multinomial(torch.softmax(top.values, -1), 1)

    cases = {
        "plain: top-k 50, softmax, multinomial over the 50": (rows, plain),
        "plain: softmax, multinomial over the row": (rows, lambda s: torch.multinomial(torch.softmax(s, -1), 1)),
        "hallmark gumbel, processor, whole rows": (rows, lambda s: ours(ids, s)),
        "hallmark gumbel, processor, rows truncated to 50": (truncated, lambda s: ours(ids, s)),
        "hallmark green, processor, whole rows": (rows, lambda s: green(ids, s)),
        "hallmark gumbel with top-k 50, in place of the sampler": (rows, lambda s: hl.choose_rows(requests, s, sampling, accept=False)),
        "transformers KGW, left hash": (rows, lambda s: kgw(ids, s)),
    }
    if asked.slow and batch == 1:
        cases["transformers SynthID-30, whole rows"] = (rows, lambda s: synthid(ids, s))
    for name, (scores, step) in cases.items():
        times = []
        for _ in range(3 if "SynthID" in name else asked.rounds):
            scratch = scores.clone()
            start = time.perf_counter()
            step(scratch)
            times.append((time.perf_counter() - start) / batch * 1e6)
        print(f"| {vocabulary:,} | {batch} | {name} | {min(times):,.0f} | {statistics.median(times):,.0f} |", flush=True)


main()
