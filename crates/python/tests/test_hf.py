"""Hugging Face transformers, for real, on a tiny model with random weights."""

import json

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

import hallmark_lm as hl
from hallmark_lm import hf

VOCABULARY = 600
END = 1


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(3)
    config = transformers.LlamaConfig(
        vocab_size=VOCABULARY,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=2,
        bos_token_id=0,
        eos_token_id=END,
        pad_token_id=2,
    )
    return transformers.LlamaForCausalLM(config).eval()


@pytest.fixture
def profile():
    return hl.Profile.new("gumbel", window=2, vocab_size=VOCABULARY)


@pytest.fixture
def key():
    return hl.Key.generate()


@pytest.fixture
def folder(tmp_path, profile, key):
    key.save(tmp_path / "one.key")
    (tmp_path / "profile.toml").write_text(profile.to_toml())
    (tmp_path / "serving.toml").write_text(
        'hallmark_serving = 1\nprofile = "profile.toml"\n[cohorts]\none = "one.key"\n[ledger]\nfile = "ledger.jsonl"\n'
    )
    return tmp_path


PROMPTS = torch.tensor([[0, 7, 8], [0, 9, 10], [0, 11, 12], [0, 13, 14]])


def answers(made):
    rows = made[:, PROMPTS.shape[1] :].tolist()
    return [row[: row.index(END)] if END in row else row for row in rows]


def test_the_mark_is_found_and_only_under_its_key(model, profile, key):
    made = hf.generate(model, PROMPTS, mark=hl.Mark(profile, key), max_new_tokens=120, top_k=50, temperature=0.9)
    found = hl.detect(answers(made), profile=profile, key=key)
    assert found.pooled.log10_p < -30
    assert hl.detect(answers(made), profile=profile, key=hl.Key.generate()).pooled.log10_p > -6


def test_every_marked_token_is_the_one_that_the_mark_chooses(model, profile, key):
    mark = hl.Mark(profile, key)
    made = model.generate(
        PROMPTS,
        do_sample=True,
        max_new_tokens=60,
        top_k=20,
        output_scores=True,
        output_logits=True,
        return_dict_in_generate=True,
        watermarking_config=hf.Watermark(mark),
    )
    open_positions = 0
    for row, tokens in enumerate(made.sequences[:, PROMPTS.shape[1] :].tolist()):
        request = mark.request()
        for step, token in enumerate(tokens[: tokens.index(END) if END in tokens else None]):
            if request.is_open:
                logits = made.logits[step][row].clone().float()
                chosen = request.choose_row(logits, sampling=hl.Sampling(top_k=20))
                assert (chosen.token, chosen.marked) == (token, True)
                open_positions += 1
            request.accept(token)
    assert open_positions > 100


def test_without_a_mark_nothing_changes(model, folder):
    serving = hl.Serving.load(folder / "serving.toml")
    settings = dict(do_sample=True, max_new_tokens=40, top_p=0.9, output_scores=True, return_dict_in_generate=True)
    torch.manual_seed(11)
    plain = model.generate(PROMPTS, **settings)
    torch.manual_seed(11)
    served = model.generate(PROMPTS, watermarking_config=hf.Watermark(serving, cohort="nobody"), **settings)
    assert torch.equal(plain.sequences, served.sequences)
    assert all(torch.equal(a, b) for a, b in zip(plain.scores, served.scores))
    assert serving.failures == len(PROMPTS)


def test_greedy_decoding_is_left_alone(model, profile, key):
    plain = model.generate(PROMPTS, do_sample=False, max_new_tokens=30)
    mark = hl.Mark(profile, key)
    assert torch.equal(plain, hf.generate(model, PROMPTS, mark=mark, do_sample=False, max_new_tokens=30))
    greedy = model.generate(PROMPTS, do_sample=False, max_new_tokens=30, watermarking_config=hf.Watermark(mark, greedy=True))
    assert torch.equal(plain, greedy)


def test_green_biases_and_the_engine_samples(model, key):
    profile = hl.Profile.parse(
        'hallmark = 1\nname = "g"\nscheme = "green"\nprf = "chacha12-v1"\nwindow = 1\n'
        f"[green]\ngamma = 0.25\ndelta = 4.0\n[tokenizer]\nvocab_size = {VOCABULARY}\n"
    )
    made = hf.generate(model, PROMPTS, mark=hl.Mark(profile, key), max_new_tokens=120)
    assert hl.detect(answers(made), profile=profile, key=key).pooled.log10_p < -20


def test_beams_are_followed(model, profile, key):
    made = model.generate(
        PROMPTS,
        do_sample=True,
        num_beams=3,
        max_new_tokens=60,
        watermarking_config=hf.Watermark(hl.Mark(profile, key)),
    )
    assert hl.detect(answers(made), profile=profile, key=key).pooled.log10_p < -6


def test_the_ledger_holds_what_was_sampled(model, folder, profile, key):
    serving = hl.Serving.load(folder / "serving.toml")
    made = hf.generate(model, PROMPTS, mark=serving, cohort="one", max_new_tokens=400)
    del serving
    lines = [json.loads(line) for line in (folder / "ledger.jsonl").read_text().splitlines()]
    ends = sorted((line for line in lines if line["event"] == "end"), key=lambda line: line["number"])
    rows = made[:, PROMPTS.shape[1] :].tolist()
    expected = [row[: row.index(END) + 1] if END in row else row for row in rows]
    assert [line["response_tokens"] for line in ends] == expected
    assert {line["reason"] for line in ends} <= {"stop", "length"}
    assert any(line["reason"] == "stop" for line in ends), "no row ended: the test shows nothing of end tokens"


def test_kernels_choose_what_the_cpu_chooses(model, profile, key, monkeypatch):
    def made():
        return hf.generate(model, PROMPTS, mark=hl.Mark(profile, key), max_new_tokens=20, do_sample=True)

    torch.manual_seed(5)
    on_cpu = made()
    monkeypatch.setattr(hf.MarkProcessor, "_choose", hf.MarkProcessor._choose_on_device)
    torch.manual_seed(5)
    assert torch.equal(on_cpu, made())


def test_a_generation_config_has_its_say(model, profile, key):
    config = transformers.GenerationConfig(do_sample=False, max_new_tokens=20, eos_token_id=END, pad_token_id=2)
    plain = model.generate(PROMPTS, generation_config=config)
    assert torch.equal(plain, hf.generate(model, PROMPTS, mark=hl.Mark(profile, key), generation_config=config))


def test_scores_of_any_layout_are_marked(profile, key):
    processor = hf.MarkProcessor(hl.Mark(profile, key))
    ids = torch.tensor([[0, 3, 4], [0, 5, 6]])
    processor(ids[:, :1], torch.randn(2, VOCABULARY))
    scores = torch.randn(VOCABULARY, 2).t()
    assert (processor(ids, scores) > float("-inf")).sum().item() == 2


def test_answers_to_one_prompt_follow_the_policy(folder):
    text = (folder / "serving.toml").read_text()
    (folder / "serving.toml").write_text(text.replace("[cohorts]", 'answers = "first"\n[cohorts]'))
    processor = hf.MarkProcessor(hl.Serving.load(folder / "serving.toml"), cohort="one")
    processor(torch.tensor([[0, 3], [0, 3], [0, 4]]), torch.randn(3, VOCABULARY))
    assert [request.is_marked for request in processor._requests] == [True, False, True]


def test_beams_of_a_ring_are_refused(model, key):
    profile = hl.Profile.new("gumbel", window=1, vocab_size=VOCABULARY, ring=4)
    processor = hf.MarkProcessor(hl.Mark(profile, key))
    processor(torch.tensor([[0], [1]]), torch.randn(2, VOCABULARY))
    processor(torch.tensor([[0, 5], [1, 6]]), torch.randn(2, VOCABULARY))
    with pytest.raises(hl.HallmarkError, match="beams"):
        processor(torch.tensor([[1, 6, 7], [1, 6, 8]]), torch.randn(2, VOCABULARY))
