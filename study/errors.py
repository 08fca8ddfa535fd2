"""What a user can put right, told apart from our own bugs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from study.evidence import Study


class RequestError(Exception):
    """A request that cannot be met as it stands; the message says why and what to do. Exit code 2."""


class StudyInterrupted(KeyboardInterrupt):
    """The user stopped a study; what was finished is kept.

    Attributes:
        study: The finished replications; None when there were none.
        folder: Run folder from which the same command goes on; None for a study kept in memory.
    """

    def __init__(self, study: Study | None, folder: Path | None) -> None:
        super().__init__("interrupted")
        self.study = study
        self.folder = folder
