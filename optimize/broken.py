"""What the independent checkers report."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

_Rule = TypeVar("_Rule", bound=Enum)


@dataclass(frozen=True)
class Broken(Generic[_Rule]):
    """One rule that an answer breaks, and where; the value of the rule says it in words."""

    rule: _Rule
    where: str

    def __str__(self) -> str:
        return f"{self.where}: {self.rule.value}"


__all__ = ["Broken"]
