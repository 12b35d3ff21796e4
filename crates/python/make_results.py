"""Writes python/hallmark_lm/results.py: a dataclass for each object in the JSON schemas of the results.

    python crates/python/make_results.py [--check]

With --check it writes nothing and fails where the file is not what the schemas say."""

from __future__ import annotations

import json
import pathlib
import re
import sys
import textwrap

HERE = pathlib.Path(__file__).parent
SCHEMAS = HERE.parent.parent / "docs" / "schemas"
OUT = HERE / "python" / "hallmark_lm" / "results.py"
ROOTS = {"detect-2": "Detected", "scan-1": "Scanned", "examine-2": "Examined", "power-1": "Planned"}
RENAMED = {"LevelJson": "PredictedLevel"}
SIMPLE = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
HEAD = '''"""Results as dataclasses, made from the JSON schemas of the command line's results by make_results.py: do not edit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from ._shown import Shown
'''


def main() -> None:
    text = HEAD
    seen: dict[str, str] = {}
    for file, root in ROOTS.items():
        schema = json.loads((SCHEMAS / f"{file}.json").read_text())
        defs = schema.get("$defs", {})
        for name, body in [*defs.items(), (root, schema)]:
            if properties(body, defs) is None:
                continue
            code = dataclass_of(name, body, defs)
            name = class_name(name)
            if name not in seen:
                text += code
            elif seen[name] != code:
                sys.exit(f"two results have different objects called {name}")
            seen[name] = code
    if "--check" in sys.argv:
        if OUT.read_text() != text:
            sys.exit("results.py is not what docs/schemas say: run make_results.py")
    else:
        OUT.write_text(text)


def class_name(name: str) -> str:
    return RENAMED.get(name) or re.sub(r"(Json|\d+)$", "", name)


def properties(body: dict, defs: dict) -> dict | None:
    """The fields of an object, those of all its forms together; nothing where it is no object."""
    found = dict(body.get("properties", {}))
    required = set(body.get("required", []))
    for form in body.get("oneOf", []) + body.get("anyOf", []):
        if "properties" in form:
            for name, field in form["properties"].items():
                found.setdefault(name, field)
            continue
        return None
    return {name: (field, name in required) for name, field in found.items()} or None


def dataclass_of(name: str, body: dict, defs: dict) -> str:
    fields = properties(body, defs)
    lines, nested = [], {}
    for field, (spec, required) in sorted(fields.items(), key=lambda item: (not item[1][1], item[0])):
        kind, default, inner = annotation(spec, defs)
        if inner:
            nested[field] = inner
        if not required:
            if default == "None" and "None" not in kind and kind != "Any":
                kind += " | None"
            kind += f" = {default}"
        lines.append(f"    {field}: {kind}")
        if "description" in spec:
            doc = spec["description"].replace("\n", " ").replace("\\", "\\\\").replace('"""', "'''")
            lines += textwrap.wrap(f'"""{doc}"""', 116, initial_indent="    ", subsequent_indent="    ")
    doc = body.get("description", f"`{name}`.").split("\n\n")[0].replace("\n", " ")
    head = "\n".join(textwrap.wrap(f'"""{doc}"""', 116, initial_indent="    ", subsequent_indent="    "))
    inner = "{" + ", ".join(f'"{field}": "{cls}"' for field, cls in sorted(nested.items())) + "}"
    cls = class_name(name)
    return (
        f"\n\n@dataclass(frozen=True, repr=False)\nclass {cls}(Shown):\n{head}\n\n"
        + "\n".join(lines)
        + f"\n\n    _nested: ClassVar[dict[str, str]] = {inner}\n"
    )


def annotation(spec: dict, defs: dict) -> tuple[str, str, str | None]:
    """The type of a field as Python says it, what stands for it where it is left out, and the class of what it holds."""
    if "$ref" in spec:
        name = spec["$ref"].rsplit("/", 1)[1]
        target = defs[name]
        if properties(target, defs) is not None:
            return class_name(name), "None", class_name(name)
        return annotation({key: value for key, value in target.items() if key != "description"}, defs)
    forms = spec.get("anyOf") or spec.get("oneOf")
    if forms:
        real = [form for form in forms if form.get("type") != "null"]
        if len(real) == 1:
            kind, _, inner = annotation(real[0], defs)
            return f"{kind} | None", "None", inner
        if all(form.get("type") == "string" or "const" in form for form in real):
            return "str", "None", None
        return "Any", "None", None
    kind = spec.get("type")
    if isinstance(kind, list):
        return " | ".join(SIMPLE.get(one, "Any") for one in kind), "None", None
    if kind == "array":
        item, _, inner = annotation(spec.get("items", {}), defs)
        return f"tuple[{item}, ...]", "()", inner
    if kind in SIMPLE:
        default = {"boolean": "False", "integer": "0", "number": "0.0"}.get(kind, "None")
        return SIMPLE[kind], default, None
    if "const" in spec or "enum" in spec:
        return "str", "None", None
    return "Any", "None", None


main()
