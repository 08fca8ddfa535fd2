"""Where the machine code of compiled functions is kept between runs, here and in the packages above.

Numba keeps compiled functions on disk but stamps each one with its own source file only: when a callee, or the layout
of a tuple, in another file changes, the caller's stale code is used. The cache folder is therefore named after a hash
of all sources that belong together and of the versions of numba and Python; any edit opens a new folder.
``NUMBA_CACHE_DIR``, when set, is the place of that folder.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

_Function = TypeVar("_Function", bound=Callable[..., Any])

_KEPT_DAYS = 30
_SECONDS_PER_DAY = 86_400


class MachineCode:
    """Compiled functions of one set of sources and their folder on disk."""

    def __init__(self, prefix: str, sources: Iterable[Path]) -> None:
        """Choose the folder, and remove those of other sources that nobody has used for a month.

        Args:
            prefix: Begins the name of the folder; tells sets of sources apart.
            sources: All files from which code, constants or layouts of tuples are compiled, in a fixed order.
        """
        self.folder = _chosen_folder(prefix, source_digest([Path(__file__), *sources]))

    def compiled(self, function: _Function, **options: Any) -> _Function:
        """Compile a function at its first call, without Python objects, and keep the machine code on disk.

        Floating point stays strict IEEE (no fast-math, no contraction), nothing runs in parallel, and the global
        interpreter lock is released.

        Args:
            function: The function.
            options: Further options of `numba.njit`.
        """
        import numba  # slow to load: whoever plans nothing does without

        settings: Any = numba.config
        compile_lazily: Any = numba.njit
        # Numba reads the folder when a function is decorated; other users of numba get theirs back.
        kept = settings.CACHE_DIR
        settings.CACHE_DIR = str(self.folder)
        try:
            # The numpy error model divides without raising: a loop that may raise is never vectorised.
            made: _Function = compile_lazily(cache=True, error_model="numpy", nogil=True, **options)(function)
        finally:
            settings.CACHE_DIR = kept
        return made


def source_digest(sources: Iterable[Path]) -> str:
    """Hash source files together with the versions that decide the machine code.

    Args:
        sources: Files to read, in a fixed order.

    Returns:
        16 hexadecimal digits; different for any edited, added, renamed or removed file.
    """
    import numba

    digest = hashlib.blake2b(f"{numba.__version__}|{sys.version}".encode(), digest_size=8)
    for source in sources:
        content = source.read_bytes()
        digest.update(f"|{source.name}|{len(content)}|".encode())
        digest.update(content)
    return digest.hexdigest()


def user_cache_folder() -> Path:
    """Return the folder in which this operating system wants a user's caches (not created)."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or "~/AppData/Local").expanduser()
    if sys.platform == "darwin":
        return Path("~/Library/Caches").expanduser()
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser()


def cache_folder(name: str) -> Path:
    """Create, and return, a private writable folder for the machine code of one set of sources.

    The user's cache folder comes first, then the user's own folder in the system's temporary folder, then a
    new temporary folder. One that somebody else could write is refused: machine code is loaded from it.

    Args:
        name: Of the folder.
    """
    for parent in _parent_folders():
        folder = parent / name
        try:
            parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.mkdir(mode=0o700, exist_ok=True)
            if _is_private(parent) and _is_private(folder):
                tempfile.TemporaryFile(dir=folder).close()
                os.utime(folder)  # says that it is in use, see remove_old_folders
                return folder
        except OSError:
            continue
    return Path(tempfile.mkdtemp(prefix="dualedge-"))


def _parent_folders() -> Iterator[Path]:
    with contextlib.suppress(RuntimeError):  # no home folder can be found out
        yield user_cache_folder() / "dualedge"
    user = os.getuid() if hasattr(os, "getuid") else "user"
    yield Path(tempfile.gettempdir()) / f"dualedge-{user}"


def _is_private(folder: Path) -> bool:
    if not hasattr(os, "getuid"):
        return True
    status = folder.stat()
    return status.st_uid == os.getuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def remove_old_folders(current: Path, prefix: str, older_than_days: float = _KEPT_DAYS) -> None:
    """Remove the folders with that prefix beside ``current`` that were not used for ``older_than_days``."""
    oldest = time.time() - older_than_days * _SECONDS_PER_DAY
    for folder in current.parent.glob(f"{prefix}*"):
        try:
            if folder != current and folder.stat().st_mtime < oldest:
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:  # another process removed it first
            continue


def _chosen_folder(prefix: str, digest: str) -> Path:
    given = os.environ.get("NUMBA_CACHE_DIR")
    if given:
        return Path(given) / f"dualedge-{prefix}{digest}"
    folder = cache_folder(f"{prefix}{digest}")
    remove_old_folders(folder, prefix)
    return folder


__all__ = ["MachineCode", "cache_folder", "remove_old_folders", "source_digest", "user_cache_folder"]
