"""KPIs of what after-sales service takes: spare parts, people and partners, money."""

from __future__ import annotations

from scenarios.language.measure import Direction, Group, Measure, measures_of

SERVICE_HEADS: tuple[str, ...] = (
    "labour",
    "material",
    "transport",
    "communication",
    "outsourcing",
    "quality",
)
"""The six heads of the cost of a job (mechanism H14)."""

_HEAD_DEFINITIONS = {
    "labour": "Technicians and agents on shifts, overtime, incentives, training and hiring",
    "material": "Parts put in at purchase cost, less defective ones taken back for repair, and consumables",
    "transport": "Vans, transfers and couriers of parts",
    "communication": "Contacts with customers, in and out",
    "outsourcing": "Partners, by the job, by the hour and for minimum volumes",
    "quality": "Inspection of parts and of repairs",
}

_H, _L, _N = Direction.HIGHER, Direction.LOWER, Direction.NEUTRAL

_PARTS = measures_of(
    Group.PARTS,
    ("part_fill_van", "Part fill rate of vans", "share", _H,
     "Parts that were in the technician's van, over parts that visits needed"),
    ("part_fill_station", "Part fill rate of stations", "share", _H,
     "Units given at once, over units that jobs, vans and other demand asked of stations"),
    ("part_fill_dc", "Part fill rate of distribution centres", "share", _H,
     "Units given at once, over units asked of distribution centres"),
    ("part_wait_hours", "Wait for parts", "hours", _L,
     "Mean time from asking for a part for a job until it was set aside at the station"),
    ("parts_value", "Parts at cost", "money", _L,
     "Mean value of parts in vans, stations, distribution centres and the repair shop in the evening"),
    ("parts_owed_units", "Parts owed", "units", _L, "Mean units owed by stations and centres in the evening"),
    ("emergency_parts", "Emergency shipments of parts", "units per day", _L,
     "Units sent from another station or by courier per day"),
    ("part_escape_share", "Escaped defective parts", "share", _L,
     "Visits that failed because the part put in was defective, over visits at which a part was put in"),
    ("part_record_accuracy", "Record accuracy of stations", "share", _H,
     "Counts of parts in stations that found what the record said, over all counts"),
    ("part_forecast_error", "Weighted absolute percentage error of part forecasts", "share", _L,
     "Absolute errors of the forecasts of a week's use of parts at distribution centres, over that use"),
    ("part_forecast_bias", "Bias of part forecasts", "share", _N,
     "Forecasts of a week's use of parts at distribution centres less that use, over that use"),
)  # fmt: skip

_PEOPLE = measures_of(
    Group.PEOPLE,
    ("morale", "Morale", "index 0-1", _H, "Mean of technicians and days"),
    ("attrition_per_year", "Attrition", "share per year", _L, "Technicians who left per year, over positions"),
    ("absence_share", "Absence", "share", _L, "Days on which technicians were ill, over days due, training included"),
    ("cover_met_share", "Cover met", "share", _H,
     "Days of stations on which as many technicians were at work as `policy.service.workforce.cover` wants, over all "
     "such days on which it wants any"),
    ("duty_hours_per_week", "Hours on duty", "hours per person and week", _N,
     "Hours of shifts worked, breaks included, per position and week"),
    ("duty_hours_spread", "Spread of hours on duty", "hours per week", _L,
     "Hours of shifts worked per week of the technician who has most, less those of the one who has fewest"),
    ("training_days_per_year", "Training", "days per person and year", _N, "Days of training per position and year"),
    ("skill_level", "Level of skill at work", "level 1-5", _H,
     "Mean level, in the skill of the job, of technicians who made the last visit of requests completed"),
    ("technician_score", "Score of technicians", "points of 100", _H, "Mean score over reviews and technicians"),
    ("repair_pass_share", "Pass rate of repairs", "share", _H,
     "Post-repair inspections that found nothing wrong, over all of them"),
    ("partner_score", "Score of partners", "points of 100", _H, "Mean score over reviews and partners"),
)  # fmt: skip

_COST = measures_of(
    Group.SERVICE_COST,
    ("service_revenue", "Revenue of after-sales service", "money per day", _H,
     "Repairs, parts, visits and maintenance contracts that customers pay for"),
    ("service_cost", "Cost of after-sales service", "money per day", _L,
     "All cost heads of after-sales service; part of total cost"),
    *((f"service_cost_{head}", f"Service cost: {head}", "money per day", _L, _HEAD_DEFINITIONS[head])
      for head in SERVICE_HEADS),
    ("service_cost_other", "Service cost: other", "money per day", _L,
     "Stations, holding of parts, and parts thrown away or lost"),
    ("goodwill_cost", "Cost of goodwill", "money per day", _L,
     "Goodwill repairs at cost: their part of the time of technicians and vans, and the parts put in"),
    ("cost_per_job", "Cost per job", "money per job", _L,
     "Cost of after-sales service over requests completed, by technicians, partners or from afar"),
    *((f"cost_per_job_{head}", f"Cost per job: {head}", "money per job", _L, _HEAD_DEFINITIONS[head])
      for head in SERVICE_HEADS),
    ("service_cost_to_serve", "Service cost per appliance", "money per unit and year", _L,
     "Cost of after-sales service less its revenue, per unit of the installed base and year"),
)  # fmt: skip

SERVICE_RESOURCE_MEASURES: tuple[Measure, ...] = (*_PARTS, *_PEOPLE, *_COST)
"""In the order in which reports show them."""


__all__ = ["SERVICE_HEADS", "SERVICE_RESOURCE_MEASURES"]
