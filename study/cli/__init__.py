"""The command `dualedge`. Nothing heavy is imported before a command needs it."""

from __future__ import annotations

import gc
import signal
import sys
from collections.abc import Sequence

_OBJECTS_BETWEEN_COLLECTIONS = 200_000
"""Imports and charts make many objects and little garbage: looking for it as often as usual takes a tenth of them."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: Without the program's name; those of the process by default.

    Returns:
        0 good, 1 the answer is bad, 2 the input is bad, 3 a bug of ours, 130 interrupted.
    """
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    from study.cli.application import application

    # A pipeline that stops us sends SIGTERM: keep what is finished, as for Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        application(args=words, prog_name="dualedge", obj=tuple(words))
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


__all__ = ["main"]
