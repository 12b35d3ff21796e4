"""detect, scan, examine and power over what Python programs hold."""

import json
import subprocess
import sys

import pytest

import hallmark_lm as hl

np = pytest.importorskip("numpy")

VOCABULARY = 5000


@pytest.fixture(scope="module")
def profile():
    return hl.Profile.new("gumbel", window=2, vocab_size=VOCABULARY)


@pytest.fixture(scope="module")
def key():
    return hl.Key.generate()


@pytest.fixture(scope="module")
def answers(profile, key):
    mark = hl.Mark(profile, key)
    noise = np.random.default_rng(1)
    requests = [mark.request() for _ in range(8)]
    for _ in range(100):
        hl.choose_rows(requests, (noise.normal(size=(8, VOCABULARY)) * 2).astype("float32"))
    return [request.tokens for request in requests]


def test_all_forms_of_ids_say_the_same(profile, key, answers):
    pa, pd = pytest.importorskip("pyarrow"), pytest.importorskip("pandas")
    padded = np.full((8, 120), -1)
    for row, tokens in enumerate(answers):
        padded[row, : len(tokens)] = tokens
    forms = {
        "lists": answers,
        "tuples": tuple(map(tuple, answers)),
        "arrays": [np.array(tokens, dtype="uint32") for tokens in answers],
        "padded": padded,
        "padded int32": padded.astype("int32"),
        "arrow column": pa.array(answers),
        "arrow table": pa.table({"tokens": answers}),
        "pandas column": pd.Series(answers),
        "pandas frame": pd.DataFrame({"tokens": answers}),
        "dicts": [{"tokens": tokens} for tokens in answers],
        "generator": (tokens for tokens in answers),
    }
    found = {name: hl.detect(form, profile=profile, key=key).pooled for name, form in forms.items()}
    assert found["lists"].log10_p < -100
    for name, pooled in found.items():
        assert (pooled.log10_p, pooled.scored, pooled.tokens) == (
            found["lists"].log10_p,
            found["lists"].scored,
            found["lists"].tokens,
        ), name


def test_one_document_is_one(profile, key, answers):
    for form in (answers[0], np.array(answers[0])):
        assert len(hl.detect(form, profile=profile, key=key).documents) == 1


def test_the_command_line_says_the_same(profile, key, answers, tmp_path):
    program = pytest.importorskip("shutil").which("hallmark")
    if program is None:
        pytest.skip("the program hallmark is not on the path")
    key.save(tmp_path / "k")
    (tmp_path / "p.toml").write_text(profile.to_toml())
    records = [{"prompt_tokens": [n], "response_tokens": tokens} for n, tokens in enumerate(answers)]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    arguments = ["examine", "--key", tmp_path / "k", "--profile", tmp_path / "p.toml", "--decoys", "99", "--format", "json"]
    said = json.loads(subprocess.run([program, *arguments, tmp_path / "a.jsonl"], capture_output=True, check=True).stdout)
    here = hl.examine(records, profile=profile, keys=key, decoys=99)
    files = hl.examine(files=tmp_path / "a.jsonl", profile=profile, keys=hl.Key.load(tmp_path / "k"), decoys=99)
    apart = hl.examine(answers, prompts=[[n] for n in range(8)], profile=profile, keys=key, decoys=99)
    expected = [(test["test"], test["log10_p"], test["scored"]) for test in said["tests"]]
    for examined in (here, files, apart):
        assert [(test.test, test.log10_p, test.scored) for test in examined.tests] == expected
        assert examined.outcome == said["outcome"]
    assert json.loads(files.json)["inputs"] == said["inputs"]


def test_exposure_of_records_is_left_out(profile, key, answers):
    record = {"prompt_tokens": answers[0], "response_tokens": answers[0]}
    examined = hl.examine([record], profile=profile, keys=key, decoys=0)
    assert examined.tests[0].scored == 0


def test_a_control_sample_at_hand(profile, key, answers):
    control = [{"prompt_tokens": [n], "response_tokens": list(range(n, 400 + n))} for n in range(4)]
    examined = hl.examine(answers, prompts=[[1]] * 8, profile=profile, keys=key, reference=control, decoys=0)
    assert "T2r" in [test.test for test in examined.tests]


def test_mistakes_are_named(profile, key, answers):
    for wrong, said in (
        (lambda: hl.detect([[1, 99999]], profile=profile, key=key), "99999"),
        (lambda: hl.detect([[-5]], profile=profile, key=key), "-5|token id"),
        (lambda: hl.detect([], profile=profile, key=key), "empty"),
        (lambda: hl.detect(np.zeros((2, 2)), profile=profile, key=key), "f8"),
        (lambda: hl.detect(["text"], profile=profile, key=key), "okenizer"),
        (lambda: hl.examine(answers, profile=profile, keys=key, prompts=[[1]]), "8 texts and 1 prompts"),
        (lambda: hl.examine(answers, profile=profile, keys=key, decoy=3), "decoy"),
        (lambda: hl.examine(answers, profile=profile, keys=[key, key]), "twice"),
        (lambda: hl.power(profile=profile), "share or lift"),
        (lambda: hl.detect(files="nowhere.jsonl", profile=profile, key=key), "nowhere"),
    ):
        with pytest.raises(hl.HallmarkError, match=said):
            wrong()


def test_results_print_and_go_back_to_json(profile, key, answers):
    for result in (
        hl.detect(answers, profile=profile, key=key),
        hl.scan(answers, profiles=[profile], keys=[key, hl.Key.generate()]),
        hl.examine(answers, profile=profile, keys=key, decoys=99),
        hl.power(profile=profile, lift=0.05),
    ):
        assert json.loads(result.json)["schema"].startswith("hallmark/")
        assert "\n" in str(result) and "<table>" in result._repr_html_()
        assert type(result).from_json(result.json) == result


def test_results_are_those_of_the_schemas():
    import pathlib

    script = pathlib.Path(__file__).parent.parent / "make_results.py"
    subprocess.run([sys.executable, script, "--check"], check=True)
