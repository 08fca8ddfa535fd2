"""Requests: what a customer needs from after-sales service, and the seconds at which its stages were reached."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from struct import Struct
from typing import Final

NOT_YET: Final = -1
NOBODY: Final = -1


class Kind(IntEnum):
    """Column `kind` of requests."""

    REPAIR = 0
    REWORK = 1
    """A repair that failed again within the guarantee."""
    INSTALLATION = 2
    MAINTENANCE = 3
    STREAM = 4
    """A job of a stream, from outside the installed base."""


class Urgency(IntEnum):
    """Columns `urgency` and `judged_urgency`."""

    URGENT = 0
    IMPORTANT = 1
    GENERAL = 2


class Outcome(IntEnum):
    """Column `outcome` of requests."""

    OPEN = 0
    DONE = 1
    """By an own technician."""
    RESOLVED_REMOTELY = 2
    DECLINED = 3
    """The customer did not accept the quote."""
    GAVE_UP = 4
    """The customer never got through to an agent."""
    DONE_BY_PARTNER = 5


class Cause(IntEnum):
    """Column `cause` of visits and `first_cause` of requests: why a visit did not end the request."""

    NONE = 0
    ABSENT = 1
    """Nobody opened."""
    WRONG_SKILL = 2
    """The technician lacked the skill or level that the failure takes."""
    MISSING_PART = 3
    FAILED_REPAIR = 4
    """The repair did not hold."""
    DEFECTIVE_PART = 5
    """The part put in was itself defective."""
    DECLINED = 6
    """The customer declined the quote: nothing is left to do."""


class CallKind(IntEnum):
    """Column `kind` of calls."""

    REPORT = 0
    REDIAL = 1
    """A customer who gave up before."""
    STREAM = 2
    FOLLOW_UP = 3
    INFORM = 4
    """The customer is told that the visit will be late."""
    ADVICE = 5
    """About the use of a unit that was installed."""


class Echelon(IntEnum):
    """Where parts are: columns `echelon`, `from_echelon`, `to_echelon`; the place is an index within the echelon."""

    SUPPLIER = 0
    CENTRE = 1
    STATION = 2
    VAN = 3
    """The place is the technician."""
    CUSTOMER = 4
    SHOP = 5
    """Repair shop."""
    SCRAP = 6
    LOST = 7
    """Vanished without anybody noticing; or, as a source, turned up."""


class PartSource(IntEnum):
    """Column `part_source` of visits and `source` of part requests."""

    NONE = 0
    VAN = 1
    STATION = 2
    TRANSFER = 3
    COURIER = 4
    ORDER = 5
    """With the ordinary deliveries."""


class MoveReason(IntEnum):
    """Column `reason` of part moves."""

    PURCHASE = 0
    REPLENISHMENT = 1
    USE = 2
    TRANSFER = 3
    COURIER = 4
    RETURN = 5
    """A defective unit that was taken out."""
    REPAIR = 6
    """From the repair shop."""
    SCRAP = 7
    LOSS = 8
    SET_ASIDE = 9
    """From a station's stock to the van that takes it to the job."""


class WorkforceEvent(IntEnum):
    """Column `event` of workforce events."""

    NOTICE = 0
    """The value is the number of days until he is gone."""
    LEFT = 1
    HIRED = 2
    """The value is which one it is in this position, 2 for the first to follow."""
    ILL = 3
    """The value is the number of days."""
    TRAINED = 4
    """The value is the skill, -1 for none in particular."""
    LEVEL_GAINED = 5
    """The value is the skill."""


# Members of an enumeration are looked up slowly; where all is decided request by request, they are plain numbers.
_IMPORTANT: Final = int(Urgency.IMPORTANT)
_OPEN: Final = int(Outcome.OPEN)
_NO_CAUSE: Final = int(Cause.NONE)


KNOWN_WHOLE: Final = (
    "product", "region", "cell", "segment", "sla", "station", "stream", "urgency", "mode", "is_warranty", "is_contract",
    "is_goodwill", "skill", "level", "people", "part", "diagnosis_seconds", "work_seconds", "station_metres",
)  # fmt: skip
"""Whole numbers that are known of a request from the start; skill to part are what it truly takes."""
NO_WHOLE: Final = (
    NOBODY, NOBODY, NOBODY, NOBODY, NOBODY, NOBODY, NOBODY, _IMPORTANT, NOBODY, 1, 0, 0, NOBODY, 1, 1, NOBODY, 0, 0, 0,
)  # fmt: skip
"""The same where nothing is known."""
KNOWN_REAL: Final = ("latitude", "longitude", "remote_share")
NO_REAL: Final = (0.0, 0.0, 0.0)
_PACK: Final = Struct("48q").pack


class Request:
    """One request. Indices point into `ServiceFacts`; what is judged is what triage believes until diagnosis."""

    __slots__ = (
        "answered_second", "base_cell", "channel", "closed_second", "completed_second",
        "completion_due_second", "diagnosed_second", "diagnosis_seconds", "driving_seconds", "exceptions",
        "first_arrived_second", "first_cause", "first_departed_second", "follow_up_seconds", "followed_up_second",
        "informed", "is_contract", "is_down", "is_goodwill", "is_redispatched", "is_visit_due", "is_warranty",
        "judged_mode", "judged_urgency",
        "key", "kind", "last_level", "latitude", "level", "longitude", "manner_ppm", "mode", "number",
        "origin", "outcome", "paid_minor", "part", "part_asked_second", "part_ready_second", "partner",
        "people", "product", "promised_from_second", "promised_until_second", "quote_minor", "region",
        "remote_share", "reported_second", "response_due_second", "segment", "settled_second", "skill", "sla",
        "station", "station_metres", "stream", "taken_second", "technician", "tries", "true_level",
        "true_part", "true_people", "true_skill", "urgency", "visits", "work_done_seconds", "work_seconds",
    )  # fmt: skip

    def __init__(
        self,
        number: int,
        kind: int,
        key: int,
        reported_second: int,
        whole: Sequence[int] = NO_WHOLE,
        real: Sequence[float] = NO_REAL,
    ) -> None:
        """Make a request; triage believes the truth until it errs.

        Args:
            number: counted from 0.
            kind: a `Kind`.
            key: 64-bit key of all its draws.
            reported_second: when the customer first turns to us; of installations, the sale.
            whole: what is known, see `KNOWN_WHOLE`; `cell` is that of the installed base which the unit belongs to,
                `station_metres` the road from the station, -1 where none is open, times are those of a technician of
                average speed.
            real: what is known, see `KNOWN_REAL`; `remote_share` is the probability that the true failure could be
                resolved from afar.
        """
        self.number, self.kind, self.key, self.reported_second = number, kind, key, reported_second
        (
            self.product, self.region, self.base_cell, self.segment, self.sla, self.station, self.stream, urgency, mode,
            self.is_warranty, self.is_contract, self.is_goodwill, skill, level, people, part, self.diagnosis_seconds,
            self.work_seconds, self.station_metres,
        ) = whole  # fmt: skip
        self.latitude, self.longitude, self.remote_share = real
        self.urgency = self.judged_urgency = urgency
        self.mode = self.judged_mode = mode
        self.skill = self.true_skill = skill
        self.level = self.true_level = level
        self.people = self.true_people = people
        self.part = self.true_part = part
        """The first of each as judged; the part is -1 when none is thought to be needed."""
        self.origin = self.channel = self.technician = self.partner = NOBODY
        self.answered_second = self.taken_second = self.promised_from_second = self.promised_until_second = (
            NOT_YET
        )
        self.first_departed_second = self.first_arrived_second = self.diagnosed_second = NOT_YET
        self.part_asked_second = self.part_ready_second = self.completed_second = NOT_YET
        self.settled_second = self.followed_up_second = self.closed_second = NOT_YET
        self.response_due_second = self.completion_due_second = NOT_YET
        self.outcome, self.visits, self.first_cause = _OPEN, 0, _NO_CAUSE
        self.tries, self.informed, self.exceptions = 0, 0, 0
        self.quote_minor = self.paid_minor = self.manner_ppm = 0
        self.is_redispatched = self.is_down = self.is_visit_due = False
        """Given to whoever is free; its unit does not work; the installed base counts the visit when it is made."""
        self.follow_up_seconds = NOT_YET
        """Work of the call after the repair; -1 where none is meant."""
        self.last_level = 0
        """Level of the technician who did the last visit."""
        self.driving_seconds = self.work_done_seconds = 0

    def packed(self) -> bytes:
        """The request as a row of the table `requests`, see `Recorder.packed_writer`."""
        return _PACK(
            self.number, self.kind, self.product, self.region, self.segment, self.sla, self.station, self.origin,
            self.stream, self.channel, self.urgency, self.judged_urgency, self.mode, self.judged_mode,
            self.is_warranty, self.is_contract, self.is_goodwill, self.reported_second, self.answered_second,
            self.taken_second, self.promised_from_second, self.promised_until_second, self.first_departed_second,
            self.first_arrived_second, self.diagnosed_second, self.part_asked_second, self.part_ready_second,
            self.completed_second, self.settled_second, self.followed_up_second, self.closed_second,
            self.response_due_second, self.completion_due_second, self.outcome, self.visits, self.first_cause,
            self.technician, self.last_level, self.partner, self.tries, self.informed, self.exceptions,
            self.quote_minor, self.paid_minor, self.manner_ppm, self.driving_seconds, self.work_done_seconds,
            self.station_metres,
        )  # fmt: skip
