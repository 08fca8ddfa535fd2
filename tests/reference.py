"""Published reference data that some tests compare with; not part of the repository."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_BESIDE = Path(__file__).resolve().parents[2] / "shared" / "data"


def reference_path(name: str) -> Path:
    """A file of the reference data; the calling test is skipped where it is absent.

    Args:
        name: Path inside the data folder, which `DUALEDGE_DATA` names.
    """
    path = Path(os.environ.get("DUALEDGE_DATA", _BESIDE)) / name
    if not path.exists():
        pytest.skip(f"reference data {name} is not here (set DUALEDGE_DATA)")
    return path
