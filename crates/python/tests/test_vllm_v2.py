"""The V2 adapter against the contract of vLLM's Model Runner V2 (`fakes/vllm_v2.py`)."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any, Iterator

import pytest

torch = pytest.importorskip("torch")

from fakes import vllm_v1, vllm_v2 as engine  # noqa: E402
from fakes.model import END, Model  # noqa: E402
from fakes.replay import assert_marked, expected  # noqa: E402
from fakes.serving import Files  # noqa: E402
from fakes.vllm_v1 import Answer, SamplingParams  # noqa: E402
from fakes.vllm_v2 import Runner, States  # noqa: E402

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
    states = States()
    v2 = importlib.import_module("hallmark_lm.vllm").V2
    return Runner(v2(vllm_v1.config(), states.shown()), states, Model(), **options)


def params(**settings: Any) -> SamplingParams:
    return SamplingParams(**{"ignore_eos": True, "max_tokens": 30, **settings})


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"temperature": 0.7, "top_k": 12},
        {"temperature": 1.3, "top_p": 0.9, "min_p": 0.2},
        {"top_k": 20, "top_p": 0.9, "repetition_penalty": 1.4, "temperature": 0.9, "min_p": 0.05},
    ],
)
def test_open_positions_carry_the_choice_of_the_key_in_the_engines_own_distribution(
    fake: Any, tmp_path: Path, settings: dict[str, Any]
) -> None:
    files = Files(tmp_path)
    run = runner(fake, files)
    answers = [run.submit(prompt, params(**settings)) for prompt in PROMPTS[:4]]
    run.run(answers)
    assert_marked(run.model, answers, files.mark())


def test_slots_that_are_used_again_and_rows_in_any_order(fake: Any, tmp_path: Path) -> None:
    files = Files(tmp_path)
    run = runner(fake, files)
    answers = [run.submit(prompt, params(max_tokens=10 + 4 * (at % 5))) for at, prompt in enumerate(PROMPTS)]
    step = 0
    while waiting := [answer for answer in answers if not answer.is_done][:5]:
        run.step(waiting, order=[(place + step) % len(waiting) for place in range(len(waiting))])
        step += 1
    assert_marked(run.model, answers, files.mark())


def test_a_preempted_answer_goes_on_under_its_own_sub_key(fake: Any, tmp_path: Path) -> None:
    files = Files(tmp_path, ring=8, ledger="ledger.jsonl")
    run = runner(fake, files)
    first, second, third = (run.submit(prompt, params(max_tokens=40)) for prompt in PROMPTS[:3])
    for step in range(300):
        # The slot of the first is given to the third while it is away.
        inside = [second, third] if step % 6 in (2, 3, 4) else [first, second]
        inside = [answer for answer in inside if not answer.is_done]
        if not inside:
            break
        run.step(inside)
    run.run([first, second, third])
    for answer in (first, second, third):
        fits = []
        for sub_key in range(8):
            chosen, _ = expected(run.model, answer, files.mark(), sub_key)
            hits = [token == key for token, key in zip(answer.sampled, chosen) if key is not None]
            fits.append(sum(hits) / len(hits))
        assert sorted(fits)[-1] == 1.0 and sorted(fits)[-2] < 0.8
    begun = [line for line in (tmp_path / "ledger.jsonl").read_text().splitlines() if '"begin"' in line]
    assert len(begun) == 3, "each answer is one record, however often it left its slot"


def test_prompts_read_in_chunks_and_many_tokens_at_once(fake: Any, tmp_path: Path) -> None:
    files = Files(tmp_path)
    run = runner(fake, files)
    slow, other = (run.submit(prompt, params()) for prompt in PROMPTS[:2])
    for _ in range(4):
        run.step([slow, other], discard=[slow])
    # More tokens than a step reads at once appear behind the adapter's back.
    slot = next(slot for slot, held in run.slots.items() if held is other)
    for token in range(40, 60):
        other.sampled.append(token)
        run.states.tokens[slot, run.states.total[slot]] = token
        run.states.total[slot] += 1
    forced = len(other.sampled)
    run.step([slow, other])
    run.run([slow, other])
    assert_marked(run.model, [slow], files.mark())
    chosen, _ = expected(run.model, other, files.mark())
    rest = list(zip(other.sampled, chosen))[forced:]
    assert rest and all(token == key for token, key in rest if key is not None)


def test_unmarked_rows_are_bit_for_bit_those_of_a_server_without_the_mark(fake: Any, tmp_path: Path) -> None:
    files = Files(tmp_path)
    off = {"extra_args": {"hallmark": False}}

    class Nothing(engine.LogitsProcessor):
        def apply(self, logits: Any, ctx: Any) -> Any:
            return logits

    def answers_of(run: Runner) -> list[Answer]:
        answers = [run.submit(prompt, params(**(off if at % 2 else {}))) for at, prompt in enumerate(PROMPTS[:6])]
        run.run(answers)
        return answers

    states = States()
    marked = answers_of(runner(fake, files))
    plain = answers_of(Runner(Nothing(None, states.shown()), states, Model()))
    for at, (one, other) in enumerate(zip(marked, plain)):
        assert (one.sampled == other.sampled) == bool(at % 2)
        if at % 2:
            assert all(torch.equal(a, b) for a, b in zip(one.logprobs, other.logprobs))


def test_greedy_untouched_and_grammar_kept(fake: Any, tmp_path: Path) -> None:
    files = Files(tmp_path)
    run = runner(fake, files)
    greedy = run.submit(PROMPTS[0], params(temperature=0.0))
    bound = run.submit(PROMPTS[1], params(allowed=[4, 8, 15, 16, 23, 42]))
    run.run([greedy, bound])
    tokens: list[int] = []
    for token in greedy.sampled:
        assert token == run.model.logits(greedy.prompt + tokens).argmax()
        tokens.append(token)
    assert set(bound.sampled) <= {4, 8, 15, 16, 23, 42}
    chosen, _ = expected(run.model, bound, files.mark())
    assert all(token == key for token, key in zip(bound.sampled, chosen) if key is not None)


def test_green_keeps_its_size_at_any_temperature(fake: Any, tmp_path: Path) -> None:
    files = Files(tmp_path, scheme="green", parameters={"gamma": 0.5, "delta": 2.0})
    run = runner(fake, files)
    answers = [run.submit(PROMPTS[0], params(temperature=0.5)), run.submit(PROMPTS[1], params(temperature=1.6))]
    for _ in range(20):
        run.step(answers)
    slots = list(run.slots)
    context = engine.LogitsContext(
        torch.tensor(slots),
        torch.tensor(slots),
        __import__("numpy").asarray(slots),
        torch.zeros(2),
        torch.zeros(2),
        torch.zeros(2),
        __import__("numpy").zeros(2),
    )
    before = torch.stack([run.model.logits(run.slots[slot].prompt + run.slots[slot].sampled) for slot in slots])
    after = run.processor.apply(before.clone(), context)
    seen = 0
    for row, slot in enumerate(slots):
        moved = after[row] != before[row]
        if moved.any():
            size = torch.tensor(2.0 * run.slots[slot].params.temperature)
            assert torch.allclose((after - before)[row][moved], size, atol=1e-5)
            seen += 1
    assert seen > 0


def test_with_drafts_the_same_text_comes_out_and_fewer_drafts_are_accepted(fake: Any, tmp_path: Path) -> None:
    files = Files(tmp_path)
    run = runner(fake, files, drafts=3)
    answers = [run.submit(prompt, params(max_tokens=50)) for prompt in PROMPTS[:4]]
    run.run(answers)
    assert_marked(run.model, answers, files.mark())
    assert 0 < run.accepted < run.proposed


def test_refusals(fake: Any, tmp_path: Path) -> None:
    files = Files(tmp_path, fail_closed=True)
    run = runner(fake, files)
    with pytest.raises(ValueError, match="nobody"):
        run.submit(PROMPTS[0], params(extra_args={"hallmark_cohort": "nobody"}))
    let_in = Answer(PROMPTS[0], params(ignore_eos=False, extra_args={"hallmark_cohort": "nobody"}))
    fine = run.submit(PROMPTS[1], params())
    run.run([let_in, fine])
    assert let_in.sampled == [END]
    assert_marked(run.model, [fine], files.mark())
