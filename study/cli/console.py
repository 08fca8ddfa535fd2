"""Where a command's words go: answers to standard output, everything else to standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from study.record_folder import plain_values

if TYPE_CHECKING:
    from study.replication import Progress


@dataclass(frozen=True)
class Console:
    """How talkative a command is."""

    quiet: bool = False
    """Only errors, findings of gates and, when asked for, JSON."""
    json: bool = False
    """One JSON object on standard output, and nothing else there."""

    def say(self, text: str) -> None:
        """Give an answer for people; on standard error when standard output belongs to JSON."""
        if not self.quiet:
            _write(text, sys.stderr if self.json else sys.stdout)

    def note(self, text: str) -> None:
        """Tell what is going on."""
        if not self.quiet:
            _write(text, sys.stderr)

    def complain(self, text: str) -> None:
        """Tell what is wrong, also when quiet."""
        _write(text, sys.stderr)

    def give_json(self, content: Mapping[str, Any]) -> None:
        """Give the one object of `--json`; undefined numbers become null."""
        if self.json:
            _write(json.dumps(plain_values(content), ensure_ascii=False, indent=2), sys.stdout)

    def shown(self, path: Path) -> str:
        """A path as a user reads it: relative to the working folder where it lies below it."""
        try:
            return str(path.relative_to(Path.cwd()))
        except ValueError:
            return str(path)

    @contextmanager
    def progress(self, title: str) -> Iterator[Progress | None]:
        """A progress bar on standard error, on a terminal only."""
        if self.quiet or not sys.stderr.isatty():
            yield None
            return
        from rich.console import Console as Terminal
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        # No refresh thread: worker processes are forked while the bar is up.
        with Progress(*columns, console=Terminal(stderr=True), auto_refresh=False, transient=True) as bar:
            task = bar.add_task(title, total=None)

            def report(finished: int, wanted: int) -> None:
                bar.update(task, completed=finished, total=wanted)
                bar.refresh()

            yield report


def _write(text: str, stream: Any) -> None:
    try:
        stream.write(f"{text}\n")
    except UnicodeEncodeError:  # a terminal that cannot show the scenario's language
        encoding = stream.encoding or "ascii"
        stream.write(f"{text}\n".encode(encoding, "replace").decode(encoding))
    stream.flush()
