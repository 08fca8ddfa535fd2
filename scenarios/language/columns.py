"""Big tables as checked, read-only columns instead of one object per row."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final, Generic, Protocol, TypeVar, cast, get_args

import numpy as np
import numpy.typing as npt
from pydantic import GetCoreSchemaHandler, ValidationInfo
from pydantic_core import CoreSchema, core_schema

from scenarios.language.base import Model, assumed, given

Row = TypeVar("Row", bound=Model)
Column = npt.NDArray[Any]


class TableFile(Model):
    """Where the rows of a table are kept."""

    table: str = given(min_length=1)
    """CSV file or .xlsx workbook, relative to the file that names it."""
    sheet: str | None = assumed(None, "the first sheet")
    """Sheet of a workbook."""


class ReadsTables(Protocol):
    """What a table needs from the loader: rows as written in the YAML, checked and turned into columns."""

    def columns(self, row: type[Model], written: Any) -> Columns[Any]:
        """Returns the checked table; raises a pydantic custom error that carries what is wrong with it."""


class Columns(Generic[Row]):
    """The rows of one table, column by column.

    `Row` is a `Model` that documents the columns: name, type, bounds, unit, default. Text and dates are
    object arrays (`str`, `datetime.date`), numbers int64 / float64, flags bool. Arrays are read-only and
    share one length. Not a dataclass, because pydantic would take it apart field by field.
    """

    def __init__(
        self,
        row: type[Row],
        columns: Mapping[str, Column],
        source: str = "",
        line_numbers: Column | None = None,
    ) -> None:
        """See the class.

        Args:
            row: type that documents the columns.
            columns: name -> array, all of one length.
            source: file the rows came from, relative to the scenario's folder; empty when in the YAML.
            line_numbers: line of each row in its file, for messages; None when unknown.
        """
        self.row: Final = row
        self.columns: Final = columns
        self.source: Final = source
        self.line_numbers: Final = np.zeros(0, dtype=np.int64) if line_numbers is None else line_numbers

    def __getitem__(self, name: str) -> Column:
        """One column, read-only, in row order."""
        return self.columns[name]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()))) if self.columns else 0

    def digest(self) -> str:
        """A digest of the content alone: same rows, same digest, whatever file they came from."""
        state = hashlib.blake2b(digest_size=16)
        for name in sorted(self.columns):
            column = self.columns[name]
            state.update(name.encode())
            if column.dtype == object:
                state.update("\x1f".join(str(value) for value in column).encode())
            else:
                state.update(str(column.dtype).encode() + np.ascontiguousarray(column).tobytes())
        return state.hexdigest()

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        row = get_args(source)[0]

        def check(value: Any, info: ValidationInfo) -> Columns[Any]:
            if isinstance(value, Columns) and value.row is row:
                return value
            reader = cast("ReadsTables | None", (info.context or {}).get("tables"))
            if reader is None:
                raise ValueError("expected a table: `{table: file.csv}` or a list of rows")
            return reader.columns(row, value)

        written = core_schema.union_schema(
            [handler.generate_schema(TableFile), core_schema.list_schema(handler.generate_schema(row))]
        )
        return core_schema.with_info_plain_validator_function(
            check,
            json_schema_input_schema=written,
            serialization=core_schema.plain_serializer_function_ser_schema(lambda table: table.digest()),
        )
