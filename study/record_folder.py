"""Folders of results that are told by the record in them, and plain values for such records."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from study.errors import RequestError


def claim_folder(folder: Path, record: str, owner: str, option: str = "--out") -> None:
    """Make sure that a folder is new, empty, or holds earlier results of the same kind, before any work is done.

    Args:
        folder: what the user named.
        record: file that tells such a folder.
        owner: whose results they are, e.g. "a back test's".
        option: of the command that names the folder.

    Raises:
        RequestError: it holds something else.
    """
    if folder.exists() and not folder.is_dir():
        raise RequestError(f"{folder} is a file: choose a folder with {option}")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / record).exists():
        raise RequestError(f"{folder} holds files that are not {owner}: choose another folder with {option}")


def plain_values(value: Any) -> Any:
    """A value as JSON knows it: undefined numbers become null, anything unknown its text."""
    if isinstance(value, Mapping):
        return {str(key): plain_values(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain_values(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, str | int | float | bool | None) else str(value)
