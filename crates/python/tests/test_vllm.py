"""The V1 adapter against the contract of vLLM's first model runner (`fakes/vllm_v1.py`)."""

from __future__ import annotations

import importlib
import logging
import pickle
import sys
from pathlib import Path
from typing import Any, Iterator

import pytest

torch = pytest.importorskip("torch")

import hallmark_lm  # noqa: E402
from fakes import vllm_v1 as engine  # noqa: E402
from fakes.model import END, Model  # noqa: E402
from fakes.replay import assert_marked, expected  # noqa: E402
from fakes.serving import Files  # noqa: E402
from fakes.vllm_v1 import Answer, Runner, SamplingParams  # noqa: E402

PROMPTS = [[3 + i, 20 + 7 * i % 60, 5, 11 + i] for i in range(12)]


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    engine.install(monkeypatch)
    for name in [name for name in sys.modules if name.startswith("hallmark_lm.vllm")]:
        monkeypatch.delitem(sys.modules, name)
    yield monkeypatch
    for name in [name for name in sys.modules if name.startswith("hallmark_lm.vllm")]:
        del sys.modules[name]


def runner(fake: pytest.MonkeyPatch, files: Files, **options: Any) -> Runner:
    fake.setenv("HALLMARK_SERVING", str(files.path))
    v1 = importlib.import_module("hallmark_lm.vllm").V1
    return Runner([v1(engine.config(), torch.device("cpu"), False)], Model(), **options)


def params(**settings: Any) -> SamplingParams:
    return SamplingParams(**{"ignore_eos": True, "max_tokens": 30, **settings})


@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"temperature": 0.7, "top_k": 12},
        {"temperature": 1.3, "top_p": 0.9, "min_p": 0.2},
        {"top_k": 20, "top_p": 0.9, "repetition_penalty": 1.4, "temperature": 0.9},
    ],
)
def test_open_positions_carry_the_choice_of_the_key_in_the_engines_own_distribution(
    fake: Any, tmp_path: Path, settings: dict[str, Any], is_async: bool
) -> None:
    files = Files(tmp_path)
    run = runner(fake, files, is_async=is_async)
    answers = [answer for prompt in PROMPTS[:4] for answer in run.submit(prompt, params(**settings))]
    run.run(answers)
    assert_marked(run.model, answers, files.mark())


@pytest.mark.parametrize("is_async", [False, True])
def test_rows_that_move_are_marked_as_rows_that_do_not(fake: Any, tmp_path: Path, is_async: bool) -> None:
    files = Files(tmp_path)
    run = runner(fake, files, is_async=is_async)
    answers = [run.submit(prompt, params(max_tokens=12 + 5 * (index % 4)))[0] for index, prompt in enumerate(PROMPTS)]
    waiting = list(answers)
    step = 0
    while any(not answer.is_done for answer in waiting):
        # Answers come one after another, end at different times, and are swapped about.
        inside = [answer for answer in waiting[: 2 + step] if not answer.is_done]
        run.step(inside, swap=(step % 3, 3 + step % 2) if step % 2 else None)
        step += 1
    moves = [move for update in run.updates if update is not None for move in update.moved]
    assert {direction for _, _, direction in moves} == set(engine.MoveDirectionality)
    assert any(update is not None and update.added and update.removed for update in run.updates) or len(moves) > 10
    assert_marked(run.model, answers, files.mark())


@pytest.mark.parametrize("is_async", [False, True])
def test_a_preempted_answer_goes_on_under_its_own_sub_key(fake: Any, tmp_path: Path, is_async: bool) -> None:
    files = Files(tmp_path, ring=8, ledger="ledger.jsonl")
    run = runner(fake, files, is_async=is_async)
    first, second = (run.submit(prompt, params(max_tokens=40))[0] for prompt in PROMPTS[:2])
    for step in range(200):
        if first.is_done and second.is_done:
            break
        # The first is out of the batch for every other three steps.
        inside = [second] if step % 6 in (2, 3, 4) else [first, second]
        run.step([answer for answer in inside if not answer.is_done])
    run.step([])
    assert len(first.sampled) == len(second.sampled) == 40
    for answer in (first, second):
        fits = []
        for sub_key in range(8):
            chosen, _ = expected(run.model, answer, files.mark(), sub_key)
            hits = [token == key for token, key in zip(answer.sampled, chosen) if key is not None]
            fits.append(sum(hits) / len(hits))
        assert sorted(fits)[-1] == 1.0 and sorted(fits)[-2] < 0.8
    ended = [line for line in (tmp_path / "ledger.jsonl").read_text().splitlines() if '"end"' in line]
    assert len(ended) == 2, "each answer is one record, however often it left the batch"


def test_a_token_that_the_host_does_not_know_leaves_the_row_alone(fake: Any, tmp_path: Path) -> None:
    run = runner(fake, Files(tmp_path))
    processor = run.processors[0]
    tokens = [5, 6, 7, -1]
    processor.update_state(engine.BatchUpdate(1, [], [(0, params(), PROMPTS[0], tokens)], []))
    before = torch.randn(1, 96)
    row = before.clone()
    assert torch.equal(processor.apply(row), before)
    tokens[-1] = 8
    marked = processor.apply(row)
    assert (marked > -torch.inf).sum() == 1
    # The engine took back two tokens and sampled others.
    tokens[2:] = [9]
    row = before.clone()
    processor.apply(row)
    mark = Path(tmp_path / "profile.toml")
    assert mark.exists()
    request = run.processors[0]._rows[0].live.request
    assert request.tokens == [5, 6, 9]


def test_a_prompt_read_in_chunks_is_not_an_answer(fake: Any, tmp_path: Path) -> None:
    files = Files(tmp_path)
    run = runner(fake, files)
    slow, other = (run.submit(prompt, params())[0] for prompt in PROMPTS[:2])
    for _ in range(5):
        run.step([slow, other], discard=[slow])
    assert not slow.sampled
    run.run([slow, other])
    assert_marked(run.model, [slow, other], files.mark())


def test_unmarked_rows_are_bit_for_bit_those_of_a_server_without_the_mark(fake: Any, tmp_path: Path) -> None:
    settings: list[dict[str, Any]] = [
        {"extra_args": {"hallmark": False}},
        {},
        {"extra_args": {"hallmark": 0}, "top_k": 9, "temperature": 0.8},
        {"extra_args": {"hallmark_cohort": "us"}},
        {"extra_args": {"hallmark": False}, "seed": 11, "top_p": 0.7},
    ]

    def answers_of(run: Runner) -> list[Answer]:
        answers = [run.submit(prompt, params(**one))[0] for prompt, one in zip(PROMPTS, settings)]
        run.run(answers)
        return answers

    marked = answers_of(runner(fake, Files(tmp_path)))
    plain = answers_of(Runner([], Model()))
    for index, (one, other) in enumerate(zip(marked, plain)):
        if settings[index].get("extra_args", {}).get("hallmark") in (False, 0):
            assert one.sampled == other.sampled
            assert all(torch.equal(a, b) for a, b in zip(one.logprobs, other.logprobs))
        else:
            assert one.sampled != other.sampled


def test_log_probabilities_are_those_of_the_model(fake: Any, tmp_path: Path) -> None:
    run = runner(fake, Files(tmp_path))
    answer = run.submit(PROMPTS[0], params())[0]
    run.run([answer])
    tokens: list[int] = []
    for token, held in zip(answer.sampled, answer.logprobs):
        assert torch.equal(held, run.model.logits(answer.prompt + tokens).log_softmax(dim=-1))
        tokens.append(token)


def test_greedy_answers_are_untouched_by_marks_that_choose(fake: Any, tmp_path: Path) -> None:
    files = Files(tmp_path, fail_closed=True)
    run = runner(fake, files)
    answers = [run.submit(prompt, params(temperature=0.0))[0] for prompt in PROMPTS[:3]]
    sampled = run.submit(PROMPTS[4], params())[0]
    run.run([*answers, sampled])
    for answer in answers:
        tokens: list[int] = []
        for token in answer.sampled:
            assert token == run.model.logits(answer.prompt + tokens).argmax()
            tokens.append(token)
    assert_marked(run.model, [sampled], files.mark())


def test_green_reaches_greedy_answers_and_keeps_its_size_at_any_temperature(fake: Any, tmp_path: Path) -> None:
    files = Files(tmp_path, scheme="green", parameters={"gamma": 0.5, "delta": 2.0})
    run = runner(fake, files)
    assert run.processors[0].is_argmax_invariant() is False
    answers = [
        run.submit(PROMPTS[0], params(temperature=0.0))[0],
        run.submit(PROMPTS[1], params(temperature=0.5))[0],
        run.submit(PROMPTS[2], params(temperature=1.7))[0],
    ]
    processor = run.processors[0]
    for step in range(30):
        run.step(answers)
    # The rows of the next step, as the processor leaves them, against the bias that the request itself adds.
    before = torch.stack([run.model.logits(answer.prompt + answer.sampled) for answer in answers])
    after = processor.apply(before.clone())
    biased = 0
    for index, answer in enumerate(answers):
        request = files.mark().request(answer.prompt, greedy=answer.params.temperature == 0.0)
        request.sync(answer.sampled)
        row = before[index].clone().unsqueeze(0)
        marked = hallmark_lm.mark_rows([request], row)[0]
        assert marked == bool((after[index] != before[index]).any())
        if marked:
            size = 2.0 * (answer.params.temperature or 1.0)
            moved = row[0] != before[index]
            assert torch.equal(after[index][~moved], before[index][~moved])
            assert torch.allclose((after - before)[index][moved], torch.tensor(size), atol=1e-5)
            biased += 1
    assert biased > 0
    chosen = [
        token
        for place, token in enumerate(answers[0].sampled)
        if token != run.model.logits(answers[0].prompt + answers[0].sampled[:place]).argmax()
    ]
    assert chosen, "a bias of 2 nats changes some of thirty greedy tokens"


def test_a_grammar_is_never_broken(fake: Any, tmp_path: Path) -> None:
    files = Files(tmp_path)
    run = runner(fake, files)
    allowed = [4, 8, 15, 16, 23, 42, 77]
    answers = [run.submit(prompt, params(allowed=allowed))[0] for prompt in PROMPTS[:4]]
    single = run.submit(PROMPTS[5], params(allowed=[42]))[0]
    run.run([*answers, single])
    assert all(set(answer.sampled) <= set(allowed) for answer in answers)
    assert set(single.sampled) == {42}
    for answer in answers:
        chosen, _ = expected(run.model, answer, files.mark())
        assert all(token == key for token, key in zip(answer.sampled, chosen) if key is not None)


def test_a_row_that_nothing_can_be_drawn_from_stays_as_it_is_and_harms_no_other(
    fake: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    run = runner(fake, Files(tmp_path))
    processor = run.processors[0]
    added = [(index, params(), PROMPTS[index], [5, 6 + index, 7]) for index in range(3)]
    processor.update_state(engine.BatchUpdate(3, [], added, []))
    rows = torch.randn(3, 96)
    rows[1] = -torch.inf
    with caplog.at_level(logging.WARNING, logger="hallmark_lm"):
        processor.apply(rows)
    assert ((rows > -torch.inf).sum(dim=-1)).tolist() == [1, 0, 1]
    assert "left unmarked" in caplog.text


@pytest.mark.parametrize("policy", ["first", "sub-keys"])
def test_answers_to_one_prompt_follow_the_files_policy(fake: Any, tmp_path: Path, policy: str) -> None:
    files = Files(tmp_path, ring=4, answers=policy)
    run = runner(fake, files)
    answers = run.submit(PROMPTS[0], params(n=4))
    assert answers[0].params is answers[3].params, "vLLM hands all answers one object of settings"
    run.run(answers)

    def key_of(answer: Answer) -> int | None:
        for sub_key in range(4):
            chosen, _ = expected(run.model, answer, files.mark(), sub_key)
            if all(token == key for token, key in zip(answer.sampled, chosen) if key is not None):
                return sub_key
        return None

    keys = [key_of(answer) for answer in answers]
    if policy == "first":
        assert keys[0] is not None and keys[1:] == [None] * 3
    else:
        assert sorted(key for key in keys if key is not None) == [0, 1, 2, 3]
    # Once all are done, a new request for the prompt is a first answer again.
    again = run.submit(PROMPTS[0], params())[0]
    run.run([again])
    assert key_of(again) is not None


def test_an_answers_number_can_be_given(fake: Any, tmp_path: Path) -> None:
    files = Files(tmp_path, answers="first")
    run = runner(fake, files)
    answer = run.submit(PROMPTS[0], params(extra_args={"hallmark_answer": 1}))[0]
    run.run([answer])
    chosen, _ = expected(run.model, answer, files.mark())
    assert any(token != key for token, key in zip(answer.sampled, chosen) if key is not None)


def test_a_cohort_is_marked_with_its_own_key(fake: Any, tmp_path: Path) -> None:
    files = Files(tmp_path)
    run = runner(fake, files)
    answers = [run.submit(prompt, params(extra_args={"hallmark_cohort": "us"}))[0] for prompt in PROMPTS[:3]]
    run.run(answers)
    assert_marked(run.model, answers, files.mark("us"))


def test_an_unknown_cohort_is_served_unmarked_where_the_file_is_open(fake: Any, tmp_path: Path) -> None:
    files = Files(tmp_path)
    run = runner(fake, files)
    answer = run.submit(PROMPTS[0], params(extra_args={"hallmark_cohort": "nobody"}))[0]
    run.run([answer])
    plain = Runner([], Model())
    same = plain.submit(PROMPTS[0], params())[0]
    plain.run([same])
    assert answer.sampled == same.sampled


def test_an_unknown_cohort_is_refused_where_the_file_fails_closed(fake: Any, tmp_path: Path) -> None:
    run = runner(fake, Files(tmp_path, fail_closed=True))
    with pytest.raises(ValueError, match="nobody"):
        run.submit(PROMPTS[0], params(extra_args={"hallmark_cohort": "nobody"}))
    run.submit(PROMPTS[0], params(extra_args={"hallmark_cohort": "nobody", "hallmark": False}))
    run.submit(PROMPTS[0], params(extra_args={"hallmark_cohort": "us"}))


def test_a_request_that_admission_let_through_and_cannot_be_marked_gives_no_text(fake: Any, tmp_path: Path) -> None:
    files = Files(tmp_path, fail_closed=True)
    run = runner(fake, files)
    answer = Answer(PROMPTS[0], params(ignore_eos=False, extra_args={"hallmark_cohort": "gone meanwhile"}))
    fine = run.submit(PROMPTS[1], params())[0]
    run.run([answer, fine])
    assert answer.sampled == [END]
    assert_marked(run.model, [fine], files.mark())


@pytest.mark.parametrize(
    "options",
    [
        {"hallmark_key": "hmk1-secret-value"},
        {"hallmark_cohort": 7},
        {"hallmark": "secret-value"},
        {"hallmark_answer": -1},
        {"hallmark_answer": True},
    ],
)
def test_options_that_make_no_sense_are_refused_and_not_repeated(
    fake: Any, tmp_path: Path, options: dict[str, Any]
) -> None:
    run = runner(fake, Files(tmp_path))
    with pytest.raises(ValueError, match="hallmark") as refused:
        run.submit(PROMPTS[0], params(extra_args=options))
    assert "secret" not in str(refused.value)


def test_others_options_are_others_business(fake: Any, tmp_path: Path) -> None:
    run = runner(fake, Files(tmp_path, fail_closed=True))
    run.submit(PROMPTS[0], params(extra_args={"kv_transfer_params": {"a": 1}}))


def test_keys_are_replaced_without_a_restart(fake: Any, tmp_path: Path) -> None:
    files = Files(tmp_path)
    run = runner(fake, files)
    before = run.submit(PROMPTS[0], params(max_tokens=40))[0]
    for _ in range(10):
        run.step([before])
    old = files.mark()
    files.replace("eu")
    files.write()
    importlib.import_module("hallmark_lm.engine.settings").serving().reload()
    after = run.submit(PROMPTS[1], params(max_tokens=40))[0]
    run.run([before, after])
    assert_marked(run.model, [before], old)
    assert_marked(run.model, [after], files.mark())


def test_a_new_label_is_admitted_without_a_restart(fake: Any, tmp_path: Path) -> None:
    files = Files(tmp_path, fail_closed=True)
    run = runner(fake, files)
    wish = params(extra_args={"hallmark_cohort": "new"})
    with pytest.raises(ValueError):
        run.submit(PROMPTS[0], wish)
    files.replace("new")
    files.write()
    run.submit(PROMPTS[0], wish)


def test_the_ledger_says_why_answers_ended(fake: Any, tmp_path: Path) -> None:
    run = runner(fake, Files(tmp_path, ledger="ledger.jsonl"))
    long = run.submit(PROMPTS[0], params(max_tokens=7))[0]
    short = run.submit(PROMPTS[1], params(max_tokens=300, stop_token_ids=list(range(48)), ignore_eos=False))[0]
    run.run([long, short])
    held = [line for line in (tmp_path / "ledger.jsonl").read_text().splitlines() if '"end"' in line]
    assert ['"length"' in line for line in held].count(True) == 1
    assert ['"stop"' in line for line in held].count(True) == 1
    listed = ",".join(map(str, long.sampled))
    assert any(listed in line.replace(" ", "") for line in held), "the last token is in the ledger too"


def test_the_server_does_not_start_without_its_file(fake: Any, tmp_path: Path) -> None:
    fake.delenv("HALLMARK_SERVING", raising=False)
    v1 = importlib.import_module("hallmark_lm.vllm").V1
    with pytest.raises(hallmark_lm.HallmarkError, match="HALLMARK_SERVING"):
        v1(engine.config(), torch.device("cpu"), False)


def test_nothing_of_a_key_is_in_what_can_be_printed(fake: Any, tmp_path: Path) -> None:
    files = Files(tmp_path)
    run = runner(fake, files)
    answer = run.submit(PROMPTS[0], params())[0]
    run.run([answer])
    words = {
        line.strip() for file in tmp_path.glob("*.key") for line in file.read_text().splitlines() if len(line) > 20
    }
    shown = repr(vars(run.processors[0])) + repr(vars(vars(run.processors[0])["_roster"]))
    assert words and not any(word in shown for word in words)
    with pytest.raises(TypeError):
        pickle.dumps(run.processors[0])


def test_vllm_is_not_needed_to_import_the_package(fake: Any) -> None:
    for name in [name for name in sys.modules if name == "vllm" or name.startswith("vllm.")]:
        fake.delitem(sys.modules, name)
    package = importlib.import_module("hallmark_lm.vllm")
    with pytest.raises(AttributeError):
        package.V3
