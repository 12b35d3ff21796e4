"""Checks of the V1 class in vLLM itself, with a random small Llama: check.py TOKENIZER_FOLDER

Starts two engines, with the mark and without, gives both the same requests, and compares.
TOKENIZER_FOLDER holds tokenizer.json and tokenizer_config.json of SmolLM2. Exit status 1 where a check fails.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

VOCABULARY = 49_152
PROMPTS = [
    f"Story number {number} begins with a {word}."
    for number, word in enumerate("ship fox king lamp road song tree well".split())
]
REGEX = "[a-z ]{30,60}"
LONG = 180


def main() -> int:
    if sys.argv[1] == "--engine":
        run_engine(*map(pathlib.Path, sys.argv[2:4]), marked=sys.argv[4] == "marked")
        return 0
    import hallmark_lm as hl

    folder = pathlib.Path(tempfile.mkdtemp(prefix="hallmark-vllm-"))
    make_model(pathlib.Path(sys.argv[1]), folder / "model")
    profile = hl.Profile.new("gumbel", name="check", window=2, vocab_size=VOCABULARY)
    (folder / "profile.toml").write_text(profile.to_toml())
    key = hl.Key.generate().derive("2026-11", "eu")
    key.save(folder / "eu.key")
    (folder / "serving.toml").write_text(
        'hallmark_serving = 1\nprofile = "profile.toml"\ndefault = "eu"\nfail_closed = true\nanswers = "first"\n'
        '[cohorts]\neu = "eu.key"\n[ledger]\nfile = "ledger.jsonl"\n'
    )
    # Both at once: most of the time goes into starting.
    marked, plain = (results(folder, kind, run) for kind, run in [(k, engine(folder, k)) for k in ("marked", "plain")])

    def log10_p(answers: list[dict]) -> float:
        return hl.detect([answer["tokens"] for answer in answers], profile=profile, key=key).pooled.log10_p

    def found(name: str, answers: list[dict]) -> None:
        value = log10_p(answers)
        report(f"{name}: the mark is found", value < -12, f"log10 p = {value:.1f}")

    def absent(name: str, answers: list[dict]) -> None:
        # One check in a thousand of an unmarked text fails by chance.
        value = log10_p(answers)
        report(f"{name}: there is no mark", value > -3, f"log10 p = {value:.1f}")

    odd = slice(1, None, 2)
    found("marked answers of a mixed batch", marked["mixed"][::2])
    absent("the same requests without the processor", plain["mixed"][::2])
    absent("unmarked answers of a mixed batch", marked["mixed"][odd])
    report(
        "unmarked answers: tokens and log-probabilities are those of the engine without it, to the bit",
        marked["mixed"][odd] == plain["mixed"][odd],
    )
    report("greedy answers are those of the engine without it", marked["greedy"] == plain["greedy"])
    found("the first of three answers", marked["three"][:1])
    absent("the other two, unmarked by policy", marked["three"][1:])
    report("three answers differ", len({tuple(answer["tokens"]) for answer in marked["three"]}) == 3)
    found("answers under a grammar", marked["grammar"])
    report("a grammar is kept", all(re.fullmatch(REGEX, answer["text"]) for answer in marked["grammar"]))
    found("preempted answers", marked["long"])
    report("answers were preempted", marked["preemptions"] > 0, f"{marked['preemptions']} times")
    report("an unknown cohort is refused", "nobody" in marked["refused"], marked["refused"].split(",")[0])
    report(
        "options with a key are refused and not repeated",
        "hallmark_key" in marked["key"] and "secret" not in marked["key"],
    )
    ends = [line for line in map(json.loads, open(folder / "ledger.jsonl")) if line["event"] == "end"]
    sent = [answer["tokens"] for name in ("mixed", "three", "grammar", "long") for answer in marked[name]]
    held = [line["response_tokens"] for line in ends]
    report(
        "each marked answer is one record of the ledger, to the last token",
        all(tokens in sent for tokens in held) and len(held) == 4 + 1 + 2 + 8,
        f"{len(held)} records",
    )
    shutil.rmtree(folder)
    return 1 if FAILED else 0


FAILED: list[str] = []


def report(what: str, is_true: bool, detail: str = "") -> None:
    print(f"{'ok  ' if is_true else 'FAIL'} {what}{f' ({detail})' if detail else ''}", flush=True)
    if not is_true:
        FAILED.append(what)


def engine(folder: pathlib.Path, kind: str) -> subprocess.Popen:
    # In one process all requests of a call are there before the first step, so both engines make the same batches.
    environment = dict(os.environ, HALLMARK_SERVING=str(folder / "serving.toml"), VLLM_ENABLE_V1_MULTIPROCESSING="0")
    command = [sys.executable, __file__, "--engine", str(folder / "model"), str(folder / f"{kind}.json"), kind]
    with open(folder / f"{kind}.log", "w") as log:
        return subprocess.Popen(command, env=environment, stdout=log, stderr=log)


def results(folder: pathlib.Path, kind: str, run: subprocess.Popen) -> dict:
    if run.wait():
        sys.exit(f"the engine failed; its log is {folder / kind}.log")
    return json.loads((folder / f"{kind}.json").read_text())


def run_engine(model: pathlib.Path, out: pathlib.Path, *, marked: bool) -> None:
    from vllm import LLM, SamplingParams
    from vllm.sampling_params import StructuredOutputsParams

    processors = ["hallmark_lm.vllm:V1"] if marked else None
    # So few blocks that eight long answers do not fit.
    llm = LLM(
        str(model),
        logits_processors=processors,
        max_model_len=512,
        enforce_eager=True,
        num_gpu_blocks_override=11,
        seed=1,
        disable_log_stats=False,
        max_num_seqs=8,
    )
    base = {"temperature": 0.9, "top_p": 0.95, "ignore_eos": True, "max_tokens": 40, "logprobs": 0}

    def answers(prompts: list[str], params: object) -> list[dict]:
        return [
            {
                "tokens": list(one.token_ids),
                "text": one.text,
                "logprobs": [float.hex(list(held.values())[0].logprob) for held in one.logprobs or ()],
            }
            for answer in llm.generate(prompts, params, use_tqdm=False)
            for one in answer.outputs
        ]

    def refusal(options: dict) -> str:
        try:
            llm.generate(PROMPTS[:1], SamplingParams(**base, extra_args=options), use_tqdm=False)
        except Exception as error:  # vLLM has an exception of its own for what it answers with status 400
            return f"{type(error).__name__}: {error}"
        return "served"

    results: dict = {
        "mixed": answers(PROMPTS, [SamplingParams(**base, extra_args={"hallmark": at % 2 == 0}) for at in range(8)]),
        "greedy": answers(PROMPTS[:3], SamplingParams(**{**base, "temperature": 0.0})),
        "three": answers(PROMPTS[:1], SamplingParams(**base, n=3)),
        "grammar": answers(
            PROMPTS[:2],
            SamplingParams(temperature=1.0, max_tokens=80, structured_outputs=StructuredOutputsParams(regex=REGEX)),
        ),
        "long": answers(PROMPTS, SamplingParams(**{**base, "max_tokens": LONG})),
        "refused": refusal({"hallmark_cohort": "nobody"}),
        "key": refusal({"hallmark_key": "a-secret"}),
        # A batch forgets answers that are done with the next step.
        "next": answers(PROMPTS[:1], SamplingParams(**{**base, "max_tokens": 1}, extra_args={"hallmark": False})),
        "preemptions": sum(int(m.value) for m in llm.get_metrics() if m.name == "vllm:num_preemptions"),
    }
    out.write_text(json.dumps(results))


def make_model(tokenizer: pathlib.Path, out: pathlib.Path) -> None:
    """A Llama of two layers whose weights are random, with SmolLM2's tokenizer."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(7)
    config = LlamaConfig(
        vocab_size=VOCABULARY,
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=2,
        max_position_embeddings=1024,
        initializer_range=0.3,
        bos_token_id=1,
        eos_token_id=2,
    )
    LlamaForCausalLM(config).to(torch.bfloat16).save_pretrained(out)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(tokenizer / name, out)


if __name__ == "__main__":
    sys.exit(main())
