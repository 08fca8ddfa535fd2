"""What makes a study repeatable, written down: versions, digests, seed, overrides, command."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scenarios import Plan, Scenario

_PACKAGES = (
    "numpy",
    "numba",
    "simpy",
    "ortools",
    "pydantic",
    "pandas",
    "pyarrow",
    "scipy",
    "holidays",
    "lunardate",
)


@dataclass(frozen=True)
class StudyIdentity:
    """What must be equal for two replications with one number to be the same replication."""

    name: str
    scenario_digest: str
    facts_digest: str
    policy_digest: str
    plan_digest: str
    seed: int
    version: str

    @classmethod
    def of(cls, scenario: Scenario, plan_digest: str, seed: int, name: str | None = None) -> StudyIdentity:
        """The identity of a study of a scenario under a plan; `name` defaults to the scenario's."""
        return cls(
            name or scenario.name,
            scenario.digest,
            scenario.facts_digest,
            scenario.policy_digest,
            plan_digest,
            seed,
            versions()["dualedge"],
        )

    def differences(self, other: Mapping[str, Any]) -> list[str]:
        """What `other`, read from a manifest, has otherwise: "seed 1 there, 2 here"."""
        mine = asdict(self)
        return [
            f"{key.replace('_', ' ')} {_short(other.get(key))} there, {_short(value)} here"
            for key, value in mine.items()
            if other.get(key) != value
        ]


def study_manifest(
    scenario: Scenario,
    identity: StudyIdentity,
    *,
    plan: Plan,
    replications: int,
    confidence_level: float,
    note: str = "",
) -> dict[str, Any]:
    """The entry of one study: identity, files, overrides, plan, replications; no path of this machine."""
    provenance = scenario.provenance
    return asdict(identity) | {
        "title": scenario.title or scenario.name,
        "files": [{"name": name, "digest": digest} for name, digest in provenance.files],
        "overrides": [
            {
                "path": change.path,
                "old": _plain(change.old),
                "new": _plain(change.new),
                "origin": change.origin,
            }
            for change in provenance.applied
        ],
        "plan": plan.summary(),
        "promises": [promise.model_dump(mode="json") for promise in plan.promises],
        "replications": replications,
        "confidence_level": confidence_level,
        "note": note,
        "versions": versions(),
    }


@cache
def versions() -> dict[str, str]:
    """Versions of everything that can change a result, and the form of the modules, which can only change the time."""
    from importlib.metadata import PackageNotFoundError, version

    from sim import has_native_modules

    found = {"dualedge": dualedge_version(), "python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    modules = "compiled" if has_native_modules() else "plain Python"
    return found | {"modules": modules, "system": platform.system(), "machine": platform.machine()}


@cache
def dualedge_version() -> str:
    """Version of this distribution, also when it runs from its source folder."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("dualedge")
    except PackageNotFoundError:
        import tomllib

        project = Path(__file__).resolve().parent.parent / "pyproject.toml"
        return str(tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"])


def portable_command(arguments: Sequence[str]) -> list[str]:
    """A command line without paths of this machine: absolute paths keep their last part only."""
    return ["dualedge", *(_portable(argument) for argument in arguments)]


def utc_now() -> str:
    """Time stamp in UTC, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _portable(argument: str) -> str:
    option, equals, value = argument.partition("=") if argument.startswith("--") else ("", "", argument)
    if PurePosixPath(value).is_absolute() or PureWindowsPath(value).is_absolute():
        value = PureWindowsPath(value).name  # knows both kinds of slash
    return option + equals + value


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _short(value: Any) -> str:
    text = str(value)
    return text[:12] if len(text) >= 32 else text
