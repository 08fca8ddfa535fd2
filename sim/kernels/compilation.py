"""How the kernels are compiled, and where the machine code is kept between runs; see `optimize.MachineCode`."""

import contextlib
import multiprocessing
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import numba
import numpy as np

from optimize import MachineCode
from sim.kernels.processes import may_fork

_Function = TypeVar("_Function", bound=Callable[..., Any])

_MODULES_OF_CONSTANTS = ("records.py",)
"""Modules of ``sim`` outside this folder whose constants stand in the machine code."""

_MARKER = "compiled"


def kernel_sources() -> list[Path]:
    """Return every source file from which code or constants are compiled."""
    folder = Path(__file__).parent
    return [*sorted(folder.glob("*.py")), *(folder.parent / name for name in _MODULES_OF_CONSTANTS)]


_CODE = MachineCode("kernels-", kernel_sources())
CACHE_FOLDER = _CODE.folder


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
    return _CODE.compiled(function, _nrt=False)


def allocating_kernel(function: _Function) -> _Function:
    """Like `kernel`, for a function that makes arrays.

    Its references to every array are counted, with locked instructions, at each call and for each array of a tuple
    that it is given: ten times the cost of the call itself. Kernels that make none need not count.
    """
    return _CODE.compiled(function, _nrt=True)


def inline_kernel(function: _Function) -> _Function:
    """Like `kernel`, and copied into each calling kernel, so that the caller's loop can be vectorised.

    LLVM does not by itself inline a body as long as Philox across compiled functions, and a loop with a call
    in it is never vectorised.
    """
    return _CODE.compiled(function, inline="always", _nrt=False)


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
