"""Real English text without a mark: passages of plays, paragraphs three times over, licences.

Plays: the project's own corpus (`crates/lab/assets`), and its tokenizer of 1,024 tokens. Licences: those of the
packages that requirements.txt pins; they repeat whole sentences of each other.
"""

import random
from importlib.metadata import distribution

from ..corpus import plays, tokenizer

_LICENSED = ("numpy", "scipy", "jaxlib", "torch")

ORDINARY, LONG, REPEATED, LICENCES = "plays, 200", "plays, 1,000", "thrice, 210", "licences, 200"
ABOUT = {
    ORDINARY: "20 passages of 200 tokens out of plays",
    LONG: "5 passages of 1,000 tokens out of plays",
    REPEATED: "20 passages of 70 tokens out of plays, each three times over",
    LICENCES: "20 passages of 200 tokens out of software licences, which share many sentences",
}


def texts(seed):
    """For each kind of text, a list of lists of token ids, all of one length."""
    draw = random.Random(f"{seed}/null texts")
    encode = tokenizer().encode
    passages = [encode(text).ids for text in plays("validation")]
    licences = _licences(encode)
    return {
        ORDINARY: [_passage(draw, passages, 200) for _ in range(20)],
        LONG: [_passage(draw, passages, 1000) for _ in range(5)],
        REPEATED: [_passage(draw, passages, 70) * 3 for _ in range(20)],
        LICENCES: [_passage(draw, licences, 200) for _ in range(20)],
    }


def distinct_ngrams(ids, length):
    return len({tuple(ids[start : start + length]) for start in range(len(ids) - length + 1)})


def _passage(draw, documents, length):
    document = draw.choices(documents, [len(ids) for ids in documents])[0]
    start = draw.randrange(len(document) - length)
    return document[start : start + length]


def _licences(encode):
    """Each pinned package's licence files, in the order of their names."""
    documents = []
    for name in _LICENSED:
        files = sorted(
            (path for path in distribution(name).files or () if "LICENSE" in path.name and ".dist-info" in str(path)),
            key=str,
        )
        text = "\n\n".join(path.read_text(encoding="utf-8") or "" for path in files)
        documents.append(encode(text).ids)
    return documents
