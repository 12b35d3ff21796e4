"""What all results have in common: they are made of JSON, give it back, and print so that a person can read them."""

from __future__ import annotations

import dataclasses
import html
import json
from typing import Any, ClassVar, TypeVar

T = TypeVar("T", bound="Shown")


class Shown:
    """The base of all results."""

    _nested: ClassVar[dict[str, str]] = {}

    @classmethod
    def from_json(cls: type[T], text: str) -> T:
        """The result of JSON text, as the command line's `--format json` prints it."""
        made = cls._of(json.loads(text))
        object.__setattr__(made, "_json", text)
        return made

    @classmethod
    def _of(cls: type[T], value: dict[str, Any]) -> T:
        from . import results

        fields: dict[str, Any] = {}
        for field in dataclasses.fields(cls):  # type: ignore[arg-type]
            if field.name not in value:
                if field.default is dataclasses.MISSING:
                    fields[field.name] = None
                continue
            held = value[field.name]
            inner = cls._nested.get(field.name)
            if inner is not None:
                kind = getattr(results, inner)
                held = tuple(map(kind._of, held)) if isinstance(held, list) else held and kind._of(held)
            elif isinstance(held, list):
                held = tuple(held)
            fields[field.name] = held
        return cls(**fields)

    @property
    def json(self) -> str:
        """The result as JSON text: what `hallmark merge` and the schemas of docs/schemas take."""
        text = getattr(self, "_json", None)
        return text if text is not None else json.dumps(dataclasses.asdict(self))  # type: ignore[call-overload]

    def __repr__(self) -> str:
        fields = dataclasses.fields(self)  # type: ignore[arg-type]
        said = ((field, getattr(self, field.name)) for field in fields)
        shown = (f"{field.name}={value!r}" for field, value in said if value != field.default)
        return f"{type(self).__name__}({', '.join(shown)})"

    def __str__(self) -> str:
        head, rows = self._table()
        if not rows:
            return repr(self)
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        lines = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths)) for row in rows]
        return "\n".join([head, *lines])

    def _repr_html_(self) -> str:
        head, rows = self._table()
        if not rows:
            return f"<pre>{html.escape(repr(self))}</pre>"
        cells = [["<td>" + html.escape(cell) + "</td>" for cell in row] for row in rows]
        body = "".join("<tr>" + "".join(row) + "</tr>" for row in cells)
        return f"<p>{html.escape(head)}</p><table>{body}</table>"

    def _table(self: Any) -> tuple[str, list[list[str]]]:
        """A sentence and a table, of results that have tests, documents or marks."""
        name = type(self).__name__
        if name == "Examined":
            rows = [
                [t.test, t.key_id, count(t.scored), exponent(t.log10_p), exponent(t.log10_p_adjusted), ", ".join(t.unproven)]
                for t in self.tests
            ]
            head = f"{self.outcome}: {count(self.counts.scored)} distinct cells; p is not the chance of innocence, and rests on .conditions"
            return head, [["test", "key", "scored", "log10 p", "adjusted", "decides nothing unless"], *rows]
        if name == "Detected":
            pooled = ["all", count(self.pooled.tokens), count(self.pooled.scored), exponent(self.pooled.log10_p)]
            rows = [[d.source, count(d.tokens), count(d.scored), exponent(d.log10_p)] for d in self.documents[:20]]
            more = len(self.documents) - len(rows)
            head = f"key {self.key_id}, {len(self.documents)} documents" + (f", the first 20 shown of {more + 20}" if more > 0 else "")
            return head, [["document", "tokens", "scored", "log10 p"], pooled, *rows]
        if name == "Scanned":
            rows = [[t.profile.name, t.key_id, count(t.scored), exponent(t.log10_p_adjusted)] for t in self.tried]
            return f"{len(self.found)} of {len(self.tried)} marks found", [["profile", "key", "scored", "adjusted log10 p"], *rows]
        if name == "Planned":
            answers = [] if self.answers is None else [["answers", count(self.answers)]]
            tokens = [] if self.tokens is None else [["tokens", count(self.tokens)]]
            return f"for p <= {self.alpha:g} with power {self.power:g}", [["cells", count(self.cells)], *tokens, *answers]
        return "", []


def count(number: int | None) -> str:
    return "" if number is None else f"{number:,}"


def exponent(number: float | None) -> str:
    """Two significant figures."""
    return "" if number is None else f"{number:.1f}" if abs(number) < 10 else f"{number:,.0f}"
