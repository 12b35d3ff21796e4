"""Marks, requests and rows from Python."""

import pickle

import pytest

import hallmark_lm as hl

np = pytest.importorskip("numpy")

VOCABULARY = 1000


@pytest.fixture
def mark():
    return hl.Mark(hl.Profile.new("gumbel", window=2, vocab_size=VOCABULARY), hl.Key.generate())


def rows(count, seed=0, dtype="float32"):
    return (np.random.default_rng(seed).normal(size=(count, VOCABULARY)) * 2).astype(dtype)


def test_nothing_shows_a_secret(mark, tmp_path):
    key = hl.Key.generate()
    key.save(tmp_path / "k")
    secret = (tmp_path / "k").read_text().split("hallmark-root-1:")[1][:64]
    device = mark.device_key()
    words = {str(word) for word in device.streams[0]}
    for shown in (repr(key), repr(mark), repr(device), str(device), repr(mark.request())):
        assert secret not in shown and not any(word in shown for word in words)
    with pytest.raises(Exception):
        pickle.dumps(device)
    (tmp_path / "bad").write_text("hallmark-root-1:" + secret + ":00000000\n")
    (tmp_path / "bad").chmod(0o600)
    with pytest.raises(hl.HallmarkError) as raised:
        hl.Key.load(tmp_path / "bad")
    assert secret not in str(raised.value) and raised.value.kind in ("usage", "integrity")
    (tmp_path / "k").chmod(0o644)
    with pytest.raises(hl.HallmarkError, match="0644"):
        hl.Key.load(tmp_path / "k")


def test_rows_are_chosen_alike_alone_and_together(mark):
    alone = [mark.request(seed=n) for n in range(5)]
    together = [mark.request(seed=n) for n in range(5)]
    for step in range(20):
        logits = rows(5, step)
        uniforms = [0.1 * n for n in range(5)]
        one = [r.choose_row(row.copy(), u).token for r, row, u in zip(alone, logits, uniforms)]
        for request, token in zip(alone, one):
            request.accept(token)
        assert hl.choose_rows(together, logits.copy(), uniforms=uniforms) == one


def test_none_is_passed_over(mark):
    logits = rows(3)
    before = logits.copy()
    request = mark.request()
    assert hl.choose_rows([None, request, None], logits)[::2] == [-1, -1]
    assert (logits[::2] == before[::2]).all() and len(request) == 1
    assert hl.mark_rows([None, request, None], rows(3)) == [False, False, False]
    assert hl.open_windows([None, request]) == [None, None]


def test_arrays_are_worked_on_in_place_whatever_their_stride(mark):
    wide = np.zeros((4, 2 * VOCABULARY), dtype="float32")
    view = wide[::2, :VOCABULARY]
    view[:] = rows(2)
    requests = [mark.request(), mark.request()]
    for request in requests:
        request.sync([3, 4])
    assert hl.mark_rows(requests, view) == [True, True]
    assert (np.isfinite(view).sum(axis=1) == 1).all() and (wide[1] == 0).all()


def test_what_is_no_row_is_refused(mark):
    request = mark.request()
    for bad, said in (
        (rows(2)[:, :10].copy(), "vocabulary"),
        (rows(2).astype("float64"), "float32"),
        (rows(2).T.copy().T, "side by side"),
        (rows(3), "2 requests and 3 rows"),
        ([[0.0]], "no array"),
    ):
        with pytest.raises(hl.HallmarkError, match=said):
            hl.choose_rows([request, mark.request()], bad)
    nan = rows(2)
    nan[1, 7] = float("nan")
    other = mark.request()
    with pytest.raises(hl.HallmarkError, match="row 1.*token 7") as raised:
        hl.choose_rows([request, other], nan)
    assert len(other) == 0 and raised.value.failed_rows == [1]
    assert raised.value.results == [request.tokens[-1], -1]
    with pytest.raises(hl.HallmarkError, match="two rows"):
        hl.choose_rows([request, request], rows(2))
    with pytest.raises(hl.HallmarkError, match="top_p"):
        hl.Sampling(top_p=0)


def test_a_request_follows_the_engine(mark):
    request = mark.request()
    request.accept_all([1, 2, -1, 3])
    request.rollback(1)
    request.sync([8, 9], start=1)
    assert request.tokens == [1, 8, 9]
    other = request.clone()
    other.accept(5)
    assert (len(request), len(other)) == (3, 4)
    hl.sync_rows([request, other], np.array([[0, 7, 7], [0, 8, -1]]), 1)
    assert (request.tokens, other.tokens) == ([7, 7], [8])
    request.reset()
    assert request.tokens == []


def test_half_precision_of_torch(mark):
    torch = pytest.importorskip("torch")
    for dtype in (torch.float16, torch.bfloat16):
        logits = torch.from_numpy(rows(2)).to(dtype)
        requests = [mark.request(), mark.request()]
        for request in requests:
            request.sync([3, 4])
        single = logits.float()
        expected = hl.choose_rows([r.clone() for r in requests], single.clone(), accept=False)
        assert hl.mark_rows(requests, logits) == [True, True]
        assert logits.argmax(dim=1).tolist() == expected


def test_forked_children_work(mark):
    import multiprocessing

    hl.choose_rows([mark.request(), mark.request()], rows(2))
    context = multiprocessing.get_context("fork")
    with context.Pool(1) as pool:
        assert len(pool.apply_async(_step, ()).get(timeout=60)) == 2


def _step():
    mark = hl.Mark(hl.Profile.new("gumbel", window=2, vocab_size=VOCABULARY), hl.Key.generate())
    return hl.choose_rows([mark.request(), mark.request()], rows(2))


def test_a_forked_child_with_one_thread_works(mark):
    import multiprocessing

    hl.set_threads(1)
    try:
        with multiprocessing.get_context("fork").Pool(1) as pool:
            assert len(pool.apply_async(_step, ()).get(timeout=60)) == 2
    finally:
        hl.set_threads(0)


@pytest.fixture
def serving_file(tmp_path):
    hl.Key.generate().save(tmp_path / "one.key")
    (tmp_path / "profile.toml").write_text(hl.Profile.new("gumbel", window=1, vocab_size=VOCABULARY).to_toml())
    (tmp_path / "serving.toml").write_text(
        'hallmark_serving = 1\nprofile = "profile.toml"\n[cohorts]\none = "one.key"\n[ledger]\nfile = "ledger.jsonl"\n'
    )
    return tmp_path / "serving.toml"


def test_a_forked_child_leaves_its_parents_ledger_alone(serving_file):
    import os

    serving = hl.Serving.load(serving_file)
    request = serving.begin(cohort="one")
    child = os.fork()
    if child == 0:
        marked = serving.begin(cohort="one").is_marked
        del request
        os._exit(1 if marked else 0)
    assert os.waitpid(child, 0)[1] == 0
    request.accept(4)
    request.finish()
    ends = [line for line in serving_file.with_name("ledger.jsonl").read_text().splitlines() if '"end"' in line]
    assert len(ends) == 1 and '"response_tokens":[4]' in ends[0]


def test_a_full_disk_loses_nothing(serving_file):
    """A write that fails leaves no half line, and the request can be ended again."""
    import resource
    import signal

    serving = hl.Serving.load(serving_file)
    requests = [serving.begin(cohort="one") for _ in range(2)]
    requests[0].sync(list(range(500)))
    ledger = serving_file.with_name("ledger.jsonl")
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ledger.stat().st_size + 300, before[1]))
    try:
        with pytest.raises(hl.HallmarkError, match="ledger"):
            requests[0].finish()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert ledger.read_text().endswith("}\n")
    requests[0].finish()
    requests[1].finish()
    assert sum('"end"' in line for line in ledger.read_text().splitlines()) == 2


def test_keys_of_a_request_are_those_that_it_began_with(serving_file):
    serving = hl.Serving.load(serving_file)
    request = serving.begin(cohort="one")
    before = request.device_key().streams
    serving_file.with_name("one.key").unlink()
    hl.Key.generate().save(serving_file.with_name("one.key"))
    serving.reload()
    assert request.device_key().streams == before != serving.device_key("one").streams
    assert serving.begin(cohort="nobody").device_key() is None
