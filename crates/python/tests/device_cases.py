"""What the tests and measurements of the device package share: the package, its vectors, and keys made of them."""

from __future__ import annotations

import importlib
import importlib.util
import json
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

TESTS = Path(__file__).resolve().parent


def package() -> Any:
    """The package of the installed wheel, or, where there is none, that of this checkout, which needs no Rust."""
    try:
        return importlib.import_module("hallmark_lm.device")
    except ImportError:
        name, folder = "hallmark_lm_device", TESTS.parent / "python" / "hallmark_lm" / "device"
        spec = importlib.util.spec_from_file_location(
            name, folder / "__init__.py", submodule_search_locations=[str(folder)]
        )
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
        return module


def vectors() -> Any:
    """Made by `cargo run --release -p hallmark-core --example device_vectors`, which says what is in them."""
    return json.loads((TESTS / "vectors" / "device.json").read_text())


@dataclass
class Key:
    """A device key of known words."""

    scheme: str
    window: int
    streams: list[list[int]]
    parameters: dict[str, Any] = field(default_factory=dict)


def key_of(entry: dict[str, Any], window: int) -> Key:
    return Key(entry["scheme"], window, entry["streams"], entry["parameters"])


def plain_key(words: list[int], window: int) -> Key:
    return Key("gumbel", window, [words])


def any_key(scheme: str, window: int = 2, seed: int = 0) -> Key:
    """A key of a scheme for tests of everything but the words."""
    generator = torch.Generator().manual_seed(seed)
    count = 3 if scheme == "dual-gumbel" else 1
    streams = torch.randint(0, 1 << 32, (count, 8), generator=generator).tolist()
    parameters = {"green": {"threshold": 1 << 30, "delta": 2.0}, "tournament": {"layers": 5}}
    return Key(scheme, window, streams, parameters.get(scheme, {}))


def unsigned(words: torch.Tensor) -> torch.Tensor:
    return words.cpu().to(torch.int64) & 0xFFFF_FFFF
