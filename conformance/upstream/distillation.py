"""A teacher that answers as vLLM's sampler chooses; a student of its marked answers, and one of its unmarked ones."""

import json
import statistics
import sys
import time

import torch

from .corpus import plays, tokenizer
from .draw import Draw
from .source import sample
from .transformer import Transformer, answer, loss, train
from .vllm_marks import chooser, gumbel

WINDOW = 2
PROMPT, ANSWER = 12, 72
# Prompts that the teacher answers, and those that the students answer.
LEARNT, FRESH = 2048, 512
TEACHER_STEPS, TEACHER_RATE = 900, 3e-3
PASSES, STUDENT_RATE = 3, 1e-3
BATCH, TOGETHER = 32, 256


def distill(seed, out):
    """Writes what the teacher and both students answer.

    Returns vLLM's `key`, the p of its own detector on single answers of the teacher (`detector_p`, medians), and
    the `loss` of the teacher on unseen plays and of each student on its lessons.
    """
    words = tokenizer()
    teacher, teacher_loss = _teacher(seed, words)
    learnt, fresh = _prompts(seed, words)
    key = Draw(seed, "student/key").bits(64)
    watermarker = gumbel.GumbelWatermarker(key, WINDOW)
    detector = gumbel.GumbelWatermarkDetector(key, WINDOW)
    choices = {
        "marked": lambda texts: chooser(watermarker, WINDOW, texts),
        "unmarked": _ordinary,
    }
    detector_p, losses = {}, {"teacher": teacher_loss}
    for kind, choice in choices.items():
        Draw(seed, f"student/{kind} log")
        answers = _answer(teacher, learnt, choice)
        _write(out / f"log-{kind}.jsonl", words, learnt, answers)
        detector_p[kind] = statistics.median(detector.detect(ids).p_value for ids in answers.tolist())
        student, losses[kind] = _student(seed, teacher, torch.cat([learnt, answers], dim=1))
        Draw(seed, f"student/{kind} student")
        _write(out / f"student-{kind}.jsonl", words, fresh, _answer(student, fresh, _ordinary))
        _say(f"student of {kind} answers")
    Draw(seed, "student/reference")
    _write(out / "reference.jsonl", words, fresh, _answer(teacher, fresh, _ordinary))
    return {"key": key, "detector_p": detector_p, "loss": losses}


def _teacher(seed, words):
    """A model of the plays, and its loss on plays that it has not seen."""
    length = PROMPT + ANSWER + 1
    ids = torch.tensor(words.encode("\n\n".join(plays("train"))).ids)
    Draw(seed, "student/teacher")
    model = Transformer(words.get_vocab_size(), PROMPT + ANSWER)
    starts = torch.randint(len(ids) - length, (TEACHER_STEPS, BATCH, 1))
    train(model, ids[starts + torch.arange(length)], TEACHER_RATE, 1)
    unseen = torch.tensor(words.encode("\n\n".join(plays("validation"))).ids)
    with torch.inference_mode():
        unseen_loss = loss(model, unseen.unfold(0, length, length)[:TOGETHER], 1).item()
    _say("teacher")
    return model, unseen_loss


def _student(seed, teacher, lessons):
    """A copy of the teacher that learnt the answers in `lessons`, and its loss on them."""
    student = Transformer(teacher.embedding.num_embeddings, PROMPT + ANSWER)
    student.load_state_dict(teacher.state_dict())
    Draw(seed, "student/lessons")
    order = torch.cat([torch.randperm(LEARNT) for _ in range(PASSES)])
    train(student, lessons[order].split(BATCH), STUDENT_RATE, PROMPT)
    with torch.inference_mode():
        return student, loss(student, lessons[:TOGETHER], PROMPT).item()


def _prompts(seed, words):
    """The first tokens of speeches that no model learnt, all different: for the teacher, and for the students."""
    speeches = [
        words.encode(speech).ids[:PROMPT]
        for play in plays("prompts")
        for speech in play.split("\n\n")
        if not speech.startswith("[")
    ]
    prompts = sorted({tuple(ids) for ids in speeches if len(ids) == PROMPT})
    drawn = Draw(seed, "student/prompts").random.sample(prompts, LEARNT + FRESH)
    return torch.tensor(drawn).split([LEARNT, FRESH])


def _ordinary(_):
    return lambda logits, _: sample(logits)


def _answer(model, prompts, choice):
    """The model's answers; `choice(texts)` picks the tokens of so many texts."""
    parts = [answer(model, part, ANSWER, choice(len(part))) for part in prompts.split(TOGETHER)]
    return torch.cat(parts)


def _write(path, words, prompts, answers):
    texts = zip(words.decode_batch(prompts.tolist()), words.decode_batch(answers.tolist()))
    path.write_text("".join(json.dumps({"prompt": prompt, "response": text}) + "\n" for prompt, text in texts))


def _say(what):
    print(f"{what}: {time.process_time():.0f} s of processor time", file=sys.stderr, flush=True)
