"""What can be wrong with a scenario: numbered rules, problems with places, and the error that lists them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

CODES: dict[str, str] = {
    "E101": "a file cannot be read",
    "E102": "a file is not UTF-8 text",
    "E103": "a tab indents a line of YAML",
    "E104": "the YAML cannot be understood",
    "E105": "marks of an unfinished merge stand in the file",
    "E106": "a key is given twice in one block",
    "E107": "a file holds more than one YAML document",
    "E108": "a file is empty or its top level is not a block of keys",
    "E109": "a file is too big, too deep, or repeats anchors too often",
    "E110": "a tag, merge key or kind of key that the language does not have",
    "E111": "a number is infinite or not a number",
    "E201": "the format version is missing or unknown",
    "E202": "`extends` leads back to the same file",
    "E203": "a path leaves the scenario's folder",
    "E204": "an override that is applied does not exist, or two have one name",
    "E205": "two applied overrides or settings set the same key",
    "E206": "the path of an override or setting leads nowhere",
    "E207": "`extends`, `overrides`, `apply` or a setting is not written as it should be",
    "E301": "a key is unknown",
    "E302": "a key is missing",
    "E303": "a value has the wrong type",
    "E304": "a number or date lies outside its bounds",
    "E305": "a value is none of the allowed ones",
    "E306": "a block's `kind` is missing or unknown",
    "E307": "a text or list is too short, too long or does not match its pattern",
    "E308": "values of one block contradict each other",
    "E401": "a table cannot be read",
    "E402": "a column is unknown",
    "E403": "a column is missing",
    "E404": "a column is given twice",
    "E405": "a row has too many or too few cells",
    "E406": "a cell is blank that must not be",
    "E407": "a cell has the wrong type",
    "E408": "a number or date in a cell lies outside its bounds",
    "E409": "a cell holds none of the allowed values",
    "E410": "two rows have the same identifier",
    "E501": "an identifier refers to nothing",
    "E502": "an identifier is given twice",
    "E503": "shares, weights or factors contradict each other",
    "E504": "a time window is impossible",
    "E505": "a date lies outside the horizon",
    "E506": "demand for something no store stocks",
    "E507": "some store and SKU is matched by no rule",
    "E508": "levels of a replenishment rule are impossible",
    "E509": "promotions of one SKU overlap",
    "E510": "effects of a promotion take away more than it brings",
    "E511": "one of two exclusive or required blocks is missing or doubled",
    "E512": "nothing is left: no stores, SKUs, days or demand",
    "E513": "opening conditions are impossible",
    "E514": "a category belongs to two merchandise classes",
    "E515": "a plan was made for other facts",
    "E516": "something is to be decided or optimised that the scenario does not have",
    "W601": "a value is possible but unusual",
    "W602": "a rule or block has no effect",
    "W603": "a price or cost is suspicious",
    "W604": "a date of a table never takes effect",
}
"""Every code a message can bear, and its meaning. Codes are stable: they are never reused."""


class Severity(StrEnum):
    """Whether a problem stops the scenario or only deserves a look."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a scenario, and where."""

    code: str
    """Key of `CODES`; E stops the scenario, W does not."""
    file: str
    """File relative to the scenario's folder, or the command-line setting."""
    line: int = 0
    """Line, or row of a table, from 1; 0 when the problem has none."""
    column: int = 0
    """Column of the text, or of the table, from 1; 0 when the problem has none."""
    path: str = ""
    """Path in the scenario, e.g. "policy.replenishment[0].mode"; of a table, with its column."""
    value: str = ""
    """The offending value, shortened."""
    rule: str = ""
    """What was expected."""
    hint: str = ""
    """What to do about it."""

    def __post_init__(self) -> None:
        if self.code not in CODES:
            raise KeyError(f"unregistered problem code {self.code}")

    @property
    def severity(self) -> Severity:
        """Error or warning, told by the code's first letter."""
        return Severity.WARNING if self.code.startswith("W") else Severity.ERROR

    @property
    def place(self) -> str:
        """`file:line:column`, as far as known."""
        return ":".join([self.file, *(str(number) for number in (self.line, self.column) if number)])

    def __str__(self) -> str:
        says = ": ".join(part for part in (self.path, self.value, self.rule) if part)
        text = f"{self.place}: {self.code} {says}" + (f" ({self.hint})" if self.hint else "")
        return "\\n".join(text.splitlines())  # values may hold line breaks, a message is one line

    def sort_key(self) -> tuple[str, int, int, str, str]:
        """Orders problems as a reader meets them in the files."""
        return self.file, self.line, self.column, self.code, self.path


class ScenarioError(Exception):
    """A scenario that cannot be used, with everything that is wrong with it.

    Attributes:
        problems: errors and warnings, sorted by place.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(sorted(set(problems), key=Problem.sort_key))
        super().__init__(self.summary())

    def __reduce__(self) -> tuple[type[ScenarioError], tuple[tuple[Problem, ...]]]:
        return ScenarioError, (self.problems,)

    def summary(self) -> str:
        """All problems, one a line, with a count."""
        return summarise(self.problems)


def summarise(problems: Iterable[Problem]) -> str:
    """One line per problem and a last line that counts errors and warnings."""
    listed = list(problems)
    errors = sum(problem.severity is Severity.ERROR for problem in listed)
    counts = [(errors, "error"), (len(listed) - errors, "warning")]
    total = ", ".join(f"{count} {noun}{'s' * (count > 1)}" for count, noun in counts if count)
    return "\n".join([*map(str, listed), total or "no problems"])


def show(value: Any, limit: int = 60) -> str:
    """A value as it should appear in a message: text in quotes, long values cut."""
    text = f'"{value}"' if isinstance(value, str) else "null" if value is None else str(value)
    if isinstance(value, bool):
        text = text.lower()
    return text if len(text) <= limit else f"{text[: limit - 3]}..."


def did_you_mean(word: str, allowed: Iterable[str]) -> str:
    """A hint that names the allowed words nearest to `word`, or all of them when they are few."""
    words = sorted({str(candidate) for candidate in allowed})
    folded = {_folded(candidate): candidate for candidate in words}
    near = difflib.get_close_matches(_folded(word), folded, n=2, cutoff=0.6)
    near = near or [candidate for candidate in folded if _begins(_folded(word), candidate)][:2]
    if near:
        return "did you mean " + " or ".join(f"`{folded[match]}`" for match in near) + "?"
    if 0 < len(words) <= 12:
        return "allowed: " + ", ".join(f"`{candidate}`" for candidate in words)
    return ""


def _folded(word: str) -> str:
    """A word without the differences that people do not see."""
    return word.casefold().replace("-", "_").replace(" ", "_")


def _begins(word: str, candidate: str) -> bool:
    """Whether one of the two is the beginning of the other."""
    return bool(word) and (candidate.startswith(word) or word.startswith(candidate))
