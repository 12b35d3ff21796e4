"""The native marks on devices: the same words and choices as the Rust library's, on every implementation.

Under TRITON_INTERPRET=1 the Triton kernels run on a CPU by their interpreter, and all tests here are of them; one test
of a plain run starts such a run, of minutes. Where there is a GPU, torch and Triton are tested on it too.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

sys.path.insert(0, str(Path(__file__).resolve().parent))
from device_cases import any_key, key_of, package, plain_key, unsigned, vectors  # noqa: E402

device = package()
VECTORS = vectors()
SCHEMES = ["gumbel", "dual-gumbel", "green", "tournament"]
INTERPRETED = os.environ.get("TRITON_INTERPRET") == "1"
HAS_TRITON = device.implementations.has_triton()

if INTERPRETED:
    RUNS = [("triton", "cpu")]
elif torch.cuda.is_available():
    RUNS = [("torch", "cpu"), ("torch", "cuda")] + [("triton", "cuda")] * HAS_TRITON
else:
    RUNS = [("torch", "cpu")]


class Run:
    """An implementation on a device."""

    def __init__(self, implementation: str, where: str) -> None:
        self.implementation, self.where = implementation, where

    def __getattr__(self, name: str) -> Any:
        """A function of the package, whose tensors are moved to the device and whose implementation is this one."""
        function = getattr(device, name)

        def call(*arguments: Any, **named: Any) -> Any:
            named = {name: self.to(value) for name, value in named.items()}
            return function(*map(self.to, arguments), implementation=self.implementation, **named)

        return call

    def to(self, value: Any) -> Any:
        return value.to(self.where) if isinstance(value, torch.Tensor) else value


@pytest.fixture(params=RUNS, ids=lambda run: "-".join(run))
def run(request: pytest.FixtureRequest) -> Run:
    return Run(*request.param)


@pytest.fixture
def lanes(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Sets the blocks of a Triton program: few make many chunks of a short row, many make the interpreter fast."""

    def set_lanes(count: int) -> None:
        if INTERPRETED:
            from importlib import import_module

            monkeypatch.setattr(import_module(f"{device.__name__}.triton_schemes"), "LANES", count)

    return set_lanes


def rows_of(count: int, length: int, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits [count, length] and windows [count, 2]."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(count, length, generator=generator) * 2, torch.randint(
        0, 50_000, (count, 2), generator=generator
    )


def uniforms_of(count: int) -> torch.Tensor:
    return torch.rand(count, generator=torch.Generator().manual_seed(count), dtype=torch.float64)


def bits(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.cpu().view(torch.int32 if tensor.dtype == torch.float32 else torch.int16)


@pytest.mark.parametrize("entry", VECTORS["cells"], ids=lambda entry: f"window-{len(entry['window'])}")
def test_words_of_single_cells(run: Run, entry: Any) -> None:
    key = plain_key(entry["key"], len(entry["window"]))
    words = run.candidate_words(key, 0, torch.tensor([entry["window"]]), torch.tensor([entry["tokens"]]))
    assert unsigned(words)[0].tolist() == entry["words"]


@pytest.mark.parametrize("entry", VECTORS["rows"], ids=lambda entry: f"{entry['vocabulary']}-{len(entry['window'])}")
def test_words_of_whole_rows(run: Run, lanes: Any, entry: Any) -> None:
    lanes(4096 if entry["vocabulary"] > 5000 else 16)
    key = plain_key(entry["key"], len(entry["window"]))
    words = run.words(key, "main", torch.tensor([entry["window"]]), entry["vocabulary"]).cpu().contiguous()
    assert words.dtype == torch.int32 and words.shape == (1, entry["vocabulary"])
    assert [int(unsigned(words)[0, at]) for at in (0, -1)] == [entry["first"], entry["last"]]
    assert hashlib.sha256(words.numpy().astype("<i4").tobytes()).hexdigest() == entry["sha256"]


@pytest.mark.parametrize(("vocab", "window"), [(1, 1), (255, 2), (257, 3), (1000, 4), (1000, 1)])
def test_rows_and_candidates_have_the_same_words(run: Run, lanes: Any, vocab: int, window: int) -> None:
    lanes(16 if vocab < 1000 else 64)
    key = any_key("gumbel", window)
    windows = torch.randint(0, 1 << 24, (3, window))
    windows[1, 0] = -1
    of_rows = run.words(key, 0, windows, vocab).cpu()
    for dtype in (torch.int32, torch.int64):
        tokens = torch.stack([torch.randperm(vocab)[:40] for _ in range(3)]).to(dtype)
        of_cells = run.candidate_words(key, 0, windows.to(dtype), tokens).cpu()
        assert torch.equal(of_cells, of_rows.gather(1, tokens.to(torch.int64)))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_choices_from_written_rows_are_those_of_rust(run: Run, lanes: Any, scheme: str) -> None:
    lanes(16)
    entries = [entry for entry in VECTORS["choices"] if entry["scheme"] == scheme]
    assert {len(entry["window"]) for entry in entries} == {1, 2, 3, 4}
    for entry in entries if run.where == "cuda" or not INTERPRETED else entries[1::6]:
        key = key_of(entry, len(entry["window"]))
        logits = torch.tensor([[float("-inf") if u is None else u / 256 for u in entry["logits_256ths"]]])
        logits = run.to(logits)
        windows, uniform = torch.tensor([entry["window"]]), torch.tensor([entry["uniform"]], dtype=torch.float64)
        outcome = run.choose(key, logits, windows, None, uniform)
        assert outcome.check().tolist() == [entry["token"]]
        if scheme == "green":
            assert unsigned(bits(logits))[0].tolist() == entry["biased_bits"]


@pytest.mark.parametrize("entry", VECTORS["many"], ids=lambda entry: entry["scheme"])
def test_choices_from_many_rows_differ_from_rust_at_near_ties_only(run: Run, lanes: Any, entry: Any) -> None:
    lanes(32)
    count = 8 if INTERPRETED else entry["rows"]
    rows = torch.arange(count)
    reference = device.words(plain_key([0] * 8, 1), 0, rows[:, None], entry["length"])
    logits = (unsigned(reference) >> 21) / 128
    windows = torch.stack((rows, torch.full_like(rows, 7)), dim=1)
    uniforms = (rows % 32).to(torch.float64) / 32
    key = key_of(entry, 2)
    chosen = run.choose(key, logits.float(), windows, None, uniforms).check().cpu()
    expected = torch.tensor(entry["tokens"][:count])
    differ = (chosen != expected).nonzero()[:, 0]
    # Near ties come once in 100,000 rows or more seldom; two in 1,000 by chance less than once in 20,000 tries.
    assert len(differ) <= 1
    if entry["scheme"] == "gumbel":
        for row in differ.tolist():
            noise = torch.log(
                -torch.log((unsigned(device.words(key, 0, windows[row : row + 1], entry["length"])) + 0.5) / 2**32)
            )
            values = logits[row].double() - noise[0]
            assert abs(values[chosen[row]] - values[expected[row]]) < 1e-5


def test_the_noise_of_the_kernels_is_accurate(run: Run) -> None:
    edges = [(1 << bit) + step for bit in range(33) for step in (-2, -1, 0, 1)]
    sixteenth = (1 << 32) - (1 << 28)
    edges += [sixteenth + step for step in range(-3, 4)]
    words = torch.tensor([word for word in edges if 0 <= word < 1 << 32])
    words = torch.cat((words, torch.randint(0, 1 << 32, (4096 - len(words),))))
    exact = -torch.log(-torch.log((words.double() + 0.5) / 2**32))
    as_int32 = torch.where(words >= 1 << 31, words - (1 << 32), words).to(torch.int32).to(run.where)
    if run.implementation == "torch":
        from importlib import import_module

        schemes = import_module(f"{device.__name__}.torch_schemes")
        noise = schemes.gumbel_noise(as_int32, torch.float32)
        assert torch.equal(schemes.gumbel_noise(as_int32, torch.float64).cpu(), exact) or run.where != "cpu"
    else:
        import triton_noise

        noise = triton_noise.noise(device, as_int32)
    assert (noise.cpu().double() - exact).abs().max() < 3e-6


@pytest.mark.parametrize("scheme", SCHEMES)
def test_rows_that_are_not_open_stay_as_they_are(run: Run, lanes: Any, scheme: str) -> None:
    lanes(16)
    logits, windows = rows_of(4, 300)
    logits[1, 7], logits[3, 8] = float("nan"), float("inf")
    before, logits = logits.clone(), run.to(logits)
    outcome = run.choose(any_key(scheme), logits, windows, torch.tensor([True, False, True, False]), uniforms_of(4))
    tokens = outcome.check().tolist()
    assert tokens[1] == tokens[3] == -1 and tokens[0] >= 0 and tokens[2] >= 0
    left = [1, 3] if scheme == "green" else [0, 1, 2, 3]
    assert torch.equal(bits(logits)[left], bits(before)[left])
    assert (scheme == "green") == (not torch.equal(bits(logits), bits(before)))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_unusable_rows_are_reported_and_left_alone(run: Run, lanes: Any, scheme: str) -> None:
    lanes(32)
    logits, windows = rows_of(5, 600)
    logits[0, 599] = float("nan")
    logits[1, 300] = float("inf")
    logits[2] = float("-inf")
    logits[3, 0], logits[3, 500] = float("nan"), float("inf")
    before, logits = logits.clone(), run.to(logits)
    outcome = run.choose(any_key(scheme), logits, windows, None, uniforms_of(5))
    assert outcome.faults.tolist() == [3, 2, 1, 3, 0]
    assert outcome.tokens[:4].tolist() == [-1] * 4 and 0 <= int(outcome.tokens[4]) < 600
    assert torch.equal(bits(logits)[:4], bits(before)[:4])
    with pytest.raises(device.RowFault, match=r"row 0: a logit is NaN.*3 more rows") as raised:
        outcome.check()
    assert raised.value.faults == {0: 3, 1: 2, 2: 1, 3: 3}
    alone = run.choose(any_key(scheme), before[4:], windows[4:], None, uniforms_of(5)[4:])
    assert alone.check().tolist() == outcome.tokens[4:].tolist()


@pytest.mark.parametrize("scheme", SCHEMES)
def test_masked_tokens_are_never_chosen(run: Run, lanes: Any, scheme: str) -> None:
    lanes(16)
    count = 3 if INTERPRETED else 200
    logits, windows = rows_of(count, 700)
    masked = torch.rand(logits.shape, generator=torch.Generator().manual_seed(1)) < 0.99
    masked[:, 256:512] = True
    masked[:, 650] = False
    logits[masked] = float("-inf")
    uniforms = uniforms_of(count)
    uniforms[0], uniforms[1] = 0.0, 1 - 2.0**-53
    biased = run.to(logits.clone())
    tokens = run.choose(any_key(scheme), biased, windows, None, uniforms).check().cpu()
    assert not masked.gather(1, tokens[:, None]).any()
    assert torch.equal((biased == float("-inf")).cpu(), masked)
    one = torch.full((1, 700), float("-inf"))
    one[0, 513] = -80.0
    assert run.choose(any_key(scheme), one, windows[:1], None, uniforms[1:2]).check().tolist() == [513]


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_half_floats_and_strided_rows(run: Run, lanes: Any, scheme: str, dtype: torch.dtype) -> None:
    lanes(16)
    logits, windows = rows_of(3, 310)
    wide = run.to(torch.zeros(3, 400, dtype=dtype))
    wide[:, 10:320] = run.to(logits.to(dtype))
    exact = run.to(wide[:, 10:320].float())
    chosen = run.choose(any_key(scheme), wide[:, 10:320], windows, None, uniforms_of(3)).check()
    assert torch.equal(wide[:, :10], torch.zeros_like(wide[:, :10]))
    assert torch.equal(wide[:, 320:], torch.zeros_like(wide[:, 320:]))
    of_floats = run.choose(any_key(scheme), exact, windows, None, uniforms_of(3)).check()
    rounded = bits(exact.to(dtype))
    if INTERPRETED and dtype == torch.bfloat16:
        # The interpreter cuts a float to a bfloat16, which a GPU rounds.
        rounded = (bits(exact) >> 16).to(torch.int16)
    assert torch.equal(bits(wide[:, 10:320].contiguous()), rounded)
    if scheme != "green":
        assert torch.equal(chosen, of_floats)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_candidates_are_a_masked_row(run: Run, lanes: Any, scheme: str) -> None:
    lanes(64)
    logits, windows = rows_of(4, 1000)
    kept = torch.stack([torch.randperm(1000)[:40].sort().values for _ in range(4)])
    # In the order of the row, because an ordinary draw lays tokens end to end.
    row = torch.full_like(logits, float("-inf")).scatter(1, kept, logits.gather(1, kept))
    candidates = torch.cat((kept, torch.full((4, 2), -1)), dim=1)
    of_candidates = torch.cat((logits.gather(1, kept), torch.full((4, 2), float("-inf"))), dim=1)
    by_row = run.choose(any_key(scheme), row, windows, None, uniforms_of(4)).check()
    some = run.choose(any_key(scheme), of_candidates, windows, None, uniforms_of(4), candidates=candidates)
    assert torch.equal(some.check(), by_row)
    if scheme.endswith("gumbel"):
        backwards = run.choose(any_key(scheme), of_candidates.flip(1), windows, candidates=candidates.flip(1))
        assert torch.equal(backwards.check(), by_row)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_each_row_has_its_own_key(run: Run, lanes: Any, scheme: str) -> None:
    lanes(16)
    keys = [any_key(scheme, seed=seed) for seed in range(3)]
    logits, windows = rows_of(4, 300)
    which = torch.tensor([2, 0, 1, 2])
    loaded = device.load(keys, run.where)
    together = run.choose(loaded, logits.clone(), windows, None, uniforms_of(4), which=which).check().tolist()
    apart = [
        run.choose(
            keys[which[row]], logits[row : row + 1].clone(), windows[row : row + 1], None, uniforms_of(4)[row : row + 1]
        )
        for row in range(4)
    ]
    assert together == [outcome.check().item() for outcome in apart]
    with pytest.raises(ValueError, match="3 keys are loaded; say by `which`"):
        run.choose(loaded, logits, windows)


def test_ties_go_to_the_lowest_token() -> None:
    from importlib import import_module

    schemes = import_module(f"{device.__name__}.torch_schemes")
    words, logits = torch.full((1, 6), 5, dtype=torch.int32), torch.zeros(1, 6)
    assert schemes._gumbel(words, None, logits).tolist() == [0]
    assert schemes._gumbel(words, torch.tensor([[9, 4, 8, 4, 3, 7]]), logits).tolist() == [4]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_mark_leaves_only_the_chosen_token_or_adds_the_bias(run: Run, lanes: Any, scheme: str) -> None:
    lanes(16)
    logits, windows = rows_of(3, 300)
    logits[2, 3] = float("nan")
    opened, before, marked = torch.tensor([True, False, True]), logits.clone(), run.to(logits.clone())
    faults = run.mark(any_key(scheme), marked, windows, opened, uniforms_of(3))
    assert faults.tolist() == [0, 0, 3]
    assert torch.equal(bits(marked)[1:], bits(before)[1:])
    chosen = run.to(logits.clone())
    token = run.choose(any_key(scheme), chosen, windows, opened, uniforms_of(3)).tokens[0]
    if scheme == "green":
        assert torch.equal(bits(marked), bits(chosen))
        assert run.bias(any_key(scheme), run.to(logits.clone()), windows, opened).tolist() == [0, 0, 3]
    else:
        assert (marked[0] > float("-inf")).nonzero().flatten().tolist() == [int(token)]
        assert marked[0, token] == logits[0, token.cpu()]
        with pytest.raises(ValueError, match="is no bias"):
            run.bias(any_key(scheme), logits, windows)


def test_no_rows_give_no_tokens(run: Run) -> None:
    for scheme in SCHEMES:
        outcome = run.choose(any_key(scheme), torch.empty(0, 50), torch.empty(0, 2, dtype=torch.int64))
        assert outcome.check().shape == (0,)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"logits": torch.zeros(2, 9, dtype=torch.float64)}, "logits are float32"),
        ({"logits": torch.zeros(9, 2).T}, "side by side"),
        ({"windows": torch.zeros(2, 3, dtype=torch.int64)}, r"\[rows, 2\] under this key"),
        ({"windows": torch.zeros(3, 2, dtype=torch.int64)}, "as many windows, got 3"),
        ({"open": torch.ones(2)}, "open is bool"),
        ({"uniforms": torch.zeros(3)}, "uniforms is float32 or float64"),
        ({"candidates": torch.zeros(2, 8, dtype=torch.int64)}, "in the shape of their logits"),
        ({"which": torch.zeros(2)}, "which is int32 or int64"),
    ],
)
def test_wrong_arguments_are_named(change: dict[str, Any], message: str) -> None:
    arguments = {"logits": torch.zeros(2, 9), "windows": torch.zeros(2, 2, dtype=torch.int64)} | change
    with pytest.raises(ValueError, match=message):
        device.choose(any_key("tournament"), **arguments)


def test_keys_are_checked_and_never_shown() -> None:
    key = any_key("dual-gumbel")
    loaded = device.load(key, "cpu")
    shown = [repr(loaded), str(loaded)]
    with pytest.raises(TypeError, match="secret"):
        pickle.dumps(loaded)
    for change, message in [
        ({"streams": key.streams[:2]}, "3 streams of 8 words"),
        ({"streams": [[word + (1 << 32) for word in stream] for stream in key.streams]}, "unsigned 32-bit"),
        ({"window": 5}, "window is 5"),
        ({"scheme": "vllm-gumbel-v1"}, "does not run on devices"),
    ]:
        with pytest.raises(ValueError, match=message) as raised:
            device.load(type(key)(**(vars(key) | change)), "cpu")
        shown.append(str(raised.value))
    with pytest.raises(ValueError, match="share scheme, window"):
        device.load([key, any_key("green")], "cpu")
    with pytest.raises(ValueError, match=r"has no stream 'main'; it has 0 \('coin'\), 1 \('a'\), 2 \('b'\)"):
        loaded.stream("main")
    assert not any(str(word) in text for text in shown for stream in key.streams for word in stream)


@pytest.mark.skipif(INTERPRETED, reason="the interpreter takes tensors of a CPU")
def test_what_cannot_run_here_is_said() -> None:
    logits, windows = rows_of(1, 10)
    with pytest.raises(ValueError, match="Triton (cannot run on cpu|is not installed)"):
        device.choose(any_key("gumbel"), logits, windows, implementation="triton")
    with pytest.raises(ValueError, match="no implementation 'numpy'"):
        device.choose(any_key("gumbel"), logits, windows, implementation="numpy")


@pytest.mark.skipif(INTERPRETED or not HAS_TRITON, reason="needs Triton's compiler")
def test_the_kernels_compile_for_a_gpu() -> None:
    import triton_compile

    sizes = triton_compile.compile_all(device)
    assert len(sizes) == 10 and all(size > 0 for size in sizes.values())


@pytest.mark.skipif(INTERPRETED or not HAS_TRITON, reason="needs Triton, and is itself the run that starts the other")
def test_the_triton_interpreter_passes_the_same_tests() -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", __file__]
    done = subprocess.run(command, env=os.environ | {"TRITON_INTERPRET": "1"}, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed is not None and int(passed[1]) > 60


@pytest.mark.parametrize("scheme", SCHEMES)
def test_device_keys_of_the_wheel_choose_as_its_requests_do(run: Run, lanes: Any, scheme: str) -> None:
    hallmark_lm = pytest.importorskip("hallmark_lm", reason="the wheel is not installed", exc_type=ImportError)
    lanes(64)
    mark = hallmark_lm.Mark(hallmark_lm.Profile.new(scheme, window=2, vocab_size=1000), hallmark_lm.Key.generate())
    count = 4 if INTERPRETED else 100
    logits, windows = rows_of(count, 1000)
    uniforms = uniforms_of(count)
    tokens = run.choose(mark.device_key(), logits.clone(), windows, None, uniforms).check().tolist()
    expected = []
    for row in range(count):
        request = mark.request()
        request.accept_all(windows[row].tolist())
        choice = request.choose_row(logits[row].clone(), uniform=float(uniforms[row]))
        assert choice.marked
        expected.append(choice.token)
    assert sum(a != b for a, b in zip(tokens, expected, strict=True)) <= 1
