"""A serving file with its profile and keys, for a test."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import hallmark_lm

from .model import VOCABULARY


class Files:
    """`serving.toml` in a folder, with cohorts `eu` (the default) and `us`."""

    def __init__(
        self, folder: Path, *, scheme: str = "gumbel", window: int = 2, ring: int = 1, **policies: Any
    ) -> None:
        self.folder = folder
        self.path = folder / "serving.toml"
        text = hallmark_lm.Profile.new(scheme, name="test", window=window, vocab_size=VOCABULARY, ring=ring).to_toml()
        for name, value in policies.pop("parameters", {}).items():
            text = re.sub(rf"^{name} = .*$", f"{name} = {value}", text, flags=re.MULTILINE)
        self.profile = hallmark_lm.Profile.parse(text)
        (folder / "profile.toml").write_text(text)
        self.keys: dict[str, hallmark_lm.Key] = {}
        self.policies: dict[str, Any] = {"default": "eu", **policies}
        for label in ("eu", "us"):
            self.replace(label)
        self.write()

    def replace(self, label: str) -> None:
        """Gives a cohort a new key."""
        file = self.folder / f"{label}-{len(list(self.folder.glob(f'{label}-*.key')))}.key"
        self.keys[label] = hallmark_lm.Key.generate().derive("2026-11", label)
        self.keys[label].save(file)
        self._files = getattr(self, "_files", {}) | {label: file.name}

    def write(self) -> None:
        policies = dict(self.policies)
        ledger = policies.pop("ledger", None)
        lines = ["hallmark_serving = 1", 'profile = "profile.toml"']
        for name, value in policies.items():
            if value is not None:
                lines.append(f"{name} = {str(value).lower() if isinstance(value, bool) else repr(value)}")
        lines.append("[cohorts]")
        lines += [f"{label} = {name!r}" for label, name in self._files.items()]
        if ledger:
            lines += ["[ledger]", f"file = {ledger!r}"]
        before = self.path.stat().st_mtime_ns if self.path.exists() else 0
        self.path.write_text("\n".join(lines) + "\n")
        # A file system's clock may be coarser than two writes of a test.
        os.utime(self.path, ns=(max(before + 1_000_000, self.path.stat().st_mtime_ns),) * 2)

    def mark(self, label: str = "eu") -> hallmark_lm.Mark:
        return hallmark_lm.Mark(self.profile, self.keys[label])
