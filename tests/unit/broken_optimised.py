"""Broken wishes of what is to be optimised, one rule each; see `tests.unit.broken_inputs`."""

from __future__ import annotations

from tests.unit.broken_inputs import Broken, yaml

_MINIMUM = "  minimum_order: {units: 10}"


def _optimised(name: str, code: str, block: str, says: str) -> Broken:
    return yaml(name, code, _MINIMUM, f"{_MINIMUM}\n  optimised:\n    {block}", says)


def _after_sales(name: str, code: str, block: str, says: str) -> Broken:
    facts = (
        "service:\n  contact_centre: {}\n  stations: [{station_id: ST1}]\n  parts:\n"
        "    parts: [{part_id: pump, purchase_cost: 80}]\ninitial:"
    )
    policy = f"{_MINIMUM}\n  optimised:\n    {block}"
    return Broken(name, code, changes=(("initial:", facts), (_MINIMUM, policy)), says=says)


def _replayed(name: str, mode: str, says: str) -> Broken:
    rule = "mode: {kind: periodic_review, order_up_to: {units: 12}}"
    entry = f"  optimised:\n    stores: [¦{{scope: {{skus: [tea]}}}}]\n{_MINIMUM}"
    return Broken(name, "E516", changes=((rule, f"mode: {mode}"), (_MINIMUM, entry)), says=says)


def _sources(name: str, code: str, block: str, says: str) -> Broken:
    carriers = "fleet: {carriers: [{id: swift}]}\ninitial:"
    policy = f"{_MINIMUM}\n  optimised:\n    sourcing: {block}"
    return Broken(name, code, changes=(("initial:", carriers), (_MINIMUM, policy)), says=says)


OPTIMISED = [
    _optimised("nobody to choose among", "E516", "¦sourcing: {}", "nobody to choose among"),
    _sources(
        "fewer suppliers than at least",
        "E503",
        "{suppliers: {least_sources: 3, ¦most_sources: 2}}",
        "must be at least `least_sources`, 3",
    ),
    _sources(
        "second source that gets nothing",
        "E503",
        "{suppliers: {least_sources: 2, ¦minimum_share: 0}}",
        "a second source that gets nothing is none",
    ),
    _sources(
        "shares of suppliers that are more than all",
        "E503",
        "{suppliers: {least_sources: 3, most_sources: 3, ¦minimum_share: 0.4}}",
        "3 suppliers cannot have so much each",
    ),
    _sources(
        "fewer carriers than at least",
        "E503",
        "{carriers: {least_carriers: 3, ¦most_carriers: 2}}",
        "must be at least `least_carriers`, 3",
    ),
    _sources(
        "largest share of a carrier below the least",
        "E503",
        "{carriers: {minimum_share: 0.3, ¦maximum_share: 0.2}}",
        "must be at least `minimum_share`, 0.3",
    ),
    _optimised("agents of no contact centre", "E516", "¦agents: {}", "there is no `service.contact_centre`"),
    _optimised("technicians of no station", "E516", "¦technicians: {}", "there is no `service.stations`"),
    _optimised("rosters of no station", "E516", "¦rosters: {}", "there is no `service.stations`"),
    _optimised("parts of no service", "E516", "¦parts: {budget: 100}", "there is no `service.parts`"),
    _optimised("pickers of no depot", "E516", "¦pickers: {}", "there is no `depot.picking`"),
    Broken(
        "levels of a centre that never orders",
        "E516",
        changes=(
            ("[{id: DC}]", "[{id: DC, stock: unlimited}]"),
            (_MINIMUM, f"{_MINIMUM}\n  optimised:\n    ¦centres: [{{}}]"),
        ),
        says="none ever orders",
    ),
    _optimised(
        "optimised scope of no SKU", "E501", "stores: [{scope: {skus: [¦melk]}}]", "did you mean `milk`?"
    ),
    _optimised(
        "optimised centre of no class", "E501", "centres: [{scope: {classes: [¦wet]}}]", "merchandise class"
    ),
    _optimised("optimised form that there is not", "E305", "stores: [{¦form: min_min}]", "min_max"),
    _optimised("optimised share of everything", "E304", "stores: [{target: {¦share: 1}}]", "less than 1"),
    _optimised(
        "class of no letter", "E501", "stores: [{target: {share_by_class: {¦D: 0.9}}}]", "no such class"
    ),
    _optimised(
        "class of small letters",
        "E501",
        "stores: [{target: {share_by_class: {¦ax: 0.9}}}]",
        "did you mean `AX`",
    ),
    _optimised(
        "class served beyond all", "E304", "stores: [{target: {share_by_class: {¦A: 1.5}}}]", "less than 1"
    ),
    _optimised(
        "target and weight",
        "E511",
        "stores: [{target: {}, ¦shortage_cost_per_unit: 3}]",
        "exclude each other",
    ),
    _after_sales(
        "growth of a region without stores",
        "E501",
        "sites: {expansion: {years: 3, growth_by_region: {¦nowhere: 0.1}}}\n    technicians: {}",
        "no store lies there",
    ),
    _after_sales(
        "new stations by number and by distance",
        "E511",
        "sites: {¦greenfield: {count: 2, service_distance_km: 30}}\n    technicians: {}",
        "exactly one of `count` and `service_distance_km`",
    ),
    _optimised("sites of no station", "E516", "¦sites: {}", "there is no `service.stations`"),
    _optimised("rounds of no truck", "E516", "¦rounds: {}", "there is no own truck"),
    _after_sales("sites without technicians", "E516", "¦sites: {}", "nobody would work"),
    _after_sales(
        "kept station of no name",
        "E501",
        "sites: {keeps: [¦ST2]}\n    technicians: {}",
        "did you mean `ST1`?",
    ),
    _after_sales(
        "coverage of no region",
        "E501",
        "sites: {covered_share_by_region: {¦nowhere: 0.9}}\n    technicians: {}",
        "no store lies there",
    ),
    _after_sales(
        "more stations than there are",
        "E504",
        "sites: {¦least_stations: 3}\n    technicians: {}",
        "at most 1",
    ),
    _optimised("limits of nothing", "E516", "¦limits: {budget: 100}", "give `policy.optimised.stores`"),
    _optimised("budget of nothing", "E304", "stores: [{}]\n    limits: {¦budget: 0}", "more than 0"),
    _after_sales("parts without an aim", "E511", "¦parts: {}", "exactly one of"),
    _after_sales(
        "parts with two aims", "E511", "¦parts: {budget: 9, first_time_fix_share: 0.9}", "exactly one of"
    ),
    _after_sales(
        "agents who close before they open",
        "E504",
        "agents: {opens_hour: 9, ¦closes_hour: 8}",
        "after `opens_hour`, 9",
    ),
    _after_sales(
        "shift that is all break", "E504", "agents: {shift_hours: [8, ¦0.5]}", "longer than its break"
    ),
    _replayed(
        "optimising what is replayed",
        "{kind: known_orders, orders: [{store_id: north, sku_id: tea, date: 2026-01-25, units: 3}]}",
        "replayed as they were",
    ),
    _replayed("optimising what is pushed", "{kind: vendor_managed, cover_days: 2}", "`vendor_managed`"),
]
