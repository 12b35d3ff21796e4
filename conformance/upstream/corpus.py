"""This project's corpus of plays (`crates/lab/assets`), and its tokenizer of 1,024 tokens."""

import pathlib

import zstandard
from tokenizers import Tokenizer

_CRATES = pathlib.Path(__file__).parents[2] / "crates"


def tokenizer():
    return Tokenizer.from_file(str(_CRATES / "corpus/assets/tokenizer.json"))


def plays(split):
    """The texts of one split: `train`, `prompts` or `validation`."""
    with open(_CRATES / "lab/assets/corpus.txt.zst", "rb") as file:
        corpus = zstandard.ZstdDecompressor().stream_reader(file).read().decode()
    works = [work.split("\n", 1) for work in corpus.split("\f")[1:]]
    return [text for head, text in works if head.split()[0] == split]
