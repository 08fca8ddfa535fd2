"""What holds for every run with work in centres and trucks: balanced books, repeatable bits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import optimize
import sim
from sim import RunResult
from tests.factory import merged
from tests.property.rich_scenarios import Content, build, contents


@st.composite
def worked(draw: st.DrawFn) -> Content:
    """A rich scenario with any of desk, pickers, doors, goods in, trucks and carriers."""
    content = draw(contents())
    days = st.sampled_from((["mon", "wed", "sat"], ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]))
    if draw(st.booleans()):
        for store in content["network"]["stores"][::2]:
            store |= {
                "receives_from_hour": 4.0, "receives_until_hour": 7.0, "receives_again_from_hour": 11.5,
                "receives_again_until_hour": 15.0,
            }  # fmt: skip

    def shifts() -> list[dict[str, Any]]:
        one = st.fixed_dictionaries(
            {
                "people": st.integers(0, 3),
                "start_hour": st.sampled_from((0.0, 6.5, 14.0, 22.0)),
                "hours": st.sampled_from((2.0, 8.0, 24.0)),
                "break_minutes": st.sampled_from((0.0, 45.0)),
                "weekdays": days,
            }
        )
        return draw(st.lists(one, min_size=1, max_size=2))

    variation = draw(st.sampled_from((0.0, 0.6)))
    depot: dict[str, Any] = {}
    if draw(st.booleans()):
        depot["order_desk"] = {"coefficient_of_variation": variation}
    if draw(st.booleans()):
        depot["picking"] = {"coefficient_of_variation": variation}
    if draw(st.booleans()):
        depot["docks"] = {"doors": draw(st.integers(0, 2))}
    if draw(st.booleans()):
        depot["goods_in"] = {
            "arrival_hour": draw(st.sampled_from((0.0, 9.0, 23.0))),
            "inspection_seconds_per_unit": draw(st.sampled_from((0.0, 900.0))),
        }
    if draw(st.booleans()):
        depot["staging"] = {
            "capacity": draw(st.sampled_from((None, 1.0, 12.0))),
            "unit": draw(st.sampled_from(("litres", "cases", "drops"))),
        }
    transport: dict[str, Any] = {"mode": draw(st.sampled_from(("none", "fleet", "fleet")))}
    if transport["mode"] == "fleet":
        transport |= {
            "trucks": [
                {
                    "type_id": "van",
                    "count": draw(st.integers(0, 2)),
                    "start_hour": draw(st.sampled_from((0.0, 5.0, 15.0))),
                    "hours": draw(st.sampled_from((3.0, 10.0, 24.0))),
                    "weekdays": draw(days),
                    "rests_on_dates": [content["horizon"]["start_date"] + timedelta(days=2)],
                }
            ],
            "planning": draw(st.sampled_from(("rule", "given"))),
            "routes": {
                "serves_everyone": draw(st.booleans()),
                "minimum_drop_kg": draw(st.sampled_from((0.0, 4.0))),
            },
            "hire": {
                "carriers": draw(st.sampled_from(([], [{"carrier_id": "c"}]))),
                "share_of_drops": draw(st.sampled_from((0.0, 0.4))),
            },
        }
    fleet = {
        "truck_types": [
            {
                "id": "van",
                "capacity_kg": draw(st.sampled_from((2.0, 900.0))),
                "capacity_litres": draw(st.sampled_from((3.0, 4_000.0))),
                "cost_per_day": 77.7,
                "cost_per_km": 0.123,
            }
        ],
        "roads": {"coefficient_of_variation": variation},
        "carriers": [{"id": "c", "on_time_share": 0.5, "cost_per_kg": 0.37, "capacity_drops_per_day": 1}],
        "courier_cost_per_km": 0.77,
    }
    crews = {
        "desk": shifts(),
        "pickers": shifts(),
        "receivers": shifts(),
        "picking": draw(st.sampled_from(("by_order", "put_to_store"))),
        "lines_per_list": draw(st.sampled_from((1, 3, 40))),
        "waves": draw(
            st.sampled_from(
                (
                    [{"cut_off_hour": 23.5, "weekdays": draw(days)}],
                    [{"cut_off_hour": 4.0}, {"cut_off_hour": 12.0}],
                )
            )
        ),
    }
    labour = {
        "desk_per_hour": 31.7,
        "picker_per_hour": 29.9,
        "driver_per_hour": 41.3,
        "packaging_per_case": 0.13,
    }
    return merged(
        content,
        {
            "depot": depot or None,
            "fleet": fleet,
            "costs": {"labour": labour},
            "policy": {"depot": crews, "transport": transport},
        },
    )


def run(content: Content) -> RunResult:
    scenario = build(content)
    return sim.simulate(scenario, optimize.plan(scenario), seed=3, replication=0)


@settings(max_examples=40)
@given(worked())
def test_the_books_of_every_worked_run_balance(content: Content) -> None:
    result = run(content)  # raises BooksError otherwise
    assert result.panels.day.shape[0] == content["horizon"]["days"]


@settings(max_examples=8)
@given(worked())
def test_a_worked_run_gives_the_same_bits_again(content: Content) -> None:
    assert run(content).digest() == run(content).digest()
