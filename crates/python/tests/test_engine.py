"""What the engines' adapters share (`hallmark_lm.engine`)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

import hallmark_lm  # noqa: E402
from fakes.model import VOCABULARY  # noqa: E402
from fakes.serving import Files  # noqa: E402
from hallmark_lm.engine import Ask, Live, Roster, Row, mark, rows  # noqa: E402
from hallmark_lm.engine.admission import Admission  # noqa: E402
from hallmark_lm.engine.answers import Answers  # noqa: E402

TEXT = [7, 11, 13, 7, 90, 4, 31, 8]


def lives(files: Files, count: int, label: str = "eu") -> list[Live]:
    made = []
    for number in range(count):
        live = Live(files.mark(label).request(), seed=number)
        live.device_key = files.mark(label).device_key()
        live.catch_up([*TEXT, number])
        made.append(live)
    return made


def nothing_left_out(logits: Any, of: Any) -> Any:
    raise AssertionError("rows without top-k and top-p are not truncated")


@pytest.mark.parametrize("scheme", ["gumbel", "dual-gumbel", "green"])
def test_rows_on_a_device_are_marked_as_rows_on_the_host(tmp_path: Path, scheme: str) -> None:
    files = Files(tmp_path, scheme=scheme)
    answers = [*lives(files, 3), *lives(files, 2, "us")]
    of = [Row(place, live) for place, live in enumerate(answers)]
    logits = torch.randn(5, VOCABULARY, generator=torch.Generator().manual_seed(1)) * 3
    host, device = logits.clone(), logits.clone()
    mark(host, of, is_bias=scheme == "green")
    assert rows._on_device(device, of, nothing_left_out)
    assert not torch.equal(host, logits)
    # A kernel may leave the chosen token its logit, or 0: what can be drawn is the same.
    assert torch.equal(host > -torch.inf, device > -torch.inf)
    if scheme == "green":
        assert torch.allclose(host, device, atol=1e-5)


def test_a_tournament_on_a_device_has_randomness_of_its_own(tmp_path: Path) -> None:
    files = Files(tmp_path, scheme="tournament")
    logits = torch.zeros(3, VOCABULARY)

    def chosen() -> list[int]:
        rows_of = logits.clone()
        assert rows._on_device(
            rows_of, [Row(place, live) for place, live in enumerate(lives(files, 3))], nothing_left_out
        )
        assert ((rows_of > -torch.inf).sum(dim=-1) == 1).all()
        return rows_of.argmax(dim=-1).tolist()

    torch.manual_seed(5)
    undisturbed = torch.rand(1)
    torch.manual_seed(5)
    # Seeded answers choose alike, and the engine's own randomness is left where it was.
    assert chosen() == chosen()
    assert torch.equal(torch.rand(1), undisturbed)


def test_without_a_kernel_rows_go_to_the_host(tmp_path: Path) -> None:
    files = Files(tmp_path)
    answers = lives(files, 2)
    answers[1].device_key = None
    of = [Row(place, live) for place, live in enumerate(answers)]
    assert not rows._on_device(torch.randn(2, VOCABULARY), of, nothing_left_out)
    truncated = [Row(0, answers[0], top_k=5)]
    assert not rows._on_device(torch.randn(1, VOCABULARY), truncated, None)


@pytest.mark.parametrize("scheme", ["gumbel", "green"])
def test_half_precision_rows_are_marked_and_others_keep_their_bits(tmp_path: Path, scheme: str) -> None:
    files = Files(tmp_path, scheme=scheme)
    single = torch.randn(4, VOCABULARY, generator=torch.Generator().manual_seed(2)).bfloat16()
    half, full = single.clone(), single.float()
    of = [Row(place, live) for place, live in zip((1, 3), lives(files, 2))]
    mark(half, of, is_bias=scheme == "green")
    mark(full, of, is_bias=scheme == "green")
    assert torch.equal(half[[0, 2]], single[[0, 2]])
    assert torch.equal(half[[1, 3]], full[[1, 3]].bfloat16())
    assert not torch.equal(half, single)


def test_a_live_answer_follows_whatever_the_engine_does_to_its_list(tmp_path: Path) -> None:
    request = Files(tmp_path).mark().request()
    live = Live(request)
    for tokens, known in (
        ([], True),
        ([1], True),
        ([1, 2, 3], True),
        ([1, 2, 3, -1], False),
        ([1, 2, 3, 4, -1], False),
        ([1, 2], True),
        ([1, 9], True),
        ([5, 6, 7], True),
        ([5, 6, 7], True),
        ([], True),
        ([-1, 4], False),
    ):
        assert live.catch_up(tokens) is known
        expected = tokens[: tokens.index(-1)] if -1 in tokens else tokens
        assert request.tokens == live.tokens == expected
        assert live.last == (expected[-1] if expected else None)


def test_answers_of_a_prompt_are_numbered_while_one_of_them_is_inside() -> None:
    answers = Answers()
    first = [answers.enter("prompt") for _ in range(2)]
    assert [number for number, _ in first] == [0, 1] and len({group for _, group in first}) == 1
    assert answers.enter("other")[1] != first[0][1]
    answers.leave("prompt")
    # The last leaves in the step in which the next one enters.
    answers.leave("prompt")
    assert answers.enter("prompt") == (2, first[0][1])
    answers.settle()
    assert answers.enter("prompt", again=True) == (3, first[0][1])
    for _ in range(2):
        answers.leave("prompt")
    answers.settle()
    number, group = answers.enter("prompt")
    assert number == 0 and group != first[0][1]


def test_what_left_and_does_not_return_is_ended_after_a_while(tmp_path: Path) -> None:
    files = Files(tmp_path, ledger="ledger.jsonl")
    now = 0.0
    roster = Roster(hallmark_lm.Serving.load(files.path), clock=lambda: now)
    gone, back = roster.enter(Ask(), [1, 2]), roster.enter(Ask(), [3, 4])
    for live in (gone, back):
        live.catch_up([5, 6, 7])
        roster.leave(live)
    now = 200.0
    roster.settle()
    assert roster.enter(Ask(), [3, 4], [5, 6, 7, 8]) is back
    assert roster.enter(Ask(), [1, 2], [5, 6, 9]) is not gone, "its tokens are others"
    now = 400.0
    roster.settle()
    ended = [line for line in (tmp_path / "ledger.jsonl").read_text().splitlines() if '"end"' in line]
    assert len(ended) == 1 and '"gone"' in ended[0]
    assert roster.enter(Ask(), [1, 2], [5, 6, 7]) is not gone


def test_a_prompt_asked_with_other_settings_is_no_sibling(tmp_path: Path) -> None:
    files = Files(tmp_path, answers="first")
    roster = Roster(hallmark_lm.Serving.load(files.path))
    first, second, other = (roster.enter(Ask(), [1, 2], settings=temperature) for temperature in (0.7, 0.7, 1.0))
    assert [live.request.is_marked for live in (first, second, other)] == [True, False, True]


def test_a_wish_is_read_or_refused() -> None:
    assert Ask.parse(None) == Ask.parse({"other": 1}) == Ask()
    assert Ask.parse({"hallmark": 0, "hallmark_cohort": "eu", "hallmark_answer": 2}) == Ask(False, "eu", 2)
    for bad in ({"hallmark": 2}, {"hallmark_cohort": ""}, {"hallmark_answer": 1.5}, {"hallmarks": True}):
        with pytest.raises(hallmark_lm.HallmarkError):
            Ask.parse(bad)


def test_admission_reads_labels_and_follows_the_file(tmp_path: Path) -> None:
    files = Files(tmp_path, fail_closed=True, ledger="ledger.jsonl")
    admission = Admission(files.path)
    assert (set(admission.policies.cohorts), admission.policies.default) == ({"eu", "us"}, "eu")
    with pytest.raises(hallmark_lm.HallmarkError, match="new"):
        admission.check(Ask(cohort="new"))
    admission.check(Ask(mark=False, cohort="new"))
    files.replace("new")
    files.write()
    admission.check(Ask(cohort="new"))
    files.path.write_text("not toml [")
    admission.check(Ask(cohort="new"))
    with pytest.raises(hallmark_lm.HallmarkError):
        Admission(files.path)
    # No ledger was opened: the sampling process can.
    assert not (tmp_path / "ledger.jsonl").exists()
