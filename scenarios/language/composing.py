"""One tree from many files: `extends`, named `overrides`, `apply` and command-line settings.

Every change is recorded in the order it took effect, and nothing is decided by order: two changes of the
same key are an error that names both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from scenarios.language.errors import Problem, did_you_mean, show
from scenarios.language.folders import OutsideFolderError, beside, inside
from scenarios.language.nodes import Location, Mark, Node, dotted, located, merged, replaces_whole
from scenarios.language.reading import Document, read_file, read_text

COMPOSING_KEYS = {
    "extends": "Scenario file that this one is laid over, in the same folder or below. Blocks are joined key "
    "by key; lists, tables and blocks whose `kind` changes are replaced.",
    "overrides": "Named changes: blocks of keys, or paths such as `policy.transport.delivery_hour`, which "
    "select list items by `[0]` or `[id=DC]`.",
    "apply": "Names of the overrides to apply; two that set the same key are an error.",
}
"""Keys of the top level that say how files join, and what they mean; the rest is the scenario."""

_SETTING = re.compile(r"((?:[^=\[\]]|\[[^\]]*\])+)=(.*)", re.DOTALL)


@dataclass(frozen=True)
class Change:
    """A new value for one key, and what asked for it."""

    location: Location
    node: Node
    old: Any
    origin: str


@dataclass
class Composition:
    """The composed tree and how it came about."""

    root: Node | None = None
    """None when the files could not be joined."""
    changes: list[Change] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)
    """YAML file relative to the scenario's folder -> digest, in reading order."""


def compose(
    main: Document,
    name: str,
    folder: Path | None,
    version: int,
    overrides: Sequence[str] = (),
    settings: Sequence[str] = (),
) -> Composition:
    """Join a scenario file with those it extends, then apply overrides and settings.

    Args:
        main: the scenario file, read.
        name: its name, relative to `folder`.
        folder: folder of the scenario; None for text, which cannot extend a file.
        version: format version the types understand.
        overrides: names of overrides to apply after those the file applies itself.
        settings: changes from the command line, `path=value`.
    """
    result = Composition()
    chain = _chain(main, name, folder, result)
    if not chain or _wrong_version(chain, version, result):
        return result
    root = _without_composing_keys(chain[0])
    for document in chain[1:]:
        root = merged(root, _without_composing_keys(document))
    result.root = Node(root.value, chain[-1].mark)
    fragments = _fragments(chain, result)
    for fragment_name, mark in _applied_names(chain, overrides, result):
        if fragment_name in fragments:
            _apply_override(fragment_name, fragments[fragment_name], result)
        else:
            hint = did_you_mean(fragment_name, fragments)
            rule = f"there is no override `{fragment_name}`"
            result.problems.append(_problem("E204", mark, "apply", rule=rule, hint=hint))
    for setting in settings:
        _apply_setting(setting, result)
    return result


def _problem(code: str, mark: Mark, path: str, value: str = "", rule: str = "", hint: str = "") -> Problem:
    return Problem(code, mark.file, mark.line, mark.column, path, value, rule, hint)


def _chain(main: Document, name: str, folder: Path | None, result: Composition) -> list[Node]:
    """The documents from the outermost base to the scenario itself; empty when one cannot be read."""
    chain: list[Node] = []
    document, seen = main, [name]
    while True:
        result.problems += document.problems
        if document.digest:
            result.digests[seen[-1]] = document.digest
        if document.root is None:
            return []
        if not isinstance(document.root.value, Mapping):
            rule = "the top level must be a block of keys"
            result.problems.append(_problem("E108", document.root.mark, "", rule=rule))
            return []
        chain.insert(0, document.root)
        extends = document.root.child("extends")
        if extends is None:
            return chain
        following = _extended(extends, seen, folder, result)
        if following is None:
            return []
        seen.append(following[0])
        document = read_file(following[1], following[0])


def _extended(
    extends: Node, seen: list[str], folder: Path | None, result: Composition
) -> tuple[str, Path] | None:
    """Name and path of the extended file, or None after noting why there is none."""
    written = extends.value
    if not isinstance(written, str) or folder is None:
        rule = (
            "must name one YAML file"
            if folder is not None
            else "a scenario given as text cannot extend a file"
        )
        result.problems.append(_problem("E207", extends.mark, "extends", show(extends.plain()), rule))
        return None
    name = beside(seen[-1], written)
    try:
        path = inside(folder, name)
    except OutsideFolderError as error:
        result.problems.append(_problem("E203", extends.mark, "extends", show(written), str(error)))
        return None
    if name in seen:
        rule = "leads back to a file already read: " + " -> ".join([*seen, name])
        result.problems.append(_problem("E202", extends.mark, "extends", show(written), rule))
        return None
    if not path.is_file():
        result.problems.append(_problem("E101", extends.mark, "extends", show(written), "no such file"))
        return None
    return name, path


def _wrong_version(chain: list[Node], version: int, result: Composition) -> bool:
    """Whether some file is written for another version, which makes all further messages useless."""
    stated = [node for document in chain if (node := document.child("format")) is not None]
    wrong = [node for node in stated if node.value != version or isinstance(node.value, bool)]
    for node in wrong:
        rule = f"this program reads format {version}"
        newer = isinstance(node.value, int) and node.value > version
        hint = (
            "the file was written for a newer program: upgrade dualedge"
            if newer
            else f"write `format: {version}`"
        )
        result.problems.append(_problem("E201", node.place, "format", show(node.plain()), rule, hint))
    if not stated:
        rule, hint = "the format version is missing", f"start the file with `format: {version}`"
        result.problems.append(_problem("E201", chain[-1].mark, "format", rule=rule, hint=hint))
    return bool(wrong) or not stated


def _without_composing_keys(document: Node) -> Node:
    kept = {key: node for key, node in document.entries().items() if key not in COMPOSING_KEYS}
    return Node(kept, document.mark)


def _fragments(chain: list[Node], result: Composition) -> dict[str, Node]:
    """Named overrides of all files."""
    fragments: dict[str, Node] = {}
    for document in chain:
        block = document.child("overrides")
        if block is None:
            continue
        if not isinstance(block.value, Mapping):
            rule = "must map names to blocks of keys"
            result.problems.append(_problem("E207", block.place, "overrides", show(block.plain()), rule))
            continue
        for name, fragment in block.entries().items():
            path = f"overrides.{name}"
            if name in fragments:
                rule = f"an override of this name stands at {fragments[name].place}"
                result.problems.append(_problem("E204", fragment.place, path, rule=rule, hint="rename one"))
            elif not isinstance(fragment.value, Mapping):
                rule = "must be a block of keys to change"
                result.problems.append(_problem("E207", fragment.place, path, show(fragment.plain()), rule))
            else:
                fragments[name] = fragment
    return fragments


def _applied_names(
    chain: list[Node], overrides: Sequence[str], result: Composition
) -> Iterator[tuple[str, Mark]]:
    """Overrides to apply: those of the outermost `apply`, then those of the command line, each once."""
    stated = [node for document in chain if (node := document.child("apply")) is not None]
    names: dict[str, Mark] = {}
    if stated:
        items = stated[-1].value if isinstance(stated[-1].value, tuple) else None
        if items is None or not all(isinstance(item.value, str) for item in items):
            shown, rule = show(stated[-1].plain()), "must be a list of names of overrides"
            result.problems.append(_problem("E207", stated[-1].place, "apply", shown, rule))
            items = ()
        for item in items:
            names.setdefault(str(item.value), item.mark)
    for name in overrides:
        names.setdefault(name, Mark(f"--override {name}"))
    yield from names.items()


def _apply_override(name: str, fragment: Node, result: Composition) -> None:
    """Lay one fragment over the tree, key by key."""
    for key, node in fragment.entries().items():
        if result.root is None:
            return
        path = f"overrides.{name}"
        try:
            location = located(result.root, key) if "." in key or "[" in key else (key,)
        except LookupError as error:
            result.problems.append(_problem("E206", node.place, path, show(key), str(error.args[0])))
            continue
        if location[0] in (*COMPOSING_KEYS, "format"):
            result.problems.append(_problem("E206", node.place, path, show(key), "cannot be overridden"))
            continue
        for leaf, value in _leaves(result.root, location, node):
            _change(leaf, value, f"override {name} ({value.place})", result)


def _leaves(root: Node, location: Location, node: Node) -> Iterator[tuple[Location, Node]]:
    """The smallest changes that lay `node` over what stands at `location`."""
    old = _at(root, location)
    if old is None or replaces_whole(old, node):
        yield location, node
        return
    for key, child in node.entries().items():
        yield from _leaves(root, (*location, key), child)


def _at(root: Node, location: Location) -> Node | None:
    node: Node | None = root
    for step in location:
        node = node.child(step) if node is not None else None
    return node


def _change(location: Location, node: Node, origin: str, result: Composition) -> None:
    """Make one change unless it fights an earlier one."""
    if result.root is None:
        return
    for earlier in result.changes:
        shared = min(len(earlier.location), len(location))
        if earlier.location[:shared] == location[:shared]:
            rule = f"{origin} and {earlier.origin} both set this key"
            hint = "apply one of the two, or move the key into a third"
            result.problems.append(_problem("E205", node.place, dotted(location), rule=rule, hint=hint))
            return
    before = _at(result.root, location)
    try:
        result.root = result.root.replaced(location, node)
    except KeyError as error:
        rule = f"`{error.args[0]}` is looked for in something that is not a block of keys"
        result.problems.append(_problem("E206", node.place, dotted(location), rule=rule))
        return
    result.changes.append(Change(location, node, None if before is None else before.plain(), origin))


def _apply_setting(setting: str, result: Composition) -> None:
    """Apply one `path=value` of the command line."""
    mark = Mark(f"--set {setting}")
    match = _SETTING.fullmatch(setting)
    if match is None:
        hint = "e.g. policy.transport.delivery_hour=10"
        result.problems.append(_problem("E207", mark, "", rule="must read path=value", hint=hint))
        return
    path, text = match[1].strip(), match[2]
    document = read_text(text, mark.file) if text.strip() else Document(Node(None, mark), ())
    result.problems += [replace(problem, line=0, column=0) for problem in document.problems]
    if document.root is None or result.root is None:
        return
    try:
        location = located(result.root, path)
    except LookupError as error:
        result.problems.append(_problem("E206", mark, "", show(path), str(error.args[0])))
        return
    if location[0] in (*COMPOSING_KEYS, "format"):
        result.problems.append(_problem("E206", mark, "", show(path), "cannot be set from outside"))
        return
    _change(location, _marked(document.root, mark), "--set", result)


def _marked(node: Node, mark: Mark) -> Node:
    """The same tree with every place replaced by one mark."""
    value = node.value
    if isinstance(value, Mapping):
        return Node({key: _marked(child, mark) for key, child in value.items()}, mark, mark)
    if isinstance(value, tuple):
        return Node(tuple(_marked(child, mark) for child in value), mark, mark)
    return Node(value, mark, mark)
