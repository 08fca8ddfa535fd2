"""How the numeric steps of solvers are compiled.

Machine code is kept beside the source and stamped with that one file, so a compiled function may call only compiled
functions of its own module: a changed callee elsewhere would not be noticed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba

_Function = TypeVar("_Function", bound=Callable[..., Any])


def compiled(function: _Function) -> _Function:
    """Compile a function that makes no arrays: their references are not counted, which takes longer than a trip."""
    return _compiled(function, _nrt=False)


def compiled_with_arrays(function: _Function) -> _Function:
    """Compile a function that makes arrays of its own."""
    return _compiled(function)


def _compiled(function: _Function, **options: Any) -> _Function:
    compile_lazily: Any = numba.njit
    made: _Function = compile_lazily(cache=True, error_model="numpy", nogil=True, **options)(function)
    return made
