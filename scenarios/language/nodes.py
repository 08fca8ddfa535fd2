"""A YAML file as a tree that remembers where every key and value stood."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

Scalar: TypeAlias = str | int | float | bool | None
Step: TypeAlias = str | int
Location: TypeAlias = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a file; line and column count from 1 and are 0 when there is none."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return ":".join([self.file, *(str(number) for number in (self.line, self.column) if number)])


@dataclass(frozen=True, slots=True)
class Node:
    """A value with its place: a scalar, a list of nodes or a mapping of nodes."""

    value: Scalar | tuple[Node, ...] | Mapping[str, Node]
    mark: Mark
    """Where the value starts."""
    key_mark: Mark | None = None
    """Where the key of the value starts, when it has one."""

    @property
    def place(self) -> Mark:
        """Where to point at: the key when there is one, else the value."""
        return self.key_mark or self.mark

    def entries(self) -> Mapping[str, Node]:
        """The keys of a mapping; nothing for any other node."""
        return self.value if isinstance(self.value, Mapping) else {}

    def child(self, step: Step) -> Node | None:
        """The value of a key or the item of a list, None when there is none."""
        if isinstance(self.value, Mapping):
            return self.value.get(step) if isinstance(step, str) else None
        if isinstance(self.value, tuple) and isinstance(step, int) and -1 < step < len(self.value):
            return self.value[step]
        return None

    def plain(self) -> Any:
        """The content as dicts, lists and scalars."""
        if isinstance(self.value, Mapping):
            return {key: child.plain() for key, child in self.value.items()}
        if isinstance(self.value, tuple):
            return [child.plain() for child in self.value]
        return self.value

    def walk(self, location: Location = ()) -> Iterator[tuple[Location, Node]]:
        """Every node below this one, itself first, with its location."""
        yield location, self
        if isinstance(self.value, Mapping):
            for key, child in self.value.items():
                yield from child.walk((*location, key))
        elif isinstance(self.value, tuple):
            for index, child in enumerate(self.value):
                yield from child.walk((*location, index))

    def replaced(self, location: Location, node: Node) -> Node:
        """The same tree with another node at `location`; missing mappings on the way are made.

        Raises:
            KeyError: the way leads through a scalar, or to an item the list does not have.
        """
        if not location:
            return Node(node.value, node.mark, node.key_mark or self.key_mark)
        step, rest = location[0], location[1:]
        child = self.child(step)
        if isinstance(self.value, Mapping) and isinstance(step, str):
            below = Node({}, node.mark, node.key_mark) if child is None else child
            return Node({**self.value, step: below.replaced(rest, node)}, self.mark, self.key_mark)
        if isinstance(self.value, tuple) and isinstance(step, int) and child is not None:
            items = (*self.value[:step], child.replaced(rest, node), *self.value[step + 1 :])
            return Node(items, self.mark, self.key_mark)
        raise KeyError(step)


def dotted(location: Location) -> str:
    """A location as people write it: `policy.replenishment[0].mode`."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in location)
    return text.removeprefix(".")


def merged(base: Node, overlay: Node) -> Node:
    """`overlay` laid over `base`: mappings key by key, everything else replaced."""
    if replaces_whole(base, overlay):
        return overlay
    together = dict(base.entries())
    for key, node in overlay.entries().items():
        together[key] = merged(together[key], node) if key in together else node
    return Node(together, base.mark, base.key_mark)


def replaces_whole(base: Node, overlay: Node) -> bool:
    """Whether `overlay` takes the place of `base` instead of joining it.

    Scalars, lists and table files are replaced, and so is a block whose `kind` changes, because the keys of
    the old kind mean nothing to the new.
    """
    old, new = base.value, overlay.value
    if not isinstance(old, Mapping) or not isinstance(new, Mapping) or not new:
        return True
    if "table" in new or "table" in old:
        return True
    return "kind" in new and "kind" in old and new["kind"].value != old["kind"].value


_STEP = re.compile(r"\.?([A-Za-z_][\w\-]*)|\[(\d+)\]|\[([A-Za-z_]\w*)=([^\]]+)\]")


def located(root: Node, path: str) -> Location:
    """Translate a written path to a location in `root`.

    Args:
        root: tree the path leads into.
        path: keys joined by dots; list items by `[0]`, or by `[id=FRESH]` for the item whose `id` is FRESH.

    Raises:
        LookupError: the path cannot be read, or selects no item; the message says which part.
    """
    location: Location = ()
    node: Node | None = root
    position = 0
    while position < len(path):
        match = _STEP.match(path, position)
        if match is None or (position > 0 and match[1] is not None and path[position] != "."):
            raise LookupError(f"cannot read the path from `{path[position:]}` on")
        key, index, selector, wanted = match.groups()
        step: Step = key if key is not None else int(index) if index is not None else -1
        if selector is not None:
            step = _selected(node, selector, wanted, dotted(location))
        elif key is None and (node is None or node.child(step) is None):
            raise LookupError(f"`{dotted(location)}` has no item {index}")
        node = node.child(step) if node is not None else None
        location = (*location, step)
        position = match.end()
    if not location:
        raise LookupError("the path is empty")
    return location


def _selected(node: Node | None, selector: str, wanted: str, path: str) -> int:
    items = node.value if node is not None and isinstance(node.value, tuple) else ()
    if node is not None and "table" in node.entries():
        raise LookupError(f"`{path}` is a table file; its cells are set in the file, not from outside")
    names = [str(item.entries()[selector].value) if selector in item.entries() else "" for item in items]
    found = [index for index, name in enumerate(names) if name == wanted]
    if len(found) == 1:
        return found[0]
    known = f"; there are {', '.join(name for name in names[:8] if name)}" if any(names) else ""
    raise LookupError(
        f"`{path}` has {'no' if not found else 'several'} items with {selector}={wanted}{known}"
    )
