"""Is a student of text that vLLM's own choice marked found by `hallmark examine`, and a student of unmarked text not?

    python -m upstream.student --seed N --out FOLDER --hallmark PROGRAM

Both students' answers are examined with vLLM's key: alone, and with the logs of what was learnt as weights. FOLDER
gets answers, profile, keys, indexes, every result and student.md. Exit status 1 unless the student of marked answers is
found and the other is not, both times.
"""

import argparse
import json
import pathlib
import platform
import subprocess
import sys
import time

import torch

from . import distillation
from .draw import Draw
from .mark import write_secret
from .transformer import HEADS, LAYERS, WIDTH
from .vllm_marks import UPSTREAM

EXPECTED = {"marked": "found", "unmarked": "not-found"}
TESTS = ("T1", "T3", "T5", "T6", "T8", "T2", "T2r")
WEIGHTS = "--harvest log-marked.idx --background log-unmarked.idx --assumed-share 0.9 --reference reference.jsonl"
DECOYS = 99


def main():
    options = _options()
    start = time.perf_counter()
    out = pathlib.Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    models = distillation.distill(options.seed, out)
    hallmark = _Hallmark(options.hallmark, out, options.seed, models["key"])
    rows = [
        (student, weighted, hallmark.examine(student, weighted))
        for weighted in (False, True)
        for student in EXPECTED
    ]
    about = [
        f"Seed {options.seed}",
        f"{UPSTREAM}, {hallmark.run('--version').strip()}, Python {platform.python_version()}",
        f"{platform.machine()} ({torch.backends.cpu.get_cpu_capability()}), threads: {torch.get_num_threads()}",
        f"{time.perf_counter() - start:.0f} s",
    ]
    lines = ["## A student of vLLM's marked text", "; ".join(about) + ".", "", _told(models), "", *_table(rows)]
    report = "\n".join(lines) + "\n"
    (out / "student.md").write_text(report)
    print(report, end="")
    sys.exit(any(result["outcome"] != EXPECTED[student] for student, _, result in rows))


def _options():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--hallmark", required=True)
    return parser.parse_args()


class _Hallmark:
    """The program in the folder of the answers, with vLLM's key and one that was never used."""

    def __init__(self, program, out, seed, key):
        self.program, self.out = program, out
        for name in ("vllm.toml", "log-marked.idx", "log-unmarked.idx"):
            (out / name).unlink(missing_ok=True)
        write_secret(out / "vllm.key", f"integer:{key}")
        write_secret(out / "unused.key", f"integer:{Draw(seed, 'student/unused key').bits(64)}")
        self.run(f"profile new --scheme vllm-gumbel-v1 --window {distillation.WINDOW} --out vllm.toml")
        self.run("index make --profile vllm.toml --key vllm.key --out log-marked.idx log-marked.jsonl")
        self.run("index make --profile vllm.toml --unmarked --out log-unmarked.idx log-unmarked.jsonl")

    def examine(self, student, weighted):
        """The result, which the folder gets too."""
        result = self.run(
            "--format json examine --profile vllm.toml --key vllm.key --control unused.key --shape "
            f"--decoys {DECOYS} {WEIGHTS if weighted else ''} student-{student}.jsonl"
        )
        name = f"student-{student}{'-weighted' if weighted else ''}.json"
        (self.out / name).write_text(result)
        return json.loads(result)

    def run(self, arguments):
        command = [self.program, "--quiet", *arguments.split()]
        return subprocess.run(command, cwd=self.out, stdout=subprocess.PIPE, text=True, check=True).stdout


def _told(models):
    """What was trained on what."""
    d, p, left = distillation, models["detector_p"], models["loss"]
    return (
        f"Teacher: a transformer of {LAYERS} layers of {WIDTH} ({HEADS} heads), {d.TEACHER_STEPS} steps of "
        f"{d.BATCH * (d.PROMPT + d.ANSWER):,} tokens of the lab's training plays; loss on unseen plays "
        f"{left['teacher']:.2f} nats a token. It answers {d.LEARNT:,} prompts of {d.PROMPT} tokens with {d.ANSWER} tokens "
        f"each ({d.LEARNT * d.ANSWER:,}) through vLLM's sampler, window {d.WINDOW}, and again by ordinary sampling; p of "
        f"vLLM's own detector on single answers, median: {p['marked']:.1e} marked, {p['unmarked']:.2f} unmarked. Students: "
        f"copies of the teacher after {d.PASSES} passes over one kind of answers (loss on them then {left['marked']:.2f} "
        f"marked, {left['unmarked']:.2f} unmarked). Without a mark they answer {d.FRESH} fresh prompts."
    )


def _table(rows):
    lines = [
        "log10 p of each test (in parentheses by law: for text that no key of the function marked); in italics where a",
        "condition is unproven, so that the test decides nothing: for T3 the order of the answers, for what is weighed by",
        "logs that one of them is the tested key's own.",
        "",
        "| student of | examined by | outcome | tokens | scored cells | " + " | ".join(TESTS) + " |",
        "|---" * (5 + len(TESTS)) + "|",
    ]
    for student, weighted, result in rows:
        findings = {finding["test"]: finding for finding in result["tests"]}
        cells = [
            f"{student} answers",
            "answers and logs" if weighted else "answers alone",
            result["outcome"],
            result["counts"]["tokens"],
            result["counts"]["scored"],
            *(_log10_p(findings.get(test)) for test in TESTS),
        ]
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return lines


def _log10_p(finding):
    if finding is None:
        return "–"
    text = f"{finding['log10_p']:.2f}"
    if "log10_p_unmarked" in finding:
        text += f" ({finding['log10_p_unmarked']:.2f})"
    return f"*{text}*" if finding.get("unproven") else text


if __name__ == "__main__":
    main()
