"""What managers choose for after-sales service: promises, agents, technicians, dispatch, parts, partners, quality."""

from __future__ import annotations

from typing import ClassVar, Literal

from scenarios.language.base import Model, assumed, given
from scenarios.language.columns import Columns
from scenarios.language.network import ALL_WEEK, Weekday
from scenarios.language.operations import Shift
from scenarios.language.rosters import CoverRow, RosterRow, WorkingTimeLimits
from scenarios.language.rotas import RotaRow

DispatchRule = Literal["first_come", "nearest", "sla_priority", "earliest_due", "scarce_skill_first"]
AbcClass = Literal["A", "B", "C"]
Echelon = Literal["van", "station", "dc"]
ForecastMethod = Literal["croston", "syntetos_boylan", "teunter_syntetos_babai", "exponential_smoothing"]


class SlaClass(Model):
    """What some customers are promised (mechanism H9). Hours are clock hours; by urgent, important, general."""

    id: str = given(min_length=1)
    """Identifier, for reports."""
    segments: tuple[str, ...] = assumed((), "all segments that no class before names")
    """Segments it applies to."""
    response_hours: tuple[float, float, float] = assumed(
        (24.0, 48.0, 72.0), "assumption", unit="hours by urgent, important, general"
    )
    """From report to the first visit, or to the resolution from afar."""
    completion_hours: tuple[float, float, float] = assumed(
        (72.0, 120.0, 168.0), "assumption", unit="hours by urgent, important, general"
    )
    """From report to the end of the repair."""


DEFAULT_SLA = (SlaClass(id="standard"),)


class Contacts(Model):
    """Running the contact centre."""

    agents: tuple[Shift, ...] = assumed((), "nobody unless given")
    """Agents by shift, day and night; `dc_id` is not used here. Needed with `service.contact_centre`."""
    answer_within_seconds: float = assumed(20.0, "usual target: 80 % in 20 seconds", unit="seconds", ge=0)
    """Promise that the service level counts."""
    remote_share: float = assumed(0.0, "none unless given", unit="share", ge=0, le=1)
    """Requests for which remote diagnosis is tried (mechanism H17)."""
    inform_when_late: bool = assumed(False, "customers wait without news unless given")
    """Whether customers are told when a visit will be late (mechanism H7)."""
    follow_up_share: float = assumed(0.0, "none unless given", unit="share", ge=0, le=1)
    """Repairs after which the customer is called, own ones and those of partners."""
    urgent_first: bool = assumed(False, "first come, first served")
    """Whether agents first make the calls that inform of a delay (priority 1), then answer telephone and counter (5),
    then the web (7), and call after repairs last (9), other calls by their own `priority`; or take all of them in order
    of arrival."""


class Appointments(Model):
    """Visits by appointment (mechanism H1). Without it a job can be visited the moment it is taken down."""

    windows: tuple[tuple[float, float], ...] = assumed(
        ((8.0, 12.0), (12.0, 17.0)), "assumption: morning or afternoon", unit="hours of day", min_length=1
    )
    """Windows of a day that are offered, from and until."""
    earliest_days: int = assumed(1, "assumption: not today", unit="days", ge=0, le=60)
    """Days from the call to the first day offered; urgent jobs do not wait for it."""
    acceptance_share: float = assumed(0.7, "assumption: seven in ten", unit="share", gt=0, le=1)
    """Offers accepted; who declines is offered the next window."""
    load_share: float = assumed(0.9, "assumption: leave room for what is urgent", unit="share", gt=0, le=2)
    """Part of a window's working time that is promised away."""
    urgent_same_day: bool = assumed(True, "urgent jobs are fitted in")
    """Whether urgent jobs go ahead without an appointment."""


class Dispatch(Model):
    """Who does which job when."""

    rule: DispatchRule = assumed("first_come", "the simplest")
    """Which of the jobs that he can do a technician who is free takes: the one that came first; the nearest; the most
    urgent, then by when it is due; the one due first (end of its window, else as the SLA class says); or one of the
    skill that the fewest on duty have, then by when it is due."""
    area: Literal["territory", "pooled"] = assumed("territory", "technicians know their district")
    """Whether a technician works for the own station only or wherever a job waits."""
    plan: Literal["when_free", "day_plan", "given", "optimised"] = assumed("when_free", "no plan")
    """Next job chosen when somebody is free; or a plan of the day made in the morning into which urgent jobs are
    fitted; or such a plan for whom the `rota` names; or one that a solver makes and, when something has happened, makes
    anew."""
    rota: Columns[RotaRow] | None = assumed(None, "nobody is named")
    """Who serves which area on which weekday, for `plan: given`."""
    frozen_minutes: float = assumed(60.0, "assumption: an hour", unit="minutes", ge=0, le=1_440)
    """With a plan: jobs planned to begin within this time are not moved any more."""
    replan_minutes: float = assumed(120.0, "assumption: two hours", unit="minutes", ge=0, le=1_440)
    """With an optimised plan: no two plans of a district are made within less time; what comes up waits till then."""
    iterations: int = assumed(20, "about a millisecond a plan", ge=0, le=1_000_000)
    """With an optimised plan: steps of the search for each plan."""
    late_cost_per_hour: float = assumed(
        60.0, "assumption: about two hours of a technician", unit="money per hour", gt=0, le=1_000_000
    )
    """With an optimised plan: what an hour is taken to cost by which somebody comes after the end of a window or the
    response time of the SLA class; it is weighed against driving and overtime, and charged to nobody."""
    broken_promise_cost: float = assumed(
        5_000.0, "assumption: promises go before all but what is days late", unit="money", ge=0, le=1_000_000
    )
    """With an optimised plan: what it is taken to cost besides to come after the end of an agreed window; likewise."""
    regret: bool = assumed(False, "takes a further search for every day")
    """Whether every day of a district is weighed against one planned with all that came of it known beforehand: calls,
    times of work and drives, customers not at home. The same `iterations` hold, five times over; changes nothing
    else."""
    overtime_minutes: float = assumed(60.0, "assumption: an hour", unit="minutes", ge=0, le=1_440)
    """A job is begun if it is expected to end no later than this after the shift."""
    late_minutes: float = assumed(0.0, "the end of the window", unit="minutes", ge=0, le=1_440)
    """Time after the window at which a job that nobody has begun is looked at."""
    when_late: Literal["nothing", "redispatch"] = assumed("nothing", "it waits its turn")
    """Whether a late job goes to the first who is free of any station (mechanism H7)."""


class ServiceShift(Model):
    """A working time of technicians."""

    id: str = given(min_length=1)
    """Identifier used by technicians."""
    start_hour: float = given(unit="hour of day", ge=0, lt=24)
    """When it begins."""
    hours: float = given(unit="hours", gt=0, le=24)
    """Length, the break included."""
    break_minutes: float = assumed(0.0, "no break unless given", unit="minutes", ge=0, le=240)
    """Break, paid; taken between two jobs around the middle."""
    weekdays: tuple[Weekday, ...] = assumed(ALL_WEEK, "every day", min_length=1)
    """Days on which it is worked."""


class TechnicianRow(Model):
    """One row of the table of technicians."""

    __unique__: ClassVar[tuple[str, ...]] = ("technician_id",)

    technician_id: str = given(min_length=1)
    """Identifier; random draws are keyed by it."""
    station_id: str = given(min_length=1)
    """Station he belongs to."""
    shift_id: str = given(min_length=1)
    """Working time."""
    latitude: float | None = assumed(None, "starts at the station", unit="degrees", ge=-90, le=90)
    """Where he starts and ends the day."""
    longitude: float | None = assumed(None, "starts at the station", unit="degrees", ge=-180, le=180)
    """Where he starts and ends the day."""
    minutes_factor: float = assumed(1.0, "average", unit="ratio", gt=0, le=10)
    """His time for a piece of work over the average."""
    experience_jobs: float = assumed(500.0, "assumption", unit="jobs", ge=0)
    """Jobs done before the first day."""


class SkillRow(Model):
    """One row of the skill matrix."""

    __unique__: ClassVar[tuple[str, ...]] = ("technician_id", "skill_id")

    technician_id: str = given(min_length=1)
    """Technician."""
    skill_id: str = given(min_length=1)
    """Skill."""
    level: int = given(ge=1, le=5)
    """Level."""


class TechnicianGroup(Model):
    """Several technicians who are alike; they are called `<id>-1`, `<id>-2` and so on."""

    id: str = given(min_length=1)
    """Identifier."""
    station_id: str = given(min_length=1)
    """Station."""
    count: int = given(unit="technicians", ge=0, le=100_000)
    """How many."""
    shift_id: str = given(min_length=1)
    """Working time."""
    skills: dict[str, int] = assumed({}, "no particular skill", unit="level by skill")
    """Level of each skill."""
    minutes_factor: float = assumed(1.0, "average", unit="ratio", gt=0, le=10)
    """Time for a piece of work over the average."""
    experience_jobs: float = assumed(500.0, "assumption", unit="jobs", ge=0)
    """Jobs done before the first day."""


class TechnicianReview(Model):
    """A periodic scorecard of technicians (mechanism H8)."""

    every_days: int = assumed(28, "four weeks", unit="days", ge=1, le=365)
    """Days between reviews."""
    satisfaction_weight: float = assumed(0.25, "all alike", ge=0)
    """Weight of manner and promises kept."""
    quality_weight: float = assumed(0.25, "all alike", ge=0)
    """Weight of visits that did it, less repairs that failed again."""
    efficiency_weight: float = assumed(0.25, "all alike", ge=0)
    """Weight of jobs per hour of shift."""
    growth_weight: float = assumed(0.25, "all alike", ge=0)
    """Weight of experience gained."""


class WorkforcePolicy(Model):
    """Who works, and under what conditions (mechanism T14)."""

    shifts: tuple[ServiceShift, ...] = assumed((), "none unless given")
    """Working times."""
    technicians: Columns[TechnicianRow] | None = assumed(None, "none unless given")
    """Table of technicians."""
    skills: Columns[SkillRow] | None = assumed(None, "no particular skills")
    """Skill matrix of that table."""
    groups: tuple[TechnicianGroup, ...] = assumed((), "none unless given")
    """Technicians by the group, beside those of the table."""
    roster: Columns[RosterRow] | None = assumed(None, "everybody works on the weekdays of his shift")
    """Who works on which date: between its first and its last, those who are in it work on no other."""
    cover: Columns[CoverRow] | None = assumed(None, "not stated")
    """Technicians wanted at work, which rosters aim at and the KPI `cover_met_share` counts."""
    limits: WorkingTimeLimits = assumed(WorkingTimeLimits(), "see its fields")
    """What rosters keep."""
    pay_factor: float = assumed(1.0, "the wage as in costs", unit="ratio", gt=0, le=10)
    """Wage of technicians over `costs.service.technician_per_hour`."""
    incentive_share: float = assumed(0.0, "none unless given", unit="share of wage", ge=0, le=2)
    """Paid on top for days with visits of which none failed."""
    security: float = assumed(0.0, "none unless given", unit="share", ge=0, le=1)
    """Job security that is promised, 1 = full."""
    training_days_per_year: float = assumed(
        0.0, "none unless given", unit="days per person and year", ge=0, le=100
    )
    """Days of training, off the road and paid, known beforehand."""
    replaces_leavers: bool = assumed(True, "positions are filled again")
    """Whether somebody is hired for each who leaves."""
    review: TechnicianReview = assumed(TechnicianReview(), "see its fields")
    """Scorecard."""


class PartLevelRow(Model):
    """One row of the table of levels of parts."""

    __unique__: ClassVar[tuple[str, ...]] = ("place_id", "part_id")

    place_id: str = given(min_length=1)
    """Technician, station or distribution centre; a station's id with `/van` stands for the vans of its technicians."""
    part_id: str = given(min_length=1)
    """Part."""
    reorder_point_units: int = given(unit="units", ge=-1, le=10_000_000)
    """Order when stock on hand and on order, less what is owed, is at or below it."""
    order_up_to_units: int = given(unit="units", ge=0, le=10_000_000)
    """Order up to this level."""


class DaysOfUse(Model):
    """Levels that follow a forecast of use (mechanisms H2 and H3), made anew at the end of every week.

    Each level is the use expected over lead time, review and so many days more, and `safety_factor` deviations of the
    forecast error over that time.
    """

    reorder_point_days: float = assumed(0.0, "lead time and review alone", unit="days", ge=0, le=3_650)
    """On top of lead time and review, in the reorder point."""
    order_up_to_days: float = given(unit="days", gt=0, le=3_650)
    """On top of them, in the level that is ordered up to."""
    safety_factor: float = assumed(
        1.5, "assumption: 93 % of a normal distribution", unit="standard deviations", ge=0, le=10
    )
    """Deviations of the forecast error that are kept against surprises."""
    method: ForecastMethod = assumed("syntetos_boylan", "the usual one for intermittent use")
    """Croston (1972); Syntetos and Boylan (2005); Teunter, Syntetos and Babai (2011), which forgets parts that are no
    longer used; or exponential smoothing."""
    weight: float = assumed(0.1, "usual: 0.05 to 0.2", unit="share", gt=0, le=1)
    """Weight of the newest observation."""


class PartStockRule(Model):
    """Levels of parts by class and echelon, in units or in days of use; the first that fits applies."""

    echelon: Echelon = given()
    """Vans, stations or distribution centres."""
    classes: tuple[AbcClass, ...] = assumed((), "all classes")
    """Classes by value of use."""
    part_ids: tuple[str, ...] = assumed((), "all parts")
    """Parts."""
    reorder_point_units: int | None = assumed(None, "by `days_of_use`", unit="units", ge=-1, le=1_000_000)
    """Order when stock on hand and on order, less what is owed, is at or below it."""
    order_up_to_units: int | None = assumed(None, "by `days_of_use`", unit="units", ge=0, le=1_000_000)
    """Order up to this level; 0 keeps none there."""
    days_of_use: DaysOfUse | None = assumed(None, "levels in units")
    """Instead of units, in stations and distribution centres."""


class PartsPolicy(Model):
    """Spare parts (mechanisms H2 to H4)."""

    rules: tuple[PartStockRule, ...] = assumed((), "nothing is kept unless given")
    """Levels by class."""
    levels: Columns[PartLevelRow] | None = assumed(None, "as the rules say")
    """Levels by place and part, before the rules."""
    abc_shares: tuple[float, float] = assumed((0.8, 0.95), "usual", unit="shares of value of use")
    """Parts up to the first share of expected use at cost are A, up to the second B, the others C."""
    order_hour: float = assumed(18.0, "assumption: in the evening", unit="hour of day", ge=0, lt=24)
    """When vans are filled and stations order, every day."""
    continuous_review: bool = assumed(False, "once a day, in the evening")
    """Whether stations and centres order the moment a part is asked of them: models of one-for-one replenishment."""
    fetches_from_station: bool = assumed(
        True, "a part that lies at the station is fetched for the next visit"
    )
    """Whether parts at the own station are set aside for a job that waits."""
    lateral_transfers: bool = assumed(False, "none unless given")
    """Whether a part that lies at another station of the centre is sent over."""
    courier: bool = assumed(False, "none unless given")
    """Whether a part that lies at the centre goes to a waiting job by courier."""
    count_every_days: tuple[int, int, int] = assumed((0, 0, 0), "0 = never counted", unit="days by A, B, C")
    """Cycle counts in stations, which put records right."""
    inspected_units: int = assumed(0, "no inspection unless given", unit="units per lot", ge=0, le=10_000)
    """Sample of each lot of parts that a supplier delivers."""
    accepted_defects: int = assumed(0, "none", unit="units", ge=0, le=10_000)
    """Defects in a sample with which the lot is still taken in; else all of it is sorted."""
    quality_feedback: bool = assumed(False, "suppliers hear of nothing unless given")
    """Whether suppliers are told of defects found and of parts that failed, and learn."""


class PartnerReview(Model):
    """A periodic, scored review of partners that moves the next period's share (mechanism L7)."""

    every_days: int = assumed(28, "four weeks", unit="days", ge=1, le=365)
    """Days between reviews."""
    quality_weight: float = assumed(0.4, "assumption", ge=0)
    """Weight of jobs done at the first visit."""
    on_time_weight: float = assumed(0.3, "assumption", ge=0)
    """Weight of jobs done within the completion promise."""
    audit_weight: float = assumed(0.3, "assumption", ge=0)
    """Weight of communication, flexibility, systems, added value and growth together."""
    step: float = assumed(0.5, "assumption: half the way", unit="share", ge=0, le=1)
    """How far shares move towards those that the scores suggest; scores count by their fourth power."""
    least_share: float = assumed(0.05, "assumption: stay in touch", unit="share", ge=0, le=1)
    """Share below which nobody falls."""


class Outsourcing(Model):
    """Use of partners (mechanism H16)."""

    partner_ids: tuple[str, ...] = assumed((), "none unless given")
    """Partners used, with equal shares to begin with."""
    when_wait_exceeds_days: float = assumed(3.0, "assumption: three days", unit="days", ge=0, le=365)
    """A job goes to a partner if the own technicians offer no visit within this time."""
    share_of_jobs: float = assumed(0.0, "only what overflows", unit="share", ge=0, le=1)
    """Jobs given to partners from the start."""
    review: PartnerReview | None = assumed(None, "shares stay as they are")
    """Scored review."""


class TerritoryRow(Model):
    """One row of the table of territories."""

    __unique__: ClassVar[tuple[str, ...]] = ("store_id",)

    store_id: str = given(min_length=1)
    """Store."""
    station_id: str = given(min_length=1)
    """Open station that serves the customers who live near it."""


class ServicePolicy(Model):
    """Everything managers decide about after-sales service."""

    open_stations: tuple[str, ...] = assumed((), "all stations")
    """Stations that are open."""
    territories: Columns[TerritoryRow] | None = assumed(None, "each customer to the nearest open station")
    """Who serves whom, by store; customers near stores that are not in it go to the nearest open station."""
    radius_km: float = assumed(100.0, "assumption", unit="km", gt=0, le=10_000)
    """Service radius that coverage is judged by; customers farther away are served all the same."""
    sla: tuple[SlaClass, ...] = assumed(DEFAULT_SLA, "one promise for all", min_length=1)
    """Promises; the first class that names a customer's segment applies."""
    contacts: Contacts = assumed(Contacts(), "see its fields")
    """Contact centre."""
    appointments: Appointments | None = assumed(None, "jobs can be visited at once")
    """Appointment book."""
    dispatch: Dispatch = assumed(Dispatch(), "see its fields")
    """Dispatch."""
    workforce: WorkforcePolicy = assumed(WorkforcePolicy(), "nobody")
    """Technicians."""
    parts: PartsPolicy = assumed(PartsPolicy(), "see its fields")
    """Spare parts."""
    outsourcing: Outsourcing = assumed(Outsourcing(), "none")
    """Partners."""
    installation_promise_days: int = assumed(3, "assumption: three days", unit="days", ge=0, le=60)
    """From sale to installation."""
    maintenance: bool = assumed(False, "no contracts are offered")
    """Whether maintenance contracts are offered (mechanism T12)."""
    goodwill_months: int = assumed(0, "none unless given", unit="months", ge=0, le=600)
    """Months after the end of warranty in which repairs may be free."""
    goodwill_share: float = assumed(0.0, "none unless given", unit="share", ge=0, le=1)
    """Share of these that are."""
    inspection_share: float = assumed(0.0, "none unless given", unit="share", ge=0, le=1)
    """Repairs inspected afterwards, at the customer's (mechanism H9)."""


__all__ = [
    "AbcClass", "Appointments", "Contacts", "DaysOfUse", "Dispatch", "DispatchRule", "Echelon", "ForecastMethod",
    "Outsourcing", "PartLevelRow",
    "PartStockRule", "PartnerReview", "PartsPolicy", "ServicePolicy", "ServiceShift", "SkillRow", "SlaClass",
    "TechnicianGroup", "TechnicianReview", "TechnicianRow", "TerritoryRow", "WorkforcePolicy",
]  # fmt: skip
