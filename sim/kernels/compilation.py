"""How the kernels are compiled, and where the machine code is kept between runs.

Numba keeps compiled functions on disk but stamps each one with its own source file only: when a callee in
another file changes, the caller's stale code is used. The cache folder is therefore named after a hash of all
kernel sources and of the versions of numba and Python; any edit opens a new folder. ``NUMBA_CACHE_DIR``, when
set, is the place of that folder.
"""

import contextlib
import hashlib
import multiprocessing
import os
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import numba
import numpy as np

from sim.kernels.processes import may_fork

_Function = TypeVar("_Function", bound=Callable[..., Any])

_MODULES_OF_CONSTANTS = ("records.py",)
"""Modules of ``sim`` outside this folder whose constants stand in the machine code."""

_FOLDER_PREFIX = "kernels-"
_MARKER = "compiled"
_KEPT_DAYS = 30
_SECONDS_PER_DAY = 86_400


def kernel_sources() -> list[Path]:
    """Return every source file from which code or constants are compiled."""
    folder = Path(__file__).parent
    return [*sorted(folder.glob("*.py")), *(folder.parent / name for name in _MODULES_OF_CONSTANTS)]


def source_digest(sources: Iterable[Path]) -> str:
    """Hash source files together with the versions that decide the machine code.

    Args:
        sources: Files to read, in a fixed order.

    Returns:
        16 hexadecimal digits; different for any edited, added, renamed or removed file.
    """
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


def cache_folder(digest: str) -> Path:
    """Create, and return, a private writable folder for the machine code of one set of sources.

    The user's cache folder comes first, then the user's own folder in the system's temporary folder, then a
    new temporary folder. One that somebody else could write is refused: machine code is loaded from it.

    Args:
        digest: Names the folder, see `source_digest`.
    """
    for parent in _parent_folders():
        folder = parent / f"{_FOLDER_PREFIX}{digest}"
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


def remove_old_folders(current: Path, older_than_days: float = _KEPT_DAYS) -> None:
    """Remove the folders of other sources beside ``current`` that were not used for ``older_than_days``."""
    oldest = time.time() - older_than_days * _SECONDS_PER_DAY
    for folder in current.parent.glob(f"{_FOLDER_PREFIX}*"):
        try:
            if folder != current and folder.stat().st_mtime < oldest:
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:  # another process removed it first
            continue


def _chosen_folder() -> Path:
    given = os.environ.get("NUMBA_CACHE_DIR")
    digest = source_digest(kernel_sources())
    if given:
        return Path(given) / f"dualedge-{_FOLDER_PREFIX}{digest}"
    folder = cache_folder(digest)
    remove_old_folders(folder)
    return folder


CACHE_FOLDER = _chosen_folder()


def is_compiled() -> bool:
    """Tell whether a run has gone through the kernels of these sources: nothing is left to compile."""
    return (CACHE_FOLDER / _MARKER).exists()


def mark_compiled() -> None:
    """Note that a whole run has gone through the kernels. A folder that cannot be written is no error."""
    try:
        CACHE_FOLDER.mkdir(parents=True, exist_ok=True)
        (CACHE_FOLDER / _MARKER).touch()
    except OSError:
        return


@contextlib.contextmanager
def compiling_beside(action: Callable[[], object]) -> Iterator[None]:
    """Until kernels are compiled, let a copy of this process do `action`, for the machine code it leaves on disk.

    Nothing else of it is kept. Where a copy cannot work, or there is one processor, nothing is done.
    """
    if is_compiled() or not may_fork() or os.cpu_count() == 1:
        yield
        return
    other = multiprocessing.get_context("fork").Process(target=action, daemon=True)
    other.start()
    try:
        yield
    finally:
        other.join()


def kernel(function: _Function) -> _Function:
    """Compile a function at its first call, without Python objects, and keep the machine code on disk.

    Floating point stays strict IEEE (no fast-math, no contraction), nothing runs in parallel, and the global
    interpreter lock is released. A kernel makes no arrays of its own, see `allocating_kernel`.
    """
    return _compiled(function, _nrt=False)


def allocating_kernel(function: _Function) -> _Function:
    """Like `kernel`, for a function that makes arrays.

    Its references to every array are counted, with locked instructions, at each call and for each array of a tuple
    that it is given: ten times the cost of the call itself. Kernels that make none need not count.
    """
    return _compiled(function, _nrt=True)


def inline_kernel(function: _Function) -> _Function:
    """Like `kernel`, and copied into each calling kernel, so that the caller's loop can be vectorised.

    LLVM does not by itself inline a body as long as Philox across compiled functions, and a loop with a call
    in it is never vectorised.
    """
    return _compiled(function, inline="always", _nrt=False)


def _compiled(function: _Function, **options: Any) -> _Function:
    settings: Any = numba.config
    compile_lazily: Any = numba.njit
    # Numba reads the folder when a function is decorated; other users of numba get theirs back.
    kept = settings.CACHE_DIR
    settings.CACHE_DIR = str(CACHE_FOLDER)
    try:
        # The numpy error model divides without raising: a loop that may raise is never vectorised.
        compiled: _Function = compile_lazily(cache=True, error_model="numpy", nogil=True, **options)(function)
    finally:
        settings.CACHE_DIR = kept
    return compiled


def bound(function: Callable[..., Any], *arguments: Any) -> Callable[..., Any]:
    """Return a kernel compiled for arguments of these types, which no longer looks at the types of what it is given.

    For calls made every simulated day with dozens of arrays: finding out their types takes longer than handing them
    over. Later arguments must be of the same types, read-only or not included.

    Args:
        function: a kernel.
        arguments: examples of its arguments.
    """
    key = (function, _kind(arguments))
    if key not in _entries:
        type_of: Any = numba.typeof
        dispatcher: Any = function
        types = tuple(type_of(argument) for argument in arguments)
        dispatcher.compile(types)
        _entries[key] = dispatcher.overloads[types].entry_point
    return _entries[key]


_entries: dict[tuple[Any, ...], Callable[..., Any]] = {}


def _kind(argument: Any) -> Any:
    """What arguments of one compiled type have in common; found out faster than the type."""
    if isinstance(argument, np.ndarray):
        flags = argument.flags
        return (
            argument.dtype,
            argument.ndim,
            flags.c_contiguous,
            flags.f_contiguous,
            flags.writeable,
            flags.aligned,
        )
    if isinstance(argument, tuple):
        return type(argument), *map(_kind, argument)
    return type(argument)
