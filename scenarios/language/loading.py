"""From a file to a checked, immutable scenario that knows where every value came from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from scenarios.language.base import Model
from scenarios.language.checks import check
from scenarios.language.composing import Composition, compose
from scenarios.language.errors import Problem, ScenarioError, Severity
from scenarios.language.folders import beside
from scenarios.language.messages import problems_of
from scenarios.language.nodes import Mark, Node, dotted
from scenarios.language.provenance import Applied, Provenance
from scenarios.language.reading import Document, read_file, read_text
from scenarios.language.scenario import FORMAT_VERSION, Scenario
from scenarios.language.tables import TableReader

Root = TypeVar("Root", bound=Model)


def load(path: str | Path, overrides: Sequence[str] = (), settings: Sequence[str] = ()) -> Scenario:
    """Load and check a scenario.

    Args:
        path: the scenario's YAML file.
        overrides: names of `overrides` to apply, after those the file applies itself.
        settings: changes such as "policy.transport.delivery_hour=10", values in YAML syntax.

    Raises:
        ScenarioError: with everything that is wrong, warnings included.
    """
    path = Path(path)
    document = read_file(path)
    return _checked(*load_model(Scenario, document, path.name, path.parent, overrides, settings, str(path)))


def load_text(
    text: str,
    name: str = "scenario.yaml",
    folder: Path | None = None,
    overrides: Sequence[str] = (),
    settings: Sequence[str] = (),
) -> Scenario:
    """Load and check a scenario that stands in a string.

    Args:
        text: the YAML.
        name: how messages call it.
        folder: where table files lie; None when there are none.
        overrides: see `load`.
        settings: see `load`.

    Raises:
        ScenarioError: with everything that is wrong, warnings included.
    """
    return _checked(*load_model(Scenario, read_text(text, name), name, folder, overrides, settings))


def _checked(scenario: Scenario, provenance: Provenance) -> Scenario:
    scenario = scenario.with_provenance(provenance)
    raise_errors(check(scenario))
    return scenario


def raise_errors(problems: Iterable[Problem]) -> None:
    """Raise when any problem is an error.

    Raises:
        ScenarioError: with all the problems, warnings included.
    """
    problems = list(problems)
    if any(problem.severity is Severity.ERROR for problem in problems):
        raise ScenarioError(problems)


def load_model(
    root: type[Root],
    document: Document,
    name: str,
    folder: Path | None,
    overrides: Sequence[str] = (),
    settings: Sequence[str] = (),
    path: str = "",
    version: int = FORMAT_VERSION,
) -> tuple[Root, Provenance]:
    """Compose and validate a file of any root type.

    Args:
        root: type of the whole file.
        document: the file, read.
        name: its name relative to `folder`.
        folder: folder that holds everything the file names; None for text.
        overrides: names of overrides to apply.
        settings: changes from the command line.
        path: the file as the caller wrote it.
        version: format version that `root` describes.

    Raises:
        ScenarioError: with everything that is wrong.
    """
    composition = compose(document, name, folder, version, overrides, settings)
    if composition.root is None:
        raise ScenarioError(composition.problems)
    reader = TableReader(folder)
    content = _plain(composition.root)
    if "format" not in root.model_fields:
        content.pop("format", None)
    try:
        model = root.model_validate_json(json.dumps(content), strict=True, context={"tables": reader})
    except ValidationError as error:
        spoilt = {Mark(problem.file, problem.line, problem.column) for problem in composition.problems}
        found = problems_of(error, root, composition.root, spoilt)
        raise ScenarioError([*composition.problems, *found]) from None
    raise_errors(composition.problems)
    return model, _provenance(path or name, composition, reader)


def _plain(node: Node) -> Any:
    """Plain content, with the names of table files made relative to the scenario's folder."""
    if isinstance(node.value, tuple):
        return [_plain(item) for item in node.value]
    content = {key: _plain(child) for key, child in node.entries().items()}
    if "table" in content and isinstance(content["table"], str):
        content["table"] = _table_name(node.entries()["table"].mark, content["table"])
    return content if isinstance(node.value, dict) else node.value


def _table_name(mark: Mark, written: str) -> str:
    return written if mark.line == 0 else beside(mark.file, written)


def _provenance(path: str, composition: Composition, reader: TableReader) -> Provenance:
    """What is known about the making of a scenario, columns of table files included."""
    positions: dict[str, tuple[str, int, int]] = {}
    for location, node in (composition.root or Node(None, Mark(""))).walk():
        if location:
            positions[dotted(location)] = (node.place.file, node.place.line, node.place.column)
        reference = node.child("table")
        if reference is not None and isinstance(reference.value, str):
            file = _table_name(reference.mark, reference.value)
            for number, column in enumerate(reader.headers.get(file, ()), start=1):
                positions[f"{dotted(location)}.{column}"] = (file, 1, number)
    return Provenance(
        path=path,
        files=(*composition.digests.items(), *reader.digests.items()),
        applied=tuple(
            Applied(dotted(change.location), change.old, change.node.plain(), change.origin)
            for change in composition.changes
        ),
        given_paths=frozenset(positions),
        positions=positions,
    )
