"""Copies of this process."""

from __future__ import annotations

import sys


def may_fork() -> bool:
    """Whether a copy of this process can work: a lock that another thread holds stays locked in the copy for ever."""
    return sys.platform == "linux" and len(sys._current_frames()) == 1
