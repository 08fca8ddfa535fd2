"""How the numeric steps of solvers are compiled."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from optimize.machine_code import MachineCode

_Function = TypeVar("_Function", bound=Callable[..., Any])


def solver_sources() -> list[Path]:
    """Every source file of the package: compiled steps call one another and share tuples across files."""
    return sorted(Path(__file__).parent.rglob("*.py"))


_CODE = MachineCode("solvers-", solver_sources())


def compiled(function: _Function) -> _Function:
    """Compile a function that makes no arrays: their references are not counted, which takes longer than a trip."""
    return _CODE.compiled(function, _nrt=False)


def inlined(function: _Function) -> _Function:
    """Compile a function into each of its callers: to pass tuples of many arrays takes longer than a short function."""
    return _CODE.compiled(function, _nrt=False, inline="always")


def compiled_with_arrays(function: _Function) -> _Function:
    """Compile a function that makes arrays of its own."""
    return _CODE.compiled(function)


def compiled_inside(function: _Function) -> _Function:
    """Compile a function like `compiled` that Python cannot call, which takes half the time."""
    return _CODE.compiled(function, _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)


def compiled_in_place(function: _Function) -> _Function:
    """Compile a short function into whoever calls it: passing many arrays costs more than what it does."""
    return _CODE.compiled(function, _nrt=False, inline="always")
