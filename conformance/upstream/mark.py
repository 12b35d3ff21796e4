"""A mark under one key: its profile and key in Hallmark's formats, its texts, and what upstream says of them."""

import json
import os
import time
from dataclasses import dataclass, field


WRONG_KEYS = 20


def wrong_keys(near, random_key):
    """Key lines that did not mark the texts: one that is next to the right key, then random ones."""
    return [near] + [random_key() for _ in range(WRONG_KEYS - 1)]


@dataclass
class Mark:
    name: str
    scheme: str
    prf: str
    window: int
    vocab_size: int
    key: str
    wrong_keys: list
    upstream: str
    sections: dict = field(default_factory=dict)
    remark: str = ""

    def profile(self):
        lines = [
            "hallmark = 1",
            f'name = "{self.name}"',
            f'scheme = "{self.scheme}"',
            f'prf = "{self.prf}"',
            f"window = {self.window}",
            "",
            "[tokenizer]",
            f"vocab_size = {self.vocab_size}",
        ]
        for section, values in self.sections.items():
            lines += ["", f"[{section}]"]
            lines += [f"{name} = {json.dumps(value)}" for name, value in values.items()]
        return "\n".join(lines) + "\n"

    def write(self, out, marked, unmarked):
        """Writes profile, keys and texts; the texts together and, to read each kind alone, apart."""
        for folder in ("profiles", "keys", "texts", "texts/marked", "texts/unmarked"):
            (out / folder).mkdir(parents=True, exist_ok=True)
        (out / "profiles" / f"{self.name}.toml").write_text(self.profile())
        write_secret(out / "keys" / f"{self.name}.key", self.key)
        for number, key in enumerate(self.wrong_keys, 1):
            write_secret(out / "keys" / f"{self.name}.wrong-{number:02}.key", key)
        lines = {
            is_marked: [json.dumps({"tokens": tokens, "marked": is_marked}) + "\n" for tokens in texts]
            for is_marked, texts in ((True, marked), (False, unmarked))
        }
        (out / "texts" / f"{self.name}.jsonl").write_text("".join(lines[True] + lines[False]))
        (out / "texts/marked" / f"{self.name}.jsonl").write_text("".join(lines[True]))
        (out / "texts/unmarked" / f"{self.name}.jsonl").write_text("".join(lines[False]))


@dataclass
class Verdict:
    """What upstream's own detector says: one value for each text, and its speed."""

    detector: str
    statistic: str
    marked: list
    unmarked: list
    tokens_per_s: float


def judge(detector, statistic, score, marked, unmarked):
    """Scores every text with upstream's `score(tokens)`, and times it on the unmarked ones."""
    marked_values = [score(tokens) for tokens in marked]
    start = time.process_time()
    unmarked_values = [score(tokens) for tokens in unmarked]
    seconds = time.process_time() - start
    count = sum(map(len, unmarked))
    return Verdict(detector, statistic, marked_values, unmarked_values, count / seconds)


def record(mark, marked, unmarked, verdict):
    """The entry of a mark in upstream.json."""
    return {
        "name": mark.name,
        "scheme": mark.scheme,
        "upstream": mark.upstream,
        "remark": mark.remark,
        "wrong_keys": len(mark.wrong_keys),
        "texts": {"marked": len(marked), "unmarked": len(unmarked)},
        "tokens": {"marked": sum(map(len, marked)), "unmarked": sum(map(len, unmarked))},
        "detector": None if verdict is None else vars(verdict),
    }


def write_secret(path, line):
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(line + "\n")
