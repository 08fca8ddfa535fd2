"""A world of after-sales service in which everything happens and everything costs something.

Two stations, five technicians, a contact centre with few agents, parts that fail, vanish and are repaired, partners
with a minimum volume, sales that are installed, contracts, goodwill, inspection, training, illness, leavers.
"""

from __future__ import annotations

from typing import Any

from scenarios import Scenario
from tests.factory import merged
from tests.service_worlds import (
    CATEGORY,
    constant,
    exponential,
    installed,
    job_stream,
    mode,
    product,
    service_world,
)

DAY_SHIFT = {"id": "always", "start_hour": 8, "hours": 9, "break_minutes": 60}
_PART_RULES = [
    {"echelon": "station", "reorder_point_units": 11, "order_up_to_units": 12, "part_ids": ["filter"]},
    {"echelon": "van", "reorder_point_units": 0, "order_up_to_units": 1, "part_ids": ["pump"]},
    {"echelon": "station", "reorder_point_units": 1, "order_up_to_units": 2},
    {"echelon": "dc", "reorder_point_units": 4, "order_up_to_units": 8},
]


def rich_service(days: int = 40, warm_up_days: int = 5, **blocks: Any) -> Scenario:
    """The world; blocks are laid over it as in `service_world`."""
    everything: dict[str, Any] = {
        "network": {
            "distribution_centres": [
                {"id": "DC", "stock": "unlimited", "latitude": 31.0, "longitude": 121.0}
            ],
            "stores": [{"store_id": "S", "latitude": 31.1, "longitude": 121.1}],
            "suppliers": [
                {
                    "id": "SUP",
                    "lead_time_days": constant(3),
                    "quality": {"defects_per_million": 150_000},
                }
            ],
        },
        "service": {
            "stations": [
                {"station_id": "ST", "latitude": 31.1, "longitude": 121.1, "facility_cost_per_day": 55.0},
                {"station_id": "NORTH", "name": "北站", "latitude": 31.4, "longitude": 121.2,
                 "store_id": "S", "facility_cost_per_day": 44.0},
            ],
            "segments": [{"id": "home", "share": 0.8}, {"id": "hotel", "share": 0.2, "price_sensitivity": 0.5}],
            "contact_centre": {
                "channels": [{"kind": "phone", "share": 0.7}, {"kind": "web", "share": 0.3}],
                "patience_minutes": exponential(6),
                "redial_share": 0.5,
                "misjudged_urgency_share": 0.1,
                "misjudged_work_share": 0.2,
                "remote_part_share": 0.3,
                "call_streams": [
                    {"id": "advice", "between_minutes": exponential(60), "minutes": exponential(4),
                     "patience_minutes": exponential(5)},
                ],
            },
            "repair": {
                "spread_km": 6.0, "absent_share": 0.1, "quote_minutes": 5.0, "quote_half_price": 60.0,
                "settle_minutes": 4.0, "relapse_share": 0.2, "relapse_days": constant(5),
            },
            "roads": {"coefficient_of_variation": 0.3},
            "people": {
                "skill": {"success_shares": [0.6, 0.7, 0.8, 0.9, 1.0],
                          "minutes_factors": [1.5, 1.3, 1.1, 1.0, 0.9]},
                "learning": {"jobs_per_level": 30.0},
                "absence": {"episodes_per_year": 12.0},
                "attrition": {"per_year": 4.0, "notice_days": 5, "hiring_days": constant(6),
                              "cost_per_hire": 321.0},
            },
            "parts": {
                "parts": [
                    {"part_id": "pump", "purchase_cost": 81.5, "price": 140.0, "is_repairable": True},
                    {"part_id": "board", "purchase_cost": 33.33, "price": 50.0, "mean_per_day": 0.2},
                    {"part_id": "filter", "purchase_cost": 4.0},
                ],
                "shrinkage_per_year": 2.0,
                "transfer_cost": 9.5, "courier_cost": 17.25,
                "repair_shop": {"turnaround_days": constant(6), "success_share": 0.8, "cost_per_unit": 20.0},
            },
            "partners": [
                {"id": "P1", "skill_ids": ["white"], "price_per_job": 60.0, "price_per_hour": 40.0,
                 "minimum_jobs_per_month": 60, "jobs_per_day": 3},
                {"id": "P2", "price_per_job": 70.0, "jobs_per_day": 2},
            ],
        },
        "costs": {
            "quality": {"per_inspected_unit": 1.5},
            "service": {
                "technician_per_hour": 31.0, "agent_per_hour": 24.0, "van_per_day": 18.0, "van_per_km": 0.9,
                "consumables_per_job": 3.3, "per_contact": 0.37, "per_inspection": 12.0,
                "per_training_day": 90.0, "visit_fee": 25.0, "parts_holding_rate_per_year": 0.25,
            },
        },
        "loops": {"skill": True, "morale": True, "attrition": True},
        "policy": {
            "service": {
                "sla": [{"id": "fast", "segments": ["hotel"], "response_hours": [4, 8, 24],
                         "completion_hours": [24, 48, 72]}, {"id": "standard"}],
                "contacts": {
                    "agents": [{"people": 1, "start_hour": 7, "hours": 12}],
                    "remote_share": 0.8, "inform_when_late": True, "follow_up_share": 0.5,
                },
                "appointments": {},
                "dispatch": {"when_late": "redispatch", "late_minutes": 30.0},
                "workforce": {
                    "groups": [
                        {"id": "T", "station_id": "ST", "count": 3, "shift_id": "always",
                         "skills": {"white": 3, "grey": 1}},
                        {"id": "N", "station_id": "NORTH", "count": 2, "shift_id": "always",
                         "skills": {"white": 2}},
                    ],
                    "incentive_share": 0.1, "training_days_per_year": 20.0, "pay_factor": 1.1,
                    "review": {"every_days": 7},
                },
                "parts": {
                    "rules": _PART_RULES, "lateral_transfers": True, "courier": True,
                    "count_every_days": [3, 3, 3], "inspected_units": 2,
                },
                "outsourcing": {"partner_ids": ["P1", "P2"], "when_wait_exceeds_days": 2.0,
                                "share_of_jobs": 0.1, "review": {"every_days": 14}},
                "inspection_share": 0.3, "maintenance": True, "goodwill_months": 120, "goodwill_share": 0.3,
            }
        },
    }  # fmt: skip
    appliance = product(
        per_year=3.0,
        categories=[CATEGORY],
        warranty_months=12,
        scrappage={"kind": "constant", "per_year": 0.3},
        installation={"share": 0.5, "complaint_share": 0.3},
        maintenance={"contract_share": 0.3, "visits_per_year": 2.0, "price_per_year": 60.0},
    )
    return service_world(
        days=days,
        warm_up_days=warm_up_days,
        units_per_day=3.0,
        products=[appliance],
        modes=[
            mode(skill_id="white", level=2, part_id="pump", remote_share=0.2, price=80.0),
            mode("drum", skill_id="white", people=2, weight=0.3, price=60.0),
            mode("control", skill_id="grey", part_id="board", part_probability=0.6, weight=0.5, price=40.0),
        ],
        base=[installed(800, age_months=10), installed(700, age_months=40)],
        streams=[job_stream("shops", 600.0, 40.0)],
        shift=DAY_SHIFT,
        **merged(everything, blocks),
    )
