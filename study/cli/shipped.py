"""Which scenario a word on the command line means: a file, or one that is shipped."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from study.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scenarios import Scenario


def shipped_folder() -> Path:
    """Folder of the scenarios that are shipped."""
    import scenarios

    return Path(scenarios.__file__).parent


def scenario_files(folder: Path) -> list[Path]:
    """YAML files of a folder, by name."""
    return sorted(path for path in folder.glob("*.y*ml") if path.suffix in (".yaml", ".yml"))


def resolve(word: str) -> tuple[Path, tuple[str, ...]]:
    """The file a word means, and the overrides named after an `@`: `delta.yaml@cost_first,no_promotions`.

    Raises:
        RequestError: There is no such scenario.
    """
    name, at, overrides = word.rpartition("@")
    named = tuple(override for override in overrides.split(",") if override)
    for candidate, own in ((word, ()), (name if at else word, named)):
        found = _find(candidate)
        if found is not None:
            return found, own
    from scenarios import did_you_mean

    names = [path.stem for path in scenario_files(shipped_folder())]
    wanted = name if at else word
    hint = did_you_mean(wanted, names) or f"shipped are: {', '.join(names)}"
    raise RequestError(f"there is no scenario file {wanted}, and none of that name is shipped; {hint}")


def load(word: str, overrides: Sequence[str], settings: Sequence[str]) -> tuple[str, Scenario]:
    """Load what a word means, with overrides and settings, and name it, e.g. "delta@cost_first".

    Raises:
        RequestError: There is no such scenario.
        ScenarioError: It cannot be used.
    """
    import scenarios

    path, own = resolve(word)
    scenario = scenarios.load(path, (*own, *overrides), settings)
    return "@".join((scenario.name, *(["+".join(own)] if own else []))), scenario


def _find(word: str) -> Path | None:
    path = Path(word)
    if path.is_file():
        return path
    shipped = shipped_folder() / path.with_suffix(".yaml").name
    return shipped if path.parent == Path() and shipped.is_file() else None
