"""What is wrong with a table, before it is known where in the scenario the table stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pydantic_core import PydanticCustomError

from scenarios.language.nodes import Location

MAX_FAULTS = 20
"""Problems told per table; the others are counted."""

ERROR_TYPE = "table"
"""Type of the pydantic error that carries faults."""


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a table: in its file, or in what the YAML says about it."""

    code: str
    rule: str
    value: str = ""
    hint: str = ""
    file: str = ""
    """Table file; empty when the YAML itself is at fault."""
    line: int = 0
    column: int = 0
    name: str = ""
    """Name of the column."""
    at: Location = ()
    """Where below the table's key in the YAML, when the YAML is at fault."""


def table_error(faults: Sequence[Fault]) -> PydanticCustomError:
    """The validation error that hands faults to the loader, at most `MAX_FAULTS` and a count of the rest."""
    told = list(faults[:MAX_FAULTS])
    if len(faults) > MAX_FAULTS:
        rest = len(faults) - MAX_FAULTS
        told.append(
            replace(faults[MAX_FAULTS], value="", rule=f"and {rest:,} more problems in this table", hint="")
        )
    return PydanticCustomError(ERROR_TYPE, "the table has problems", {"faults": told})
