"""YAML to a tree with places: strict, bounded, and clear about what it refuses.

`read_file` takes a path and `read_text` takes text; neither guesses which of the two it was given.
"""

from __future__ import annotations

import hashlib
import math
import re
import warnings
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from scenarios.language.decoding import encoding_problem, without_mark
from scenarios.language.errors import Problem, show
from scenarios.language.nodes import Mark, Node, Scalar

MAX_BYTES = 4_000_000
MAX_DEPTH = 60
MAX_NODES = 200_000

_CORE = "tag:yaml.org,2002:"
_INDENTED_BY_TAB = re.compile(r"^( *)\t[ \t]*(?=[^\s#])", re.MULTILINE)
_MERGE_MARKS = re.compile(r"^(<<<<<<< |>>>>>>> |=======$)", re.MULTILINE)
_LEADING_ZERO = re.compile(r"[-+]?0\d+")
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


@dataclass(frozen=True)
class Document:
    """One YAML file, read."""

    root: Node | None
    """The tree; None when the file could not be understood at all."""
    problems: tuple[Problem, ...]
    """What is wrong with the text."""
    digest: str = ""
    """blake2b digest of the bytes; empty for text."""


class _LimitError(Exception):
    """The document is too deep, or its aliases repeat too much."""

    def __init__(self, mark: Mark, rule: str) -> None:
        super().__init__(rule)
        self.mark = mark
        self.rule = rule


def read_bytes(path: Path, name: str, limit: int | None = None) -> tuple[bytes, Problem | None]:
    """The bytes of a file, or the reason it cannot be read.

    Args:
        path: the file.
        name: how messages call it.
        limit: largest size in bytes, None for any.
    """
    try:
        if limit is not None and path.stat().st_size > limit:
            rule = f"{path.stat().st_size:,} bytes are more than the {limit:,} a YAML file may have"
            return b"", Problem("E109", name, rule=rule, hint="put big tables into CSV files")
        return path.read_bytes(), None
    except FileNotFoundError:
        near = (
            sorted(entry.name for entry in path.parent.glob(f"*{path.suffix}"))
            if path.parent.is_dir()
            else []
        )
        hint = f"the folder has {', '.join(near[:6])}" if near else ""
        return b"", Problem("E101", name, rule="no such file", hint=hint)
    except IsADirectoryError:
        return b"", Problem("E101", name, rule="is a folder, not a file")
    except OSError as error:
        return b"", Problem("E101", name, rule=error.strerror or "cannot be read")


def read_file(path: Path, name: str | None = None) -> Document:
    """Read a YAML file.

    Args:
        path: the file.
        name: how messages call it; the file's own name when None.
    """
    name = path.name if name is None else name
    data, problem = read_bytes(path, name, MAX_BYTES)
    problem = problem or encoding_problem(data, name)
    if problem is not None:
        return Document(None, (problem,))
    document = read_text(without_mark(data).decode("utf-8"), name)
    return Document(document.root, document.problems, hashlib.blake2b(data, digest_size=16).hexdigest())


def read_text(text: str, name: str) -> Document:
    """Read YAML text.

    Args:
        text: the YAML.
        name: how messages call it.
    """
    problems = _textual_problems(text, name)
    if problems:
        return Document(None, tuple(problems))
    composed, problem = _compose(text, name)
    if problem is not None:
        return Document(None, (problem,))
    if composed is None:
        return Document(None, (Problem("E108", name, 1, 1, rule="the file is empty"),))
    builder = _Builder(name)
    try:
        root = builder.build(composed, None, 0)
    except _LimitError as error:
        found = Problem("E109", name, error.mark.line, error.mark.column, rule=error.rule)
        return Document(None, (*builder.problems, found))
    return Document(root, tuple(builder.problems))


def _textual_problems(text: str, name: str) -> list[Problem]:
    """Mistakes that a YAML parser would report in words no planner understands."""

    def place(offset: int) -> tuple[int, int]:
        return text.count("\n", 0, offset) + 1, offset - (text.rfind("\n", 0, offset) + 1) + 1

    marks = [
        Problem("E105", name, *place(match.start()), value=show(match[0].strip()), rule="unfinished merge",
                hint="keep one of the two versions and delete the marks")
        for match in _MERGE_MARKS.finditer(text)
    ]  # fmt: skip
    tabs = [
        Problem("E103", name, *place(match.end(1)), rule="a tab indents this line", hint="use spaces")
        for match in _INDENTED_BY_TAB.finditer(text)
    ]
    return marks[:1] if len(marks) > 1 else tabs[:20]


def _compose(text: str, name: str) -> tuple[Any, Problem | None]:
    from ruamel.yaml import YAML
    from ruamel.yaml.composer import ComposerError
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return YAML(typ="safe", pure=True).compose(text), None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark is not None else (0, 0)
        if isinstance(error, ComposerError) and "another document" in str(error.problem):
            rule, hint = "a second document starts here", "a scenario file holds one document"
            return None, Problem("E107", name, line, column, rule=rule, hint=hint)
        context = f"{error.context}: " if error.context else ""
        return None, Problem("E104", name, line, column, rule=context + (error.problem or "not YAML"))
    except RecursionError:
        return None, Problem("E109", name, rule=f"blocks are nested deeper than {MAX_DEPTH}")
    except YAMLError as error:
        return None, Problem("E104", name, rule=str(error).splitlines()[0])


class _Builder:
    """Turns composed nodes into ours, expanding aliases within bounds and collecting problems."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.problems: list[Problem] = []
        self.count = 0

    def build(self, composed: Any, key_mark: Mark | None, depth: int) -> Node:
        mark = Mark(self.name, composed.start_mark.line + 1, composed.start_mark.column + 1)
        self.count += 1
        if depth > MAX_DEPTH:
            raise _LimitError(key_mark or mark, f"blocks are nested deeper than {MAX_DEPTH}")
        if self.count > MAX_NODES:
            raise _LimitError(key_mark or mark, f"more than {MAX_NODES:,} values, repeated anchors counted")
        tag = str(composed.tag)
        if tag == f"{_CORE}map":
            return Node(self._mapping(composed, depth), mark, key_mark)
        if tag == f"{_CORE}seq":
            return Node(tuple(self.build(item, None, depth + 1) for item in composed.value), mark, key_mark)
        return Node(self._scalar(tag, composed, mark), mark, key_mark)

    def _mapping(self, composed: Any, depth: int) -> dict[str, Node]:
        entries: dict[str, Node] = {}
        for key, value in composed.value:
            mark = Mark(self.name, key.start_mark.line + 1, key.start_mark.column + 1)
            if str(key.tag) == f"{_CORE}merge":
                self._refuse("E110", mark, "<<", "merge keys are not part of the language", "use `extends`")
                continue
            if not isinstance(key.value, str) or key.value == "":
                self._refuse("E110", mark, "", "a key must be a word", "")
                continue
            if key.value in entries:
                first = entries[key.value].place
                rule = f"this key was already given on line {first.line}"
                self._refuse("E106", mark, key.value, rule, "keep one of the two")
                continue
            entries[key.value] = self.build(value, mark, depth + 1)
        return entries

    def _scalar(self, tag: str, composed: Any, mark: Mark) -> Scalar:
        text = str(composed.value)
        if tag in (f"{_CORE}str", f"{_CORE}value"):
            return text
        if tag == f"{_CORE}null":
            return None
        if tag == f"{_CORE}bool":
            return _BOOLEANS.get(text, text)
        if tag == f"{_CORE}timestamp":
            return _iso_date(text)
        if tag == f"{_CORE}int":
            return _whole_number(text)
        if tag == f"{_CORE}float":
            number = float(text.replace("_", "").lower().replace(".inf", "inf").replace(".nan", "nan"))
            if not math.isfinite(number):
                self._refuse("E111", mark, text, "must be a finite number", "")
                return 0.0
            return number
        self._refuse("E110", mark, tag, "the language has no tags", "leave the tag out")
        return text

    def _refuse(self, code: str, mark: Mark, value: str, rule: str, hint: str) -> None:
        self.problems.append(Problem(code, mark.file, mark.line, mark.column, "", value, rule, hint))


def _whole_number(text: str) -> int | str:
    """A whole number; digits with a leading zero are an identifier such as 001, hence text."""
    if _LEADING_ZERO.fullmatch(text):
        return text
    return int(text.replace("_", ""), 0)


def _iso_date(text: str) -> str:
    """The date in one spelling; what is no date stays as it is, for the field's type to judge."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return text
