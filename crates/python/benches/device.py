"""Time to sample one step of a batch from rows of 131,072 logits: the plain sampler, the native marks by torch and by
Triton, and, on a GPU where vLLM is installed, vLLM's own Gumbel kernels.

    python benches/device.py [--device cuda] [--batch 1 32 256] [--vocab 131072] [--seconds 2]

Prints the machine and a table in milliseconds a step: the median, the 10th and the 90th percentile. All
implementations get the same float32 rows, in one run, in turn. Keys are loaded beforehand; every position is open.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
from device_cases import any_key, package  # noqa: E402

device = package()
SCHEMES = ("gumbel", "dual-gumbel", "green", "tournament")
LAYERS = 30
CANDIDATES = 40
STEPS = (7, 1000)
"""Fewest and most steps that are timed."""

Step = Callable[[], object]


@dataclass
class Batch:
    """One step's rows: logits [rows, vocab], windows [rows, 2], ordinary randomness [rows]."""

    logits: torch.Tensor
    windows: torch.Tensor
    uniforms: torch.Tensor

    @staticmethod
    def random(rows: int, vocab: int, where: torch.device) -> Batch:
        generator = torch.Generator().manual_seed(rows)
        logits = torch.randn((rows, vocab), generator=generator) * 3
        windows = torch.randint(0, vocab, (rows, 2), generator=generator)
        uniforms = torch.rand(rows, generator=generator, dtype=torch.float64)
        return Batch(logits.to(where), windows.to(where), uniforms.to(where))


def plain(batch: Batch) -> dict[str, Step]:
    logits = batch.logits

    def multinomial() -> object:
        return torch.multinomial(logits.softmax(dim=1), 1)

    def race() -> object:
        weights = logits.softmax(dim=1)
        return weights.div_(torch.empty_like(weights).exponential_()).argmax(dim=1)

    return {"plain: softmax, multinomial": multinomial, "plain: softmax, exponential race": race}


def ours(batch: Batch, implementation: str, schemes: tuple[str, ...]) -> dict[str, Step]:
    steps: dict[str, Step] = {}
    for scheme in schemes:
        key = any_key(scheme)
        if scheme == "tournament":
            key.parameters["layers"] = LAYERS
        loaded = device.load(key, batch.logits.device)
        # Green biases rows in place; over and over it would raise them without end.
        logits = batch.logits.clone() if scheme == "green" else batch.logits

        def choose(loaded: object = loaded, logits: torch.Tensor = logits) -> object:
            return device.choose(loaded, logits, batch.windows, None, batch.uniforms, implementation=implementation)

        def bias(loaded: object = loaded, logits: torch.Tensor = logits) -> object:
            return device.bias(loaded, logits, batch.windows, implementation=implementation)

        if scheme == "green":
            steps[f"{implementation}: green, the bias alone"] = bias
        else:
            steps[f"{implementation}: {scheme}"] = choose
    if "gumbel" in schemes:
        top = batch.logits.topk(min(CANDIDATES, batch.logits.shape[1]), dim=1)
        loaded = device.load(any_key("gumbel"), batch.logits.device)

        def choose_candidates() -> object:
            return device.choose(
                loaded, top.values, batch.windows, candidates=top.indices, implementation=implementation
            )

        steps[f"{implementation}: gumbel among the {CANDIDATES} likeliest, given"] = choose_candidates
    return steps


def vllm(batch: Batch) -> dict[str, Step]:
    """vLLM's sampler and its Gumbel mark, by the interfaces of 0.32; passed over, with a word, where not found."""
    rows, where = batch.logits.shape[0], batch.logits.device
    steps: dict[str, Step] = {}
    if where.type != "cuda":
        say("vLLM's kernels need a GPU: not measured")
        return steps
    try:
        from vllm.v1.worker.gpu.sample.gumbel import gumbel_sample

        places = torch.arange(rows, dtype=torch.int32, device=where)
        seeds = torch.arange(rows, dtype=torch.int64, device=where)
        positions = torch.full((rows,), 100, dtype=torch.int64, device=where)
        ones = torch.ones(rows, device=where)

        def sample() -> object:
            return gumbel_sample(
                batch.logits, places, ones, seeds, positions, apply_temperature=False, is_drafting=False
            )

        sample()
        steps["vLLM: its sampler, gumbel_sample"] = sample
    except Exception as error:
        say(f"vLLM's gumbel_sample cannot be measured: {type(error).__name__}: {error}")
    try:
        from vllm.v1.worker.gpu.sample.watermark import philox_gumbel_sample

        contexts = torch.cat((batch.windows, batch.windows), dim=1)

        def marked() -> object:
            return philox_gumbel_sample(batch.logits, contexts, 42)

        marked()
        steps["vLLM: its Gumbel mark, philox_gumbel_sample"] = marked
    except Exception as error:
        say(f"vLLM's philox_gumbel_sample cannot be measured: {type(error).__name__}: {error}")
    return steps


def measure(steps: dict[str, Step], where: torch.device, seconds: float) -> dict[str, list[float]]:
    """Milliseconds of each step, taken in turn so that what else the machine does falls on all alike."""
    for step in steps.values():
        step()
        step()
    wait(where)
    times: dict[str, list[float]] = {name: [] for name in steps}
    began = time.perf_counter()
    for count in range(STEPS[1]):
        if count >= STEPS[0] and time.perf_counter() - began > seconds * len(steps):
            break
        for name, step in steps.items():
            start = time.perf_counter()
            step()
            wait(where)
            times[name].append((time.perf_counter() - start) * 1e3)
    return times


def wait(where: torch.device) -> None:
    if where.type == "cuda":
        torch.cuda.synchronize(where)


def table(times: dict[str, list[float]], rows: int) -> None:
    print(f"\n| batch {rows} | ms a step | 10–90% | ms a row | of plain | steps |\n|---|---|---|---|---|---|")
    base = None
    for name, taken in times.items():
        low, middle, high = (sorted(taken)[int(share * (len(taken) - 1))] for share in (0.1, 0.5, 0.9))
        base = base or middle
        shares = f"{middle / rows:.4f} | {middle / base:.2f}"
        print(f"| {name} | {middle:.3f} | {low:.3f}–{high:.3f} | {shares} | {len(taken)} |")


def hardware(where: torch.device) -> str:
    versions = f"torch {torch.__version__}, Python {platform.python_version()}"
    if where.type == "cuda":
        import triton

        return (
            f"{torch.cuda.get_device_name(where)}, CUDA {torch.version.cuda}, Triton {triton.__version__}, {versions}"
        )
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [
            line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")
        ]
        cpu = names[0] if names else cpu
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return f"{cpu}, {torch.get_num_threads()} of {os.cpu_count()} cores{load}, {versions}"


def say(text: str) -> None:
    print(text, file=sys.stderr)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--batch", type=int, nargs="+", default=[1, 32, 256])
    parser.add_argument("--vocab", type=int, default=131_072)
    parser.add_argument("--seconds", type=float, default=2.0, help="time for each line of the table")
    parser.add_argument("--schemes", nargs="+", choices=SCHEMES, default=list(SCHEMES))
    given = parser.parse_args()
    where = torch.device(given.device)
    implementations = ["torch"]
    interpreted = os.environ.get("TRITON_INTERPRET") == "1"
    if device.implementations.has_triton() and (where.type == "cuda" or interpreted):
        implementations.append("triton")
        if interpreted:
            say("Triton's kernels are interpreted: their times say nothing of a GPU")
    else:
        say(f"Triton's kernels do not run on {where}: not measured")
    print(f"{hardware(where)}; rows of {given.vocab} float32 logits, window 2, tournament of {LAYERS} layers")
    for rows in given.batch:
        batch = Batch.random(rows, given.vocab, where)
        steps = plain(batch)
        for implementation in implementations:
            steps |= ours(batch, implementation, tuple(given.schemes))
        steps |= vllm(batch)
        table(measure(steps, where, given.seconds), rows)


if __name__ == "__main__":
    main()
