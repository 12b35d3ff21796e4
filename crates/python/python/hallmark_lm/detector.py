"""`detect`, `scan`, `examine` and `power` over what Python programs hold: lists, numpy arrays, tables; or over files."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from . import _hallmark
from ._hallmark import HallmarkError, Key, Profile
from .results import Detected, Examined, Planned, Scanned

Files = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]


def detect(
    texts: Any = None,
    *,
    profile: Profile,
    key: Key,
    files: Files = (),
    tokenizer: str | os.PathLike[str] | None = None,
    fields: dict[str, str] | None = None,
    passage_level: float | None = None,
) -> Detected:
    """Is this text marked?

    `texts`: a text; a list of texts or of token-id lists; a numpy array of ids (one document, or one a row ended by -1); a
    pyarrow or pandas column of texts or lists of ids; a pyarrow table, a pandas frame or a list of dicts with the fields of
    records (`text`, `tokens`, `response`, …; `fields` maps others). Or `files`. Text needs the profile's tokenizer, unless
    that is the built-in one. Raises HallmarkError."""
    found = _hallmark.detect(
        _texts(texts), None, _paths(files), profile, key, _path(tokenizer), _mapping(fields), passage_level
    )
    return Detected.from_json(found)


def scan(
    texts: Any = None,
    *,
    profiles: Sequence[Profile],
    keys: Sequence[Key],
    files: Files = (),
    tokenizer: str | os.PathLike[str] | None = None,
    fields: dict[str, str] | None = None,
    level: float | None = None,
) -> Scanned:
    """Which of these marks is in this text, if any? Every profile is tried with every key that fits it. `texts` as for `detect`."""
    found = _hallmark.scan(
        _texts(texts), None, _paths(files), list(profiles), list(keys), _path(tokenizer), _mapping(fields), level
    )
    return Scanned.from_json(found)


def examine(
    answers: Any = None,
    *,
    profile: Profile,
    keys: Key | Sequence[Key],
    prompts: Any = None,
    controls: Sequence[Key] = (),
    reference: Any = None,
    first_visits: Files = (),
    harvest: Files = (),
    background: str | os.PathLike[str] | None = None,
    files: Files = (),
    tokenizer: str | os.PathLike[str] | None = None,
    fields: dict[str, str] | None = None,
    **options: Any,
) -> Examined:
    """Was the model that wrote these answers trained on text that one of the keys marked?

    `answers` and `prompts` are as many texts or id lists; or `answers` is a table, a frame or a list of dicts with the fields of
    records (`prompt`, `response`, `messages`, …); or `files` names them, which is how evidence is examined: records at hand have
    no digest in the result. `reference`: a model's answers without the mark, as dicts with prompts, or paths. `first_visits`,
    `harvest`, `background`: indexes that `hallmark index make` wrote. `options`: any other field of a plan
    (docs/schemas/plan-1.json), such as `decoys=999`, `shape=True`, `rule_out=0.1`, `weighing={"rule": "background"}`."""
    keys = [keys] if isinstance(keys, Key) else list(keys)
    weighing = dict(options.pop("weighing", {}))
    if harvest:
        weighing["harvests"] = _paths(harvest)
    if background is not None:
        weighing["background"] = os.fspath(background)
    if weighing:
        options["weighing"] = weighing
    if first_visits:
        options["first_visits"] = _paths(first_visits)
    with _as_files(reference) as references:
        if references:
            options["references"] = references
        found = _hallmark.examine(
            _texts(answers),
            prompts if prompts is None else _texts(prompts),
            _paths(files),
            profile,
            keys,
            list(controls),
            _path(tokenizer),
            _mapping(fields),
            json.dumps(options),
        )
    return Examined.from_json(found)


def power(
    *,
    profile: Profile,
    share: float | None = None,
    lift: float | None = None,
    alpha: float = 1e-6,
    power: float = 0.9,
    access: str = "closed",
    prompts: str = "generic",
    calibration: str | os.PathLike[str] | None = None,
    cells_per_token: float | None = None,
    tokens_per_answer: int | None = None,
) -> Planned:
    """How much must be asked to find a mark that the share of marked training text, or a lift, leaves?"""
    planned = _hallmark.power(
        profile,
        share,
        lift,
        alpha,
        power,
        access,
        prompts,
        _path(calibration),
        cells_per_token,
        tokens_per_answer,
    )
    return Planned.from_json(planned)


def _texts(texts: Any) -> Any:
    """What the module takes: texts and ids as they are, records as lines of JSON."""
    if hasattr(texts, "to_pylist"):  # a pyarrow column or table
        texts = texts.to_pylist()
    elif hasattr(texts, "to_dict") and hasattr(texts, "columns"):  # a pandas frame
        texts = texts.to_dict("records")
    elif hasattr(texts, "tolist") and not hasattr(texts, "__array_interface__"):  # a pandas column
        texts = texts.tolist()
    elif getattr(getattr(texts, "dtype", None), "kind", "") in "OUT" and hasattr(texts, "tolist"):  # an array of objects
        texts = texts.tolist()
    if isinstance(texts, dict):
        texts = [texts]
    if isinstance(texts, Iterator):
        texts = list(texts)
    if isinstance(texts, list) and texts and isinstance(texts[0], dict):
        return _lines(texts)
    if isinstance(texts, (list, tuple)) and len(texts) == 0:
        raise HallmarkError("there is no text: the list is empty")
    return texts


def _lines(records: Iterable[dict[str, Any]]) -> bytes:
    """Records as lines of JSON; what a frame has no value for is null."""
    lines = []
    for number, record in enumerate(records, 1):
        kept = {name: None if isinstance(value, float) and value != value else value for name, value in record.items()}
        try:
            lines.append((json.dumps(kept, default=_plain, ensure_ascii=False, allow_nan=False) + "\n").encode())
        except (TypeError, ValueError) as error:
            raise HallmarkError(f"record {number} cannot be written as JSON: {error}") from None
    return b"".join(lines)


def _plain(value: Any) -> Any:
    if hasattr(value, "tolist"):  # a numpy array or number
        return value.tolist()
    raise HallmarkError(f"a record holds {type(value).__name__}, which is no text, number, list or dict")


@contextmanager
def _as_files(records: Any) -> Iterator[list[str]]:
    """Paths as they are, records as a file of their own for as long as they are read."""
    if records is None:
        yield []
    elif isinstance(records, (str, os.PathLike)) or (
        isinstance(records, (list, tuple)) and records and isinstance(records[0], (str, os.PathLike))
    ):
        yield _paths(records)
    else:
        held = _texts(records)
        if not isinstance(held, bytes):
            raise HallmarkError("reference is a list of dicts with prompt and response, a table of them, or paths")
        with tempfile.NamedTemporaryFile(suffix=".jsonl") as file:
            file.write(held)
            file.flush()
            yield [file.name]


def _paths(files: Files) -> list[str]:
    if isinstance(files, (str, os.PathLike)):
        return [os.fspath(files)]
    return [os.fspath(file) for file in files]


def _path(file: str | os.PathLike[str] | None) -> str | None:
    return None if file is None else os.fspath(file)


def _mapping(fields: dict[str, str] | None) -> list[str]:
    return [f"{name}={path}" for name, path in (fields or {}).items()]
