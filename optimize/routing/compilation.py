"""How the steps of route building are compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba

_Function = TypeVar("_Function", bound=Callable[..., Any])


def compiled(function: _Function) -> _Function:
    """Compile a function that makes no arrays: their references are not counted, which takes longer than a trip."""
    compile_lazily: Any = numba.njit
    made: _Function = compile_lazily(cache=True, error_model="numpy", nogil=True, _nrt=False)(function)
    return made
