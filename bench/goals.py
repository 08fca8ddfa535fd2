"""Figures against the goals set for them: the printed table, and their history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

HISTORY = Path(__file__).with_name("GOALS.md")

_HEADER = """# Speed goals, met or not

Seconds depend on the machine and the day; a goal is judged on a machine that does nothing else.
A commit marked `+` had uncommitted changes.

| date | commit | python | what | figure | goal | met | beside it |
|---|---|---|---|--:|--:|---|---|
"""


@dataclass(frozen=True)
class Judged:
    """One figure and its goal."""

    what: str
    figure: float
    goal: float
    unit: str
    at_least: bool = False
    """Whether more is better; else less is."""
    beside: str = ""
    """What else was found, without a goal."""

    @property
    def met(self) -> bool:
        """Whether the figure is as good as wanted."""
        return self.figure >= self.goal if self.at_least else self.figure <= self.goal

    @property
    def cells(self) -> tuple[str, str, str, str, str]:
        """What, figure, goal, verdict and what is beside it, as text."""
        sign = "≥" if self.at_least else "≤"
        return (
            self.what,
            f"{self.figure:.3g} {self.unit}",
            f"{sign} {self.goal:g} {self.unit}",
            "yes" if self.met else "no",
            self.beside,
        )


def goal_table(judged: Sequence[Judged]) -> str:
    """Lay figures out as text, one line each.

    Args:
        judged: At least one.
    """
    rows = [("what", "figure", "goal", "met", "beside it"), *(item.cells for item in judged)]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    return "\n".join(
        f"{what:<{widths[0]}}  {figure:>{widths[1]}}  {goal:>{widths[2]}}  {met:<3}  {beside}".rstrip()
        for what, figure, goal, met, beside in rows
    )


def append_goals(judged: Sequence[Judged], stamp: str, path: Path = HISTORY) -> None:
    """Append one row per figure to the history.

    Args:
        judged: Figures of one run.
        stamp: Date, commit and Python version of the run, as cells of a table.
        path: The Markdown file; created with its heading when absent.
    """
    rows = [f"| {stamp} | {' | '.join(item.cells)} |\n" for item in judged]
    is_new = not path.exists()
    with path.open("a", encoding="utf-8") as history:
        history.write((_HEADER if is_new else "") + "".join(rows))
