"""Answers and what was shown with them (docs/formats.md, "Input records"): records that carry token ids."""
import gzip
import hashlib
import json
import re
import struct


class Answer:
    def __init__(self, record, where):
        tokens = record.get("response_tokens")
        if tokens is None:
            tokens = record.get("tokens")
        if tokens is None:
            raise SystemExit(f"{where}: the answer is text only; there is no tokenizer here")
        self.tokens = tokens
        self.id = record.get("id")
        self.sub_key = record.get("sub_key", 0)
        prompt = record.get("prompt_tokens")
        self.known = prompt is not None
        if not self.known and (record.get("prompt") is not None or record.get("messages") is not None):
            raise SystemExit(f"{where}: what was shown is text only; there is no tokenizer here")
        self.pieces = [prompt] if self.known else []
        self.says_nothing = self.known and not prompt

    def content(self):
        return (tuple(self.tokens), tuple(tuple(piece) for piece in self.pieces))

    def order(self, seed):
        """The place under --order-by-hash."""
        pack = lambda tokens: struct.pack(f"<{len(tokens)}I", *tokens)  # noqa: E731
        parts = [seed.encode(), pack(self.tokens)] + [pack(piece) for piece in self.pieces]
        return hashlib.sha256(b"".join(struct.pack("<Q", len(part)) + part for part in parts)).digest()


def records(path):
    data = path.read_bytes()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    text = data.decode()
    if text.lstrip().startswith("["):
        yield from json.loads(text)
    else:
        yield from (json.loads(line) for line in text.splitlines() if line.strip())


def read(paths):
    return [Answer(record, f"{path}, record {i + 1}") for path in paths for i, record in enumerate(records(path))]


def ids_ascend(answers):
    """Whether all ids are one text and a number behind it, and the numbers rise or stay, and do not all stay."""
    parts = [re.fullmatch(r"(.*?)([0-9]+)", str(answer.id), re.DOTALL) for answer in answers]
    if not all(parts) or len({part[1] for part in parts}) > 1:
        return False
    numbers = [int(part[2]) for part in parts]
    return max(numbers, default=0) < 1 << 64 and numbers == sorted(numbers) and len(set(numbers)) > 1
