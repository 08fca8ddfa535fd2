"""KPIs of after-sales service as customers and dispatchers see it: requests, contact centre, field service."""

from __future__ import annotations

from scenarios.language.measure import Direction, Group, Measure, measures_of
from scenarios.language.replan_measures import ROTA_MEASURES, TECHNICIAN_REPLAN_MEASURES

_H, _L, _N = Direction.HIGHER, Direction.LOWER, Direction.NEUTRAL

_AFTER_SALES = measures_of(
    Group.AFTER_SALES,
    ("service_requests", "Service requests", "requests per day", _N,
     "Requests of all kinds that were opened per day: repairs, rework, installations, maintenance, jobs of streams"),
    ("response_hours", "Response time", "hours", _L,
     "Mean time from report to the first visit or to the resolution from afar; installations and maintenance aside"),
    ("response_attainment", "Response promise kept", "share", _H,
     "Requests answered within the response time of their SLA class and urgency, over those due in the run"),
    ("completion_attainment", "Completion promise kept", "share", _H,
     "Requests completed within the completion time of their SLA class and urgency, over those due in the run;"
     " declined quotes aside"),
    ("time_to_repair_hours", "Time to repair", "hours", _L,
     "Mean time from report to the end of the repair, of repairs and rework done by own technicians"),
    ("repair_call_hours", "Time to repair: call", "hours", _L,
     "Part of it from the report until an agent has taken it down"),
    ("repair_visit_wait_hours", "Time to repair: wait for the visit", "hours", _L,
     "Part of it until a technician sets out for the first visit"),
    ("repair_travel_hours", "Time to repair: travel", "hours", _L, "Part of it on the way to visits"),
    ("repair_on_site_hours", "Time to repair: on site", "hours", _L,
     "Part of it with a technician at the customer's: diagnosis, quote, repair, waiting for a second person"),
    ("repair_part_wait_hours", "Time to repair: wait for parts", "hours", _L,
     "Part of it between visits with a part on its way"),
    ("repair_return_wait_hours", "Time to repair: wait for another visit", "hours", _L,
     "Part of it between visits with all parts at hand"),
    ("first_time_fix_share", "First-time fix", "share", _H,
     "Repairs and rework completed at the first visit, over those completed by own technicians"),
    ("repeat_visits", "Repeat visits", "visits per request", _L,
     "Visits beyond the first, per request completed by own technicians"),
    ("rework_share", "Rework within the guarantee", "share", _L,
     "Requests because a repair failed again within its guarantee, over repairs completed"),
    ("quote_acceptance_share", "Quotes accepted", "share", _H,
     "Requests with a quote that went ahead, over those with a quote that are decided"),
    ("outsourced_share", "Outsourced", "share", _N,
     "Requests given to partners, over those that needed a visit"),
    ("goodwill_share", "Goodwill", "share", _N, "Repairs that were free after the end of warranty, over all repairs"),
    ("service_backlog", "Backlog", "requests", _L, "Mean number of open requests at the end of the day"),
    ("backlog_age_days", "Age of the backlog", "days", _L,
     "Mean time since the report of the requests that are open at the end of a day"),
    ("installed_units", "Installed base", "units", _N, "Mean number of appliances in use"),
    ("failure_rate_per_year", "Failure rate", "failures per unit and year", _L,
     "Failures over unit-years of the installed base"),
    ("failures_avoided_share", "Failures avoided", "share", _H,
     "Failures that preventive visits avoided, over these and those that happened"),
    ("installation_lead_days", "Installation lead time", "days", _L, "Mean time from sale to installation"),
    ("installation_kept_share", "Installation promise kept", "share", _H,
     "Installations done within the promised days, over those due in the run"),
    ("first_use_complaints", "First-use complaints", "calls per installation", _L,
     "Calls of customers who cannot use what was installed, over installations done"),
    headlines=("completion_attainment", "first_time_fix_share"),
)  # fmt: skip

_CONTACT = measures_of(
    Group.CONTACT,
    ("contacts_per_day", "Calls", "calls per day", _N, "Calls of customers per day, redials and the web included"),
    ("answer_seconds", "Time to answer", "seconds", _L,
     "Mean time until an agent answers, of calls by telephone and at the counter that were answered"),
    ("answer_level", "Service level of the contact centre", "share", _H,
     "Calls by telephone and at the counter answered within the promised time, over those answered or abandoned"),
    ("abandonment_share", "Abandoned calls", "share", _L,
     "Calls by telephone and at the counter in which the customer gave up, over those answered or abandoned"),
    ("first_contact_share", "Resolved at first contact", "share", _H,
     "Reports resolved from afar and calls for advice answered, over reports taken down and such calls"),
    ("remote_resolution_share", "Resolved from afar", "share", _H,
     "Repairs and rework that needed no visit, over those taken down"),
    ("agent_utilisation", "Utilisation of agents", "share", _N,
     "Time of agents in calls over time paid, breaks included"),
)  # fmt: skip

_FIELD = measures_of(
    Group.FIELD,
    ("appointment_kept_share", "Appointments kept", "share", _H,
     "Visits by appointment that began within the window, over all visits by appointment"),
    ("failed_visit_share", "Failed visits", "share", _L,
     "Visits after which another one was needed, over all visits"),
    ("jobs_per_technician_day", "Jobs per technician-day", "jobs per day", _H,
     "Requests completed over days on which technicians worked"),
    ("visits_per_technician_day", "Visits per technician-day", "visits per day", _N,
     "Visits over days on which technicians worked"),
    ("technician_utilisation", "Utilisation of technicians", "share", _N,
     "Time driving, at work and waiting on site over time of days worked, breaks and overtime included"),
    ("travel_share", "Travel", "share", _L, "Time driving over time of days worked, breaks and overtime included"),
    ("technician_overtime_share", "Overtime of technicians", "share", _L,
     "Time after the end of shifts over time of days worked"),
    ("drive_minutes_per_visit", "Drive per visit", "minutes per visit", _L,
     "Time driving, the way home included, over visits"),
    ("covered_share", "Covered customers", "share", _H,
     "Requests from within `policy.service.radius_km` of an open station, over all requests reported"),
    ("km_per_visit", "Distance per visit", "km per visit", _L, "Kilometres driven by technicians over visits"),
)  # fmt: skip

SERVICE_MEASURES: tuple[Measure, ...] = (
    *_AFTER_SALES, *_CONTACT, *_FIELD, *TECHNICIAN_REPLAN_MEASURES, *ROTA_MEASURES,
)  # fmt: skip
"""In the order in which reports show them."""


__all__ = ["SERVICE_MEASURES"]
