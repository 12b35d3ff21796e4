"""The SGLang adapter against the contract of its sampling backends (`fakes/sglang.py`)."""

from __future__ import annotations

import gc
import importlib
import json
import sys
from pathlib import Path
from typing import Any, Iterator

import pytest

torch = pytest.importorskip("torch")
numpy = pytest.importorskip("numpy")

import hallmark_lm  # noqa: E402
from fakes import sglang as engine  # noqa: E402
from fakes.model import Model  # noqa: E402
from fakes.serving import Files  # noqa: E402
from fakes.sglang import Req, SamplingParams, Scheduler  # noqa: E402

PROMPTS = [[3 + i, 20 + 7 * i % 60, 5, 11 + i] for i in range(12)]


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    engine.install(monkeypatch)
    monkeypatch.setattr(engine.ARGUMENTS, "speculative_algorithm", None)
    sys.modules.pop("hallmark_lm.sglang", None)
    yield monkeypatch
    sys.modules.pop("hallmark_lm.sglang", None)


def scheduler(fake: pytest.MonkeyPatch, files: Files, **options: Any) -> Scheduler:
    fake.setenv("HALLMARK_SERVING", str(files.path))
    adapter = importlib.import_module("hallmark_lm.sglang")
    adapter.install()
    adapter.install()
    return Scheduler(engine.FACTORIES["hallmark"](), Model(), **options)


def request(at: int, **settings: Any) -> Req:
    return Req(f"request-{at}", PROMPTS[at], SamplingParams(**settings))


def survivors(row: Any, params: SamplingParams) -> tuple[list[int], list[float]]:
    """What SGLang's truncation leaves: top-k and top-p of the whole distribution, then min-p; by sorting, in 64
    bits."""
    logits = row.double() / params.temperature
    p = logits.softmax(dim=-1)
    order = p.argsort(descending=True).tolist()
    kept, before = [], 0.0
    for place, token in enumerate(order):
        if place < params.top_k and before <= params.top_p and p[token] > 0 and p[token] >= p.max() * params.min_p:
            kept.append(token)
        before += p[token].item()
    return sorted(kept), [logits[token].item() for token in sorted(kept)]


def expected(model: Model, req: Req, mark: hallmark_lm.Mark, sub_key: int = 0) -> list[int | None]:
    """The key's token at each open position, and None elsewhere; checks that every token could have been drawn."""
    asked = mark.request(list(req.origin_input_ids), sub_key=sub_key)
    chosen: list[int | None] = []
    for place, token in enumerate(req.sampled):
        row = model.logits(list(req.origin_input_ids) + req.sampled[:place])
        if req.sampling_params.allowed is not None:
            closed = torch.ones(len(row), dtype=torch.bool)
            closed[req.sampling_params.allowed] = False
            row = row.masked_fill(closed, -torch.inf)
        candidates, logits = survivors(row, req.sampling_params)
        assert token in candidates
        logits32 = numpy.asarray(logits, dtype=numpy.float32)
        chosen.append(asked.choose(candidates, logits32).token if asked.is_open else None)
        asked.accept(token)
    return chosen


def assert_marked(model: Model, requests: list[Req], mark: hallmark_lm.Mark) -> None:
    opened = 0
    for req in requests:
        for token, key in zip(req.sampled, expected(model, req, mark)):
            if key is not None:
                assert token == key
                opened += 1
    assert opened > 0.6 * sum(len(req.sampled) for req in requests) > 0


@pytest.mark.parametrize("overlap", [False, True])
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"temperature": 0.7, "top_k": 12},
        {"temperature": 1.3, "top_p": 0.9, "min_p": 0.2},
        {"temperature": 0.9, "top_k": 20, "top_p": 0.9},
    ],
)
def test_open_positions_carry_the_choice_of_the_key_in_the_engines_own_distribution(
    fake: Any, tmp_path: Path, settings: dict[str, Any], overlap: bool
) -> None:
    files = Files(tmp_path)
    run = scheduler(fake, files, overlap=overlap)
    requests = [request(at, **settings) for at in range(4)]
    run.run(requests)
    assert_marked(run.model, requests, files.mark())


@pytest.mark.parametrize("overlap", [False, True])
def test_batches_that_are_filtered_and_merged(fake: Any, tmp_path: Path, overlap: bool) -> None:
    files = Files(tmp_path)
    run = scheduler(fake, files, overlap=overlap)
    requests = [request(at, max_new_tokens=8 + 5 * (at % 4)) for at in range(10)]
    for at in range(0, 10, 2):
        run.step(requests[at : at + 2])
        run.step()
    run.run([])
    assert all(req.is_done for req in requests)
    assert_marked(run.model, requests, files.mark())


@pytest.mark.parametrize("overlap", [False, True])
def test_a_retracted_request_goes_on(fake: Any, tmp_path: Path, overlap: bool) -> None:
    files = Files(tmp_path, ring=8)
    run = scheduler(fake, files, overlap=overlap)
    requests = [request(at, max_new_tokens=40) for at in range(3)]
    run.step(requests)
    for _ in range(7):
        run.step()
    run.step(retract=[requests[1]])
    run.step()
    # It is read again, prompt and tokens, and decodes on.
    run.run([requests[1]])
    for req in requests:
        assert len(req.sampled) == 40
        fits = []
        for sub_key in range(8):
            pairs = [
                (token, key)
                for token, key in zip(req.sampled, expected(run.model, req, files.mark(), sub_key))
                if key is not None
            ]
            fits.append(sum(token == key for token, key in pairs) / len(pairs))
        assert sorted(fits)[-1] == 1.0 and sorted(fits)[-2] < 0.8


def test_a_prompt_read_in_chunks_is_not_an_answer(fake: Any, tmp_path: Path) -> None:
    files = Files(tmp_path)
    run = scheduler(fake, files)
    slow = request(0)
    run.step([slow], unfinished_prompts=[slow])
    run.step([slow], unfinished_prompts=[slow])
    run.run([slow])
    assert_marked(run.model, [slow], files.mark())


def test_unmarked_rows_are_bit_for_bit_those_of_the_pytorch_backend(fake: Any, tmp_path: Path) -> None:
    files = Files(tmp_path)

    def tokens_of(run: Scheduler) -> list[list[int]]:
        torch.manual_seed(3)
        off = {"custom_params": {"hallmark": False}}
        requests = [request(at, top_k=30, **(off if at % 2 else {})) for at in range(6)]
        run.run(requests)
        return [req.sampled for req in requests]

    marked = tokens_of(scheduler(fake, files))
    plain = tokens_of(Scheduler(engine.PytorchSampler(), Model()))
    for at, (one, other) in enumerate(zip(marked, plain)):
        assert (one == other) == bool(at % 2)


def test_log_probabilities_are_of_the_logits_before_the_mark(fake: Any, tmp_path: Path) -> None:
    run = scheduler(fake, Files(tmp_path))
    req = request(0, temperature=0.8)
    run.run([req])
    for place, held in enumerate(req.logprobs):
        row = run.model.logits(list(req.origin_input_ids) + req.sampled[:place]) / 0.8
        assert torch.allclose(held, row.log_softmax(dim=-1), atol=1e-5)


def test_greedy_untouched_and_grammar_kept(fake: Any, tmp_path: Path) -> None:
    files = Files(tmp_path)
    run = scheduler(fake, files)
    greedy, bound = request(0, temperature=0.0), request(1, allowed=[4, 8, 15, 16, 23, 42])
    run.run([greedy, bound])
    for place, token in enumerate(greedy.sampled):
        assert token == run.model.logits(list(greedy.origin_input_ids) + greedy.sampled[:place]).argmax()
    assert set(bound.sampled) <= {4, 8, 15, 16, 23, 42}
    pairs = zip(bound.sampled, expected(run.model, bound, files.mark()))
    assert all(token == key for token, key in pairs if key is not None)


def test_green_adds_its_bias_after_the_temperature(fake: Any, tmp_path: Path) -> None:
    files = Files(tmp_path, scheme="green", window=1, parameters={"gamma": 0.5, "delta": 8.0})
    run = scheduler(fake, files)
    requests = [request(at, temperature=1.5, max_new_tokens=60) for at in range(4)]
    run.run(requests)
    green = seen = 0
    for req in requests:
        asked = files.mark().request()
        for token in req.sampled:
            if asked.is_open:
                row = torch.zeros(1, 96)
                hallmark_lm.mark_rows([asked], row)
                green += bool(row[0, token] > 0)
                seen += 1
            asked.accept(token)
    # At a bias of 8 nats after the temperature nearly every marked token is green; before it, exp(8 / 1.5) would be
    # too few.
    assert seen > 60 and green / seen > 0.97


def test_cohorts_and_policies(fake: Any, tmp_path: Path) -> None:
    files = Files(tmp_path, answers="first")
    run = scheduler(fake, files)
    theirs = request(0, custom_params={"hallmark_cohort": "us"})
    nobody = request(1, custom_params={"hallmark_cohort": "nobody"})
    siblings = [Req(f"sibling-{at}", PROMPTS[2], SamplingParams()) for at in range(3)]
    cache = Req("cache", PROMPTS[2], SamplingParams(max_new_tokens=0))
    run.step([cache])
    run.run([theirs, nobody, *siblings])
    assert_marked(run.model, [theirs], files.mark("us"))
    assert_marked(run.model, siblings[:1], files.mark())
    for req in (nobody, *siblings[1:]):
        pairs = zip(req.sampled, expected(run.model, req, files.mark()))
        assert any(token != key for token, key in pairs if key is not None)


def test_what_cannot_be_marked_is_refused_where_the_file_fails_closed(fake: Any, tmp_path: Path) -> None:
    files = Files(tmp_path, fail_closed=True)
    run = scheduler(fake, files)
    nobody = request(0, custom_params={"hallmark_cohort": "nobody"})
    key = request(1, custom_params={"hallmark_key": "secret-value"})
    fine = request(2)
    run.run([nobody, key, fine])
    assert nobody.to_finish is not None and "nobody" in nobody.to_finish.message and nobody.to_finish.status_code == 400
    assert key.to_finish is not None and "secret" not in key.to_finish.message
    assert_marked(run.model, [fine], files.mark())


def test_keys_are_replaced_without_a_restart(fake: Any, tmp_path: Path) -> None:
    files = Files(tmp_path)
    run = scheduler(fake, files)
    before, old = request(0, max_new_tokens=40), files.mark()
    run.step([before])
    for _ in range(10):
        run.step()
    files.replace("eu")
    files.write()
    importlib.import_module("hallmark_lm.engine.settings").serving().reload()
    after = request(1)
    run.run([after])
    assert_marked(run.model, [before], old)
    assert_marked(run.model, [after], files.mark())


@pytest.mark.parametrize("overlap", [False, True])
def test_the_ledger_holds_the_whole_answer(fake: Any, tmp_path: Path, overlap: bool) -> None:
    run = scheduler(fake, Files(tmp_path, ledger="ledger.jsonl"), overlap=overlap)
    requests = [request(0, max_new_tokens=9), request(1, max_new_tokens=200, ignore_eos=False)]
    requests[1].eos_token_ids = set(range(96))
    run.step(requests)
    requests[1].to_finish = engine.FINISH_ABORT()
    run.run([])
    sampled = requests[0].sampled
    del requests
    gc.collect()
    lines = [json.loads(line) for line in (tmp_path / "ledger.jsonl").read_text().splitlines()]
    ended = {line["reason"]: line for line in lines if line["event"] == "end"}
    assert set(ended) == {"length", "stop"}
    assert ended["length"]["response_tokens"] == sampled


def test_it_does_not_start_where_tokens_would_go_unmarked(fake: Any, tmp_path: Path) -> None:
    fake.setattr(engine.ARGUMENTS, "speculative_algorithm", "EAGLE")
    with pytest.raises(hallmark_lm.HallmarkError, match="EAGLE"):
        scheduler(fake, Files(tmp_path))
    fake.delenv("HALLMARK_SERVING")
    sys.modules.pop("hallmark_lm.sglang", None)
    with pytest.raises(hallmark_lm.HallmarkError, match="HALLMARK_SERVING"):
        importlib.import_module("hallmark_lm.sglang").install()
