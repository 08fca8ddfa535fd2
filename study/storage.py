"""The run folder: what is written where, under temporary names first, and how an interrupted study goes on.

manifest.json                      versions, digests, seed, overrides, command, status
kpis.csv  intervals.csv            every KPI of every replication; means with their intervals
differences.csv                    paired differences, of a comparison only
replications/<study>-r0000.npz     one finished replication, reduced: from these a study resumes
events/<study>-r0000-<table>.parquet    panels/<study>-r0000-<panel>.parquet
charts/  report.html
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from study.atomic import remove_leftovers, replacing, write_text
from study.condensing import read_condensed, read_labels, write_condensed, write_labels
from study.errors import RequestError
from study.evidence import Condensed
from study.keep import Keep
from study.manifest import StudyIdentity, utc_now

if TYPE_CHECKING:
    from sim import Labels, RunResult
    from study.evidence import Comparison, Study

FORMAT = "dualedge run folder, version 1"
_MANIFEST = "manifest.json"
_OWN_FOLDERS = ("replications", "events", "panels", "charts")
_OWN_FILES = (_MANIFEST, "kpis.csv", "intervals.csv", "differences.csv", "report.html")


class Status(StrEnum):
    """State of a run folder."""

    RUNNING = "running"
    """Under way, or killed."""
    INTERRUPTED = "interrupted"
    COMPLETE = "complete"


@dataclass(frozen=True)
class RunFolder:
    """A folder claimed for the studies of one command. Picklable, so that workers write to it."""

    path: Path
    identities: tuple[StudyIdentity, ...]
    """Of all studies the folder is claimed for, begun or not."""
    keep: Keep = Keep.FIRST
    started_utc: str = ""
    command: tuple[str, ...] = ()

    def save(self, name: str, result: RunResult, condensed: Condensed) -> None:
        """Keep one finished replication; the file that says so is written last."""
        stem = _stem(name, condensed.replication)
        if self.keep.wants(condensed.replication):
            from study.parquet import write_tables

            write_tables(result, self.path / "events", self.path / "panels", stem)
        labels = self._labels_file(name)
        if not labels.exists():
            with replacing(labels) as temporary:
                write_labels(result.labels, temporary)
        with replacing(self.path / "replications" / f"{stem}.npz") as temporary:
            write_condensed(condensed, temporary)

    def finished(self, name: str) -> tuple[dict[int, Condensed], Labels | None]:
        """What is whole on disk of a study: its replications by number, and what their axes stand for.

        A damaged file counts as not written.
        """
        try:
            labels = read_labels(self._labels_file(name))
        except ValueError:
            return {}, None
        found = {}
        for path in sorted((self.path / "replications").glob(f"{name}-r*.npz")):
            try:
                condensed = read_condensed(path)
            except ValueError:
                continue
            stem = _stem(name, condensed.replication)
            has_tables = (self.path / "panels" / f"{stem}-cell.parquet").exists()
            if path.stem == stem and (has_tables or not self.keep.wants(condensed.replication)):
                found[condensed.replication] = condensed
        return found, labels

    def _labels_file(self, name: str) -> Path:
        return self.path / "replications" / f"{name}-labels.npz"

    def write_results(self, studies: Sequence[Study], comparison: Comparison | None = None) -> None:
        """Write the tables of the studies there are, and a manifest of all that the folder is claimed for."""
        from study.tables import write_difference_rows, write_interval_rows, write_kpi_rows

        if studies:
            write_kpi_rows(self.path / "kpis.csv", studies)
            write_interval_rows(self.path / "intervals.csv", studies)
        if comparison is not None:
            write_difference_rows(self.path / "differences.csv", comparison)
        complete = {study.name for study in studies if study.complete}
        is_complete = complete.issuperset(identity.name for identity in self.identities)
        self.write_manifest(Status.COMPLETE if is_complete else Status.INTERRUPTED, studies)

    def write_manifest(self, status: Status, studies: Sequence[Study] = ()) -> None:
        """Write the folder's manifest; a study without a replication is told by its identity alone."""
        known = {study.name: study.manifest for study in studies}
        content = {
            "format": FORMAT,
            "status": status.value,
            "command": list(self.command),
            "started_utc": self.started_utc,
            "finished_utc": None if status is Status.RUNNING else utc_now(),
            "tables_kept": self.keep.value,
            "studies": [known.get(identity.name, asdict(identity)) for identity in self.identities],
        }
        write_text(self.path / _MANIFEST, json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def open_folder(
    path: Path,
    identities: Sequence[StudyIdentity],
    *,
    keep: Keep = Keep.FIRST,
    command: Sequence[str] = (),
    force: bool = False,
) -> RunFolder:
    """Claim a folder for studies: a new or empty one, or the one in which the same studies were begun.

    Args:
        path: The folder; made when missing.
        identities: Of the studies to come.
        keep: Of which replications to keep event tables and panels.
        command: Command line for the manifest.
        force: Clear the results of other studies out of a run folder. Never clears any other folder.

    Raises:
        RequestError: The folder holds something else.
    """
    if path.exists() and not path.is_dir():
        raise RequestError(f"{path} is a file: choose a folder with --out")
    if path.is_dir() and any(path.iterdir()):
        _take_over(path, identities, force)
    path.mkdir(parents=True, exist_ok=True)
    folder = RunFolder(path.resolve(), tuple(identities), keep, utc_now(), tuple(command))
    remove_leftovers(folder.path)
    folder.write_manifest(Status.RUNNING)
    return folder


def _take_over(path: Path, identities: Sequence[StudyIdentity], force: bool) -> None:
    manifest = read_manifest(path)
    if manifest is None:
        raise RequestError(f"{path} holds files that are not a run's: choose another folder with --out")
    there = {str(study.get("name")): study for study in manifest["studies"]}
    mine = {identity.name: identity for identity in identities}
    if there.keys() != mine.keys():
        differences = [f"{', '.join(there)} there, {', '.join(mine)} here"]
    else:
        differences = [f"{name}: {line}" for name in mine for line in mine[name].differences(there[name])]
    if not differences:
        return
    if not force:
        listed = "\n  ".join([f"{path} holds the results of another study:", *differences])
        raise RequestError(f"{listed}\nchoose another folder with --out, or clear this one with --force")
    for name in _OWN_FOLDERS:
        shutil.rmtree(path / name, ignore_errors=True)
    for name in _OWN_FILES:
        (path / name).unlink(missing_ok=True)


def read_manifest(path: Path) -> dict[str, Any] | None:
    """The manifest of a run folder; None when the folder is no run folder."""
    try:
        content = json.loads((path / _MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    is_ours = (
        isinstance(content, dict)
        and content.get("format") == FORMAT
        and isinstance(content.get("studies"), list)
    )
    return content if is_ours else None


def _stem(name: str, replication: int) -> str:
    return f"{name}-r{replication:04d}"
