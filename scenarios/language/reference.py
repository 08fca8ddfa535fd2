"""The scenario reference: a page generated from the types, so that it is never stale."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scenarios.language.base import Model
from scenarios.language.composing import COMPOSING_KEYS
from scenarios.language.describing import FieldText, fields_of, kind_of
from scenarios.language.distribution_model import DistributionModel
from scenarios.language.errors import CODES


@dataclass
class _Section:
    """One block, and the first place where it stands."""

    block: type[Model]
    path: str
    is_row: bool


def reference_markdown(root: type[Model]) -> str:
    """The reference page of a scenario file.

    Args:
        root: type of the whole file.
    """
    sections = list(_sections(root))
    anchors = {section.block: _anchor(_title(section)) for section in sections}
    lines = [
        "# Scenario reference",
        "",
        "Generated from the types in `scenarios/language`; do not edit.",
        "",
        "Three more keys may stand at the top level of a file:",
        "",
        "| key | meaning |",
        "|---|---|",
        *(f"| `{key}` | {meaning} |" for key, meaning in COMPOSING_KEYS.items()),
        "",
        "For a table, write `{table: file.csv}`, `{table: book.xlsx, sheet: name}` or a list of rows.",
        "",
    ]
    for section in sections:
        lines += [f"## {_title(section)}", "", _summary(section.block), ""]
        lines += [
            "| key | type | unit | default | origin of the default | meaning |",
            "|---|---|---|---|---|---|",
        ]
        lines += [_row(field, anchors) for field in fields_of(section.block)]
        lines.append("")
    lines += ["## Messages", "", "| code | meaning |", "|---|---|"]
    lines += [f"| {code} | {meaning} |" for code, meaning in CODES.items()]
    return "\n".join(lines) + "\n"


_SET_UP = frozenset({"format", "name", "title", "description", "run", *COMPOSING_KEYS})


def fact_policy_markdown(root: type[Model]) -> str:
    """The page that says for every key whether it is a fact, a choice of managers, or set-up of the run.

    Args:
        root: type of the whole file.
    """
    lines = [
        "# Facts and policy",
        "",
        "Generated from the types in `scenarios/language`; do not edit.",
        "",
        "Facts are true whoever decides; policy is what managers choose. Two scenarios may be compared as",
        "policies when their facts are the same.",
        "",
        "| key | fact or policy | meaning |",
        "|---|---|---|",
    ]
    for section in _sections(root):
        if issubclass(section.block, DistributionModel):
            continue
        for field in fields_of(section.block):
            path = f"{section.path}.{field.key}".removeprefix(".")
            top = path.partition(".")[0].removesuffix("[]")
            nature = "policy" if top == "policy" else "set-up" if top in _SET_UP else "fact"
            kind = kind_of(section.block)
            shown = f"`{path}`" + (f" (kind {kind})" if kind else "")
            lines.append(f"| {shown} | {nature} | {' '.join(field.meaning.split())} |")
    return "\n".join(lines) + "\n"


def _sections(root: type[Model]) -> Iterator[_Section]:
    """Every block once, in reading order: breadth below each top-level key, depth across them."""
    seen: set[type[Model]] = {root}
    waiting = [_Section(root, "", False)]
    while waiting:
        section = waiting.pop(0)
        yield section
        below: list[_Section] = []
        for field in fields_of(section.block):
            path = f"{section.path}.{field.key}".removeprefix(".") + (
                "[]" if field.kind.startswith("list") else ""
            )
            for block in field.blocks:
                if block not in seen:
                    seen.add(block)
                    below.append(_Section(block, path, field.is_table))
        waiting = below + waiting


def _title(section: _Section) -> str:
    if not section.path:
        return "The file"
    kind = kind_of(section.block)
    if issubclass(section.block, DistributionModel):
        return f"Distributions, kind {kind}"
    suffix = f", kind {kind}" if kind else ", one row" if section.is_row else ""
    return f"{section.path}{suffix or f' ({section.block.__name__})'}"


def _anchor(title: str) -> str:
    """The anchor that Markdown viewers give to a heading."""
    kept = "".join(letter for letter in title.lower() if letter.isalnum() or letter in " -_")
    return kept.replace(" ", "-")


def _summary(block: type[Model]) -> str:
    return " ".join((block.__doc__ or "").split())


def _row(field: FieldText, anchors: dict[type[Model], str]) -> str:
    links = ", ".join(f"[{kind_of(block) or block.__name__}](#{anchors[block]})" for block in field.blocks)
    kind = f"{field.kind}: {links}" if links else field.kind
    default = f"`{field.default}`" if field.default else "**required**"
    cells = (f"`{field.key}`", kind, field.unit, default, field.source, field.meaning)
    return "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |"
