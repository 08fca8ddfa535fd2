"""Facts of the contact centre: how customers get in touch, how patient they are, what can be told from afar."""

from __future__ import annotations

from typing import Literal

from scenarios.language.base import Model, assumed, given
from scenarios.language.distributions import Constant, Distribution, Exponential
from scenarios.language.network import ALL_HOURS

ChannelKind = Literal["phone", "web", "counter"]
CHANNELS: tuple[ChannelKind, ...] = ("phone", "web", "counter")
_EVEN_WEEK = (1.0,) * 7


class Channel(Model):
    """A way to report a failure (mechanism H1)."""

    kind: ChannelKind = given()
    """Telephone and counter are answered while the customer waits; the web is worked off when there is time."""
    share: float = assumed(1.0, "all alike", ge=0)
    """Share of requests, relative."""
    minutes: Distribution = assumed(
        Exponential.model_validate({"kind": "exponential", "mean": 5}),
        "assumption: five minutes",
        unit="minutes",
    )
    """Work of an agent: taking it down, triage, offering an appointment."""


DEFAULT_CHANNELS = (Channel(kind="phone"),)


class CallStream(Model):
    """Other calls: advice and questions (mechanism H18). A queueing model of a call centre is one of these."""

    id: str = given(min_length=1)
    """Identifier; random draws are keyed by it."""
    between_minutes: Distribution = given(unit="minutes")
    """Time between calls."""
    hourly_profile: tuple[float, ...] = assumed(
        ALL_HOURS,
        "even over the day unless given",
        unit="relative rate per clock hour",
        min_length=24,
        max_length=24,
    )
    """How calls spread over the day; the mean over 24 hours stays as given."""
    minutes: Distribution = given(unit="minutes")
    """Work of an agent."""
    patience_minutes: Distribution | None = assumed(None, "waits for ever unless given", unit="minutes")
    """Time after which a caller who waits hangs up; nobody rings again."""
    priority: int = assumed(5, "as reports of failures", ge=0, le=9)
    """Lower goes first, where `policy.service.contacts.urgent_first` says so."""


class ContactCentre(Model):
    """Where customers report failures. Without this block every report is taken down the moment it is made."""

    channels: tuple[Channel, ...] = assumed(DEFAULT_CHANNELS, "telephone only", min_length=1)
    """Ways to get in touch."""
    patience_minutes: Distribution | None = assumed(None, "waits for ever unless given", unit="minutes")
    """Time after which a customer who waits on the telephone or at the counter gives up; times the segment's factor."""
    redial_share: float = assumed(0.0, "nobody tries again unless given", unit="share", ge=0, le=1)
    """Tries given up after which the customer tries again; who does not has the unit mended elsewhere."""
    redial_minutes: Distribution = assumed(
        Exponential.model_validate({"kind": "exponential", "mean": 60}),
        "assumption: an hour later",
        unit="minutes",
    )
    """When they do."""
    misjudged_urgency_share: float = assumed(0.0, "no error unless given", unit="share", ge=0, le=1)
    """Requests whose urgency triage takes for a neighbouring one."""
    misjudged_work_share: float = assumed(0.0, "no error unless given", unit="share", ge=0, le=1)
    """Requests whose failure triage takes for another one of the product: other skill, other part."""
    remote_minutes: Distribution = assumed(
        Exponential.model_validate({"kind": "exponential", "mean": 12}),
        "assumption: twelve minutes",
        unit="minutes",
    )
    """Further work of an agent who tries to help from afar."""
    remote_success_share: float = assumed(
        0.8, "assumption: four in five of those that could be", unit="share", ge=0, le=1
    )
    """Cases resolved from afar among those that could be."""
    remote_part_share: float = assumed(0.0, "none unless given", unit="share", ge=0, le=1)
    """Other cases in which remote diagnosis tells the true failure, so that skill and part are right."""
    follow_up_minutes: Distribution = assumed(
        Constant(kind="constant", value=3), "assumption: three minutes", unit="minutes"
    )
    """Call after a repair, and a call that informs about a delay."""
    call_streams: tuple[CallStream, ...] = assumed((), "none unless given")
    """Other calls."""


class Reporting(Model):
    """When customers report failures."""

    hourly_profile: tuple[float, ...] = assumed(
        ALL_HOURS,
        "even over the day unless given",
        unit="relative rate per clock hour",
        min_length=24,
        max_length=24,
    )
    """Clock hours."""
    weekday_factors: tuple[float, ...] = assumed(
        _EVEN_WEEK, "all days alike", unit="ratio, Monday first", min_length=7, max_length=7
    )
    """A failure is noticed on its day and reported on that day or the next ones: relative rates of weekdays."""


__all__ = ["CHANNELS", "CallStream", "Channel", "ChannelKind", "ContactCentre", "Reporting"]
