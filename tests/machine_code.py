"""Looks into the machine code of kernels, for what no result would show."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numba

_FUSED = re.compile(r"\bvfn?m(?:add|sub|addsub|subadd)\w*|\bfn?m(?:add|sub|la|ls)\b")
_LIBRARY = re.compile(
    r"(?<![\w.])(?:_?_?(?:exp|log|pow|sin|cos|fma|sincos)(?:2|10|1p|m1)?f?|__svml_\w+|_ZGV\w+)\b"
)


def assembly(kernel: Callable[..., Any], *arguments: Any, **options: Any) -> str:
    """Assembly of a kernel compiled afresh for arguments of these types, callees included."""
    function = getattr(kernel, "py_func", kernel)
    settings = {"cache": False, "error_model": "numpy", "nogil": True, **options}
    compiled = numba.njit(**settings)(function)
    compiled.compile(tuple(numba.typeof(argument) for argument in arguments))
    (code,) = compiled.inspect_asm().values()
    return str(code)


def fused_operations(code: str) -> list[str]:
    """Multiply-add instructions, which round once where IEEE `*` and `+` round twice."""
    return _FUSED.findall(code)


def library_calls(code: str) -> list[str]:
    """Elementary functions taken from the C library or a vector library."""
    return _LIBRARY.findall(code)
