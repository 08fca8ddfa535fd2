"""What the rooms of after-sales service ask of each other."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, Protocol

import numpy.typing as npt

from sim.aftersales.requests import Request


class Reports(Protocol):
    """What is known beforehand of requests that will be reported, by column."""

    def __getitem__(self, column: str, /) -> npt.NDArray[Any]:
        """(n,) `key`, `segment`, `mode`, `urgency` or `remote_share`."""


class Base(ABC):
    """The installed base."""

    @abstractmethod
    def open(self) -> None:
        """Start the first day."""

    @abstractmethod
    def back_in_use(self, request: Request) -> None:
        """The unit behind a repair works again."""

    @abstractmethod
    def visited(self, request: Request) -> None:
        """A unit has had its preventive visit, or has been installed."""

    @abstractmethod
    def relapse(self, request: Request, second: int) -> None:
        """A repair will fail again at a second: open a rework then and have it reported."""

    @abstractmethod
    def close(self) -> None:
        """The run is over."""


class Contact(ABC):
    """The contact centre."""

    @abstractmethod
    def open(self) -> None:
        """Start the first day."""

    @abstractmethod
    def expect(self, reports: Reports) -> None:
        """Requests may be reported until this is called again: judge all of them at once."""

    @abstractmethod
    def report(self, request: Request) -> None:
        """A customer reports now; in the end the field gets the request, or it is closed."""

    @abstractmethod
    def advise(self, request: Request, second: int) -> None:
        """The customer of an installation will call for advice at a second."""

    @abstractmethod
    def inform(self, request: Request) -> None:
        """Tell a customer that the visit will be late, if that is done here."""

    @abstractmethod
    def follow_up(self, request: Request) -> None:
        """A request is done: call the customer if that is done here, then have its row written."""

    @abstractmethod
    def close(self) -> None:
        """The run is over."""


class Field(ABC):
    """Dispatch, technicians and their visits."""

    @abstractmethod
    def open(self) -> None:
        """Start the first day."""

    @abstractmethod
    def admit(self, request: Request) -> None:
        """A request needs a visit: promise one, or hand it to a partner, and see that it is done."""

    @abstractmethod
    def part_ready(self, request: Request) -> None:
        """The part that a request waited for has been set aside at its station."""

    @abstractmethod
    def available(self, technician: int, is_employed: bool) -> None:
        """Somebody has left, or somebody has come, between two shifts."""

    @abstractmethod
    def close(self) -> None:
        """The run is over."""


class Parts(ABC):
    """Spare parts in vans, stations and centres."""

    @abstractmethod
    def open(self) -> None:
        """Start the first day."""

    @abstractmethod
    def take_from_van(self, technician: int, part: int, request: Request) -> bool:
        """Whether the part was in the van; then it is put in, and out of stock."""

    @abstractmethod
    def is_defective(self, request: Request) -> bool:
        """Whether the unit that was put in for this request is defective."""

    @abstractmethod
    def ask(self, request: Request, part: int) -> None:
        """Get a part for a request to its station; `Field.part_ready` is called when it is there."""

    @abstractmethod
    def take_set_aside(self, technician: int, request: Request) -> int:
        """Put in the part that was set aside for a request; returns its `PartSource`."""

    @abstractmethod
    def take_back(self, request: Request, part: int) -> None:
        """The old unit was taken out: send it to the repair shop, or throw it away."""

    @abstractmethod
    def close(self) -> None:
        """The run is over."""


@dataclass(frozen=True)
class Duty:
    """Working time of a technician on one day, in absolute seconds."""

    starts_second: int
    ends_second: int
    break_seconds: int


class Workforce(ABC):
    """The people: who is there, how well they work, how they feel."""

    @abstractmethod
    def open(self) -> None:
        """Start the first day."""

    @abstractmethod
    def duty(self, technician: int, day: int) -> Duty | None:
        """Working time on a day; None for a day off, in training, ill, not hired yet or gone."""

    @abstractmethod
    def planned_duty(self, technician: int, day: int) -> Duty | None:
        """What is known of it beforehand: the shift, without illness that nobody foresees."""

    @abstractmethod
    def levels(self, technician: int) -> list[int]:
        """(skills,) level of each skill, 0 where it is missing."""

    @abstractmethod
    def minutes_factor(self, technician: int, skill: int) -> float:
        """Time for work of a skill (-1: none in particular) over the average."""

    @abstractmethod
    def success_share(self, technician: int, skill: int) -> float:
        """Probability that a repair holds when the technician leaves."""

    @abstractmethod
    def relapse_factor(self, technician: int, skill: int) -> float:
        """Over the share of repairs of the best that fail again."""

    @abstractmethod
    def manner_ppm(self, technician: int) -> int:
        """How customers are treated, in millionths of the best."""

    @abstractmethod
    def done(self, technician: int, skill: int, request: Request, *, is_fixed: bool) -> None:
        """A visit is over: experience and scores follow."""

    @abstractmethod
    def fails_again(self, technician: int, second: int) -> None:
        """A repair of his turns out bad at a second, now or later."""

    @abstractmethod
    def day_over(self, technician: int, day: int, row: list[int]) -> None:
        """A working day is over, and its row is about to be written.

        Args:
            technician: who worked.
            day: on which the shift began.
            row: that of the table `technician_days`; morale and experience are filled in. Rows of days of illness and
                training are written by the workforce.
        """

    @abstractmethod
    def close(self) -> None:
        """The run is over."""


class Quality(ABC):
    """Post-repair inspection and relapses."""

    @abstractmethod
    def repaired(self, request: Request, relapse_share: float) -> None:
        """A repair is done: it may be inspected, and may fail again within the guarantee."""


class Partners(ABC):
    """Service agents outside the company."""

    @abstractmethod
    def open(self) -> None:
        """Start the first day."""

    @abstractmethod
    def takes(self, request: Request, offered_second: int) -> bool:
        """Whether a partner takes a request for which own technicians offer a visit at a second (-1: never)."""

    @abstractmethod
    def close(self) -> None:
        """The run is over."""


@dataclass(eq=False)
class Rooms:
    """All rooms of a run; each is given this when all have been made."""

    base: Base
    contact: Contact
    field: Field
    parts: Parts
    workforce: Workforce
    quality: Quality
    partners: Partners
