"""What `hallmark detect` says of all texts under one key: a p-value for each text, and one for all together."""

import json
import pathlib
import subprocess
from dataclasses import dataclass

from ..mark import write_secret


@dataclass
class Reading:
    """`scored`: how many cells of each text counted; `passage`: whether a passage of it was called marked."""

    documents: list
    scored: list
    passage: list
    pooled: float


class Hallmark:
    def __init__(self, program, folder, kinds, vocab_size):
        self.program, self.folder, self.vocab_size = program, pathlib.Path(folder), vocab_size
        self.folder.mkdir(parents=True, exist_ok=True)
        self.texts = self.folder / "texts.jsonl"
        lines = [json.dumps({"tokens": ids}) + "\n" for texts in kinds.values() for ids in texts]
        self.texts.write_text("".join(lines))

    def version(self):
        run = subprocess.run([self.program, "--version"], capture_output=True, text=True, check=True)
        return run.stdout.strip()

    def read(self, profile, key):
        path = self.folder / f"{profile.scheme}.toml"
        path.write_text(profile.toml(self.vocab_size))
        write_secret(self.folder / "key", profile.key_line(key))
        command = [
            self.program,
            "detect",
            "--quiet",
            *("--format", "json"),
            *("--profile", path),
            *("--key", self.folder / "key"),
            self.texts,
        ]
        run = subprocess.run(command, capture_output=True, text=True)
        if run.returncode != 0:
            raise RuntimeError(f"{profile.scheme}: {run.stderr.strip()}")
        result = json.loads(run.stdout)
        documents = result["documents"]
        return Reading(
            [10 ** text["log10_p"] for text in documents],
            [text["scored"] for text in documents],
            [bool(text.get("located", {}).get("passages")) for text in documents],
            10 ** result["pooled"]["log10_p"],
        )
