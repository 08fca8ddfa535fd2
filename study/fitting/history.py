"""A planner's sales history, read, checked and brought into one tidy form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow.compute as pc

from scenarios import Problem, ScenarioError
from study.fitting.cells import CellReader
from study.fitting.headers import assign_roles
from study.fitting.periods import Calendar, Frequency, looks_like_period, parse_periods
from study.fitting.reading import RawTable, read_table

AbsentRows = Literal["missing", "zero"]
ONLY_STORE = "all"
NAME_ROLES = ("store", "sku", "category")
STOCK_ROLES = frozenset({"stock", "closing_stock", "available_stock", "in_stock"})


@dataclass(frozen=True, eq=False)
class History:
    """Sales per store, SKU and period, sorted by series and then by period.

    `frame` has one row per observation: `series`, `store`, `sku`, `category` (codes into the tuples below),
    `period`, `units` (float), `price` (money per unit, NaN if unknown), `promotion` and `feature` (0..1),
    `censored` (bool: the shelf was empty for part of the period, so demand was at least `units`), `limit`
    (units that could have been sold, infinite where unknown).
    """

    frame: pd.DataFrame
    stores: tuple[str, ...]
    skus: tuple[str, ...]
    categories: tuple[str, ...]
    calendar: Calendar
    has_price: bool
    has_promotion: bool
    has_feature: bool
    has_stock: bool
    """Whether the file tells when the shelf was empty."""
    has_limit: bool
    """Whether it also tells how many units were there to sell."""
    source: str
    digest: str
    rows: int
    notes: tuple[str, ...]

    def of_category(self, category: int) -> History:
        """The part of the history that belongs to one category, by code."""
        return self.where((self.frame["category"] == category).to_numpy())

    def before(self, period: int) -> History:
        """The part of the history before a period."""
        return self.where((self.frame["period"] < period).to_numpy())

    def where(self, keep: npt.NDArray[np.bool_]) -> History:
        """The rows marked true; codes keep their meaning."""
        return replace(self, frame=self.frame[keep].reset_index(drop=True))

    def sample(self, rows: int, seed: int) -> History:
        """About `rows` rows: whole stores drawn at random, or whole SKUs where there is one store."""
        if len(self.frame) <= rows:
            return self
        part = "store" if self.frame["store"].nunique() > 1 else "sku"
        codes, counts = np.unique(self.frame[part].to_numpy(), return_counts=True)
        order = np.random.default_rng(seed).permutation(len(codes))
        enough = int(np.searchsorted(np.cumsum(counts[order]), rows)) + 1
        return self.where(np.isin(self.frame[part].to_numpy(), codes[order[:enough]]))


def read_history(
    path: Path,
    *,
    columns: Mapping[str, str] | None = None,
    frequency: Frequency | None = None,
    first_day: date | None = None,
    unit_size: float = 1.0,
    absent_rows: AbsentRows = "missing",
) -> History:
    """Read a sales history, long (one row per store, SKU and period) or wide (one column per period).

    Args:
        path: CSV (UTF-8) or xlsx, gzipped or not.
        columns: role -> header where names are not recognised; see `headers.ROLE_NAMES` for the roles.
        frequency: day, week or month, where it cannot be told from the dates.
        first_day: first day of period number 1, where the file numbers its periods.
        unit_size: what the file counts per unit sold, e.g. 64 when it counts ounces of a 64-ounce pack.
        absent_rows: whether a period without a row between a series' first and last row was not recorded
            (missing) or saw no sale (zero).

    Raises:
        ScenarioError: everything that is wrong with the file, by file:row:column.
    """
    table = read_table(path)
    roles = assign_roles(table, columns)
    period_columns = [i for i, name in enumerate(table.header) if looks_like_period(name)]
    wide = "units" not in roles and "date" not in roles and len(period_columns) > 1
    missing = [role for role in (("sku",) if wide else ("sku", "date", "units")) if role not in roles]
    if missing:
        raise ScenarioError(_missing_roles(table, missing))
    reader = CellReader(table)
    if wide:
        frame, calendar, notes = _read_wide(table, roles, period_columns, reader, frequency, first_day)
    else:
        frame, calendar, notes = _read_long(table, roles, reader, frequency, first_day)
    for role in NAME_ROLES:
        if role in roles:
            reader.names(roles[role])
    if reader.problems:
        raise ScenarioError(reader.problems)
    frame["units"] = frame["units"] / unit_size
    if unit_size != 1.0:
        notes.append(f"units are the file's figures divided by {unit_size:g}")
    codes, names = _identify(table, roles, frame, notes)
    frame = pd.DataFrame(
        codes | {name: frame[name] for name in frame if name != "row"} | {"row": frame["row"]}
    )
    frame["series"] = frame["store"] * len(names["sku"]) + frame["sku"]
    frame = frame.sort_values(["series", "period"], kind="stable").reset_index(drop=True)
    _refuse_duplicates(table, roles, frame)
    rows = len(frame)
    _mark_censored(frame, notes)
    frame = _settle_gaps(frame, absent_rows, notes)
    _settle_prices(frame, notes)
    for flag in ("promotion", "feature"):
        frame[flag] = frame[flag].fillna(0.0) if flag in frame else 0.0
    frame["series"] = pd.factorize(frame["series"])[0]
    kept = [
        "series",
        "store",
        "sku",
        "category",
        "period",
        "units",
        "price",
        "promotion",
        "feature",
        "censored",
        "limit",
    ]
    return History(
        frame=frame[kept],
        stores=names["store"],
        skus=names["sku"],
        categories=names["category"],
        calendar=calendar,
        has_price=_varies(frame, "price"),
        has_promotion=_varies(frame, "promotion"),
        has_feature=_varies(frame, "feature"),
        has_stock=not STOCK_ROLES.isdisjoint(frame.columns),
        has_limit=not (STOCK_ROLES - {"in_stock"}).isdisjoint(frame.columns),
        source=table.file,
        digest=table.digest,
        rows=rows,
        notes=tuple(notes),
    )


def _missing_roles(table: RawTable, roles: list[str]) -> list[Problem]:
    found = ", ".join(table.header[:12])
    return [
        table.problem(
            "E403",
            -1,
            -1,
            found,
            f"no column is recognised as {role}",
            f"rename it, or name it (columns: {role})",
        )
        for role in roles
    ]


def _read_long(
    table: RawTable,
    roles: Mapping[str, int],
    reader: CellReader,
    frequency: Frequency | None,
    first_day: date | None,
) -> tuple[pd.DataFrame, Calendar, list[str]]:
    encoded = table.columns[roles["date"]].combine_chunks().dictionary_encode()
    labels = encoded.dictionary.to_pylist()
    header = table.header[roles["date"]]
    parsed = parse_periods(labels, header=header, frequency=frequency, first_day=first_day)
    codes = encoded.indices.to_numpy()
    period = parsed.periods[codes]
    for row in np.flatnonzero(period < 0):
        rule, hint = "must be a date, an ISO week, a month or a number", "write dates as 2024-01-31"
        reader.add("E407", int(row), roles["date"], labels[codes[row]], rule, hint)
    data: dict[str, Any] = {"row": np.arange(len(table)), "period": period}
    data["units"] = reader.numbers(roles["units"], minimum=0.0)
    for role in ("stock", "closing_stock", "available_stock"):
        if role in roles:
            data[role] = reader.numbers(roles[role], blank=True)
    if "price" in roles:
        data["price"] = reader.numbers(roles["price"], above=0.0, blank=True)
    for role in ("promotion", "feature", "in_stock"):
        if role in roles:
            data[role] = reader.shares(roles[role], blank=np.nan if role == "in_stock" else 0.0)
    return pd.DataFrame(data), parsed.calendar, list(parsed.notes)


def _read_wide(
    table: RawTable,
    roles: Mapping[str, int],
    period_columns: list[int],
    reader: CellReader,
    frequency: Frequency | None,
    first_day: date | None,
) -> tuple[pd.DataFrame, Calendar, list[str]]:
    labels = [table.header[i] for i in period_columns]
    parsed = parse_periods(labels, frequency=frequency, first_day=first_day)
    seen: dict[int, str] = {}
    for column, label, period in zip(period_columns, labels, parsed.periods, strict=True):
        if period < 0:
            reader.add(
                "E407",
                -1,
                column,
                label,
                "must be a date like the other columns",
                "write dates as 2024-01-31",
            )
        elif int(period) in seen:
            reader.add(
                "E404", -1, column, label, f"same period as column `{seen[int(period)]}`", "remove one"
            )
        seen[int(period)] = label
    units = np.column_stack([reader.numbers(i, minimum=0.0, blank=True) for i in period_columns])
    rows, positions = np.nonzero(~np.isnan(units))
    notes = list(parsed.notes)
    notes.append("empty cells of the wide table were not recorded; zeros are periods without a sale")
    ignored = [role for role in ("price", "promotion", "feature", "stock") if role in roles]
    if ignored:
        notes.append(
            f"a wide table has one {' and one '.join(ignored)} per row: no effect can be told from it"
        )
    data = {"row": rows, "period": parsed.periods[positions], "units": units[rows, positions]}
    return pd.DataFrame(data), parsed.calendar, notes


def _identify(
    table: RawTable, roles: Mapping[str, int], frame: pd.DataFrame, notes: list[str]
) -> tuple[dict[str, npt.NDArray[np.int64]], dict[str, tuple[str, ...]]]:
    """Codes per observation and names per code of stores, SKUs and categories; codes follow sorted names."""
    codes: dict[str, npt.NDArray[np.int64]] = {}
    names: dict[str, tuple[str, ...]] = {}
    rows = frame["row"].to_numpy()
    for role in NAME_ROLES:
        if role not in roles:
            codes[role], names[role] = (
                np.zeros(len(rows), dtype=np.int64),
                (ONLY_STORE if role == "store" else "",),
            )
            if role == "store":
                notes.append(f"no store column: all sales belong to one store, `{ONLY_STORE}`")
            continue
        cells = table.columns[roles[role]].combine_chunks()
        order = pc.unique(cells).sort()
        names[role] = tuple(order.to_pylist())
        codes[role] = pc.index_in(cells, order).to_numpy().astype(np.int64)[rows]
    return codes, names


def _refuse_duplicates(table: RawTable, roles: Mapping[str, int], frame: pd.DataFrame) -> None:
    same = frame["series"].eq(frame["series"].shift()) & frame["period"].eq(frame["period"].shift())
    if not same.any():
        return
    problems = []
    for position in np.flatnonzero(same)[:20]:
        row, earlier = int(frame["row"].iloc[position]), int(frame["row"].iloc[position - 1])
        rule = f"same store, SKU and period as line {table.lines[earlier]}"
        cell = table.columns[roles["sku"]][row].as_py()
        problems.append(table.problem("E410", row, roles["sku"], cell, rule, "add them up, or remove one"))
    raise ScenarioError(problems)


def _mark_censored(frame: pd.DataFrame, notes: list[str]) -> None:
    """Mark the periods in which the shelf ran empty, from whatever the file says about stock."""
    units = frame["units"].to_numpy()
    censored = np.zeros(len(frame), dtype=bool)
    limit = np.full(len(frame), np.inf)
    if "stock" in frame:
        left_over = bool((units > frame["stock"].to_numpy()).any())
        frame["closing_stock" if left_over else "available_stock"] = frame["stock"]
        meaning = "left at the end of" if left_over else "available for"
        reason = "sales exceed it at times" if left_over else "sales never exceed it"
        notes.append(f"stock is read as the stock {meaning} the period ({reason})")
    if "available_stock" in frame:
        limit = np.fmin(limit, np.fmax(frame["available_stock"].to_numpy(), units))
    if "closing_stock" in frame:
        limit = np.fmin(limit, units + np.fmax(frame["closing_stock"].to_numpy(), 0.0))
    censored |= units >= limit
    if "in_stock" in frame:
        censored |= (frame["in_stock"] < 1.0).to_numpy()
    frame["censored"], frame["limit"] = censored, limit


def _settle_gaps(frame: pd.DataFrame, absent_rows: AbsentRows, notes: list[str]) -> pd.DataFrame:
    """Fill or merely count the periods without a row between a series' first and last row."""
    bounds = frame.groupby("series")["period"].agg(["min", "max", "size"])
    expected = int((bounds["max"] - bounds["min"] + 1).sum())
    absent = expected - len(frame)
    if absent == 0:
        return frame
    share = f"{absent / expected:.1%} of the periods between first and last row of a series have no row"
    if absent_rows == "missing":
        hint = (
            ""
            if (frame["units"] == 0).any()
            else "; if they mean that nothing was sold, say `--zero-when-absent` (absent_rows)"
        )
        notes.append(f"{share}: taken as not recorded{hint}")
        return frame
    spans = (bounds["max"] - bounds["min"] + 1).to_numpy()
    starts = np.repeat(bounds["min"].to_numpy() - np.concatenate([[0], np.cumsum(spans)[:-1]]), spans)
    grid = pd.DataFrame(
        {"series": np.repeat(bounds.index.to_numpy(), spans), "period": starts + np.arange(expected)}
    )
    filled = grid.merge(frame, on=["series", "period"], how="left")
    for name in ("store", "sku", "category"):
        filled[name] = filled.groupby("series")[name].transform("first").astype(np.int64)
    filled["units"] = filled["units"].fillna(0.0)
    filled["censored"] = filled["censored"].eq(True)
    filled["limit"] = filled["limit"].fillna(np.inf)
    notes.append(f"{share}: taken as periods without a sale")
    return filled


def _settle_prices(frame: pd.DataFrame, notes: list[str]) -> None:
    """Carry the last known price over blanks; a series without any price keeps NaN."""
    if "price" not in frame:
        frame["price"] = np.nan
        return
    blanks = int(frame["price"].isna().sum())
    if blanks:
        by_series = frame.groupby("series")["price"]
        frame["price"] = by_series.ffill().fillna(by_series.bfill())
        notes.append(f"{blanks} blank prices take the price of the period before")


def _varies(frame: pd.DataFrame, name: str) -> bool:
    """Whether a column moves within at least one series."""
    values = frame[name]
    step = values.ne(values.shift()) & frame["series"].eq(frame["series"].shift()) & values.notna()
    return bool(step.any())
