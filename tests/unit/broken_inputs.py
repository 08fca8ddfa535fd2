"""Broken scenarios, one rule each: what is changed in a good one, and the message it must give.

A change is (text of the good scenario, text that takes its place). The sign ¦ marks where the message must
point: it is taken out before reading. In a table it stands in the cell at fault.
"""

from __future__ import annotations

from dataclasses import dataclass, field

MARK = "¦"

GOOD = """\
format: 1
name: good
horizon:
  start_date: 2026-01-05
  days: 91
  warm_up_days: 7
network:
  suppliers:
    - id: S1
      lead_time_days: {kind: gamma, mean: 3, cv: 0.4}
  distribution_centres: [{id: DC}]
  stores: {table: stores.csv}
  closures:
    - dates: [2026-02-17]
      stores: [north]
assortment:
  classes:
    - id: fresh
      substitution: {acceptance: 0.1, acceptance_with_incentive: 0.2}
    - id: dry
  skus: {table: skus.csv}
demand:
  mean_units_per_day: 3
  patterns:
    - classes: [fresh]
      weekday_factors: [1, 1, 1, 1, 1, 2, 2]
  holidays:
    - {name: spring, calendar: lunar_new_year, factor: 0.5}
  responses:
    - classes: [fresh]
      price_elasticity: -2
      promotion_multiplier: 1.5
      pulled_forward_share: 0.2
      switched_share: 0.3
initial:
  store_stock:
    - {store_id: north, sku_id: milk, units: 5, age_days: 1}
policy:
  replenishment:
    - scope: {classes: [fresh]}
      mode:
        kind: min_max
        reorder_point: {units: 10}
        order_up_to: {units: 40}
    - scope: {classes: [dry]}
      mode: {kind: periodic_review, order_up_to: {units: 12}}
      order_weekdays: [mon, thu]
  dc_replenishment:
    - mode: {kind: days_of_cover, cover_days: 5}
  minimum_order: {units: 10}
  promotions:
    - scope: {skus: [milk]}
      start: 2026-02-01
      days: 7
      discount: 0.2
  mark_downs:
    - {classes: [fresh], remaining_days: 2, discount: 0.3}
"""

STORES = """\
store_id,name,region,size,opens_hour,closes_hour
north,North,N,1.5,8,22
south,South,S,1,9,21
"""

SKUS = """\
sku_id,class_id,category,price,purchase_cost,case_pack,shelf_life_days,launch_date
milk,fresh,dairy,12.5,8,6,9,
tea,dry,,30,18,1,0,2026-01-20
"""


@dataclass(frozen=True)
class Broken:
    """One broken input."""

    name: str
    code: str
    changes: tuple[tuple[str, str], ...] = ()
    """Changes of the scenario file."""
    stores: tuple[tuple[str, str], ...] = ()
    """Changes of the store table."""
    skus: tuple[tuple[str, str], ...] = ()
    """Changes of the SKU table."""
    files: dict[str, str] = field(default_factory=dict)
    """Further files."""
    says: str = ""
    """Words of the message."""


def yaml(name: str, code: str, old: str, new: str, says: str = "", **files: str) -> Broken:
    """A scenario file with one change."""
    return Broken(name, code, changes=((old, new),), says=says, files=files)


def store(name: str, code: str, old: str, new: str, says: str = "") -> Broken:
    """A store table with one change."""
    return Broken(name, code, stores=((old, new),), says=says)


def sku(name: str, code: str, old: str, new: str, says: str = "") -> Broken:
    """A SKU table with one change."""
    return Broken(name, code, skus=((old, new),), says=says)


TEXT = [
    yaml("tab", "E103", "  days: 91", "¦\tdays: 91", "use spaces"),
    yaml("syntax: colon", "E104", "days: 91", "days: 91¦: 2"),
    yaml("syntax: open bracket", "E104", "[2026-02-17]\n      stores", "[2026-02-17\n      stores¦"),
    yaml(
        "merge marks", "E105", "name: good", "¦<<<<<<< HEAD\nname: good\n=======\nname: bad\n>>>>>>> theirs"
    ),
    yaml("duplicate key", "E106", "  days: 91", "  days: 91\n  ¦days: 30", "line 5"),
    yaml("duplicate block", "E106", "initial:", "¦network: {}\ninitial:", "line 7"),
    yaml("second document", "E107", "initial:", "¦---\ninitial:", "one document"),
    yaml("deep nesting", "E109", "name: good", "name: " + "[" * 70 + "]" * 70, "deeper"),
    yaml("custom tag", "E110", "days: 91", "days: ¦!weeks 13"),
    yaml("python tag", "E110", "days: 91", "days: ¦!!python/object/apply:os.system [ls]"),
    yaml("merge key", "E110", "  days: 91", "  ¦<<: {days: 91}\n  days: 91", "extends"),
    yaml("not a number", "E111", "mean_units_per_day: 3", "mean_units_per_day: ¦.nan"),
    yaml("infinity", "E111", "mean_units_per_day: 3", "mean_units_per_day: ¦-.inf"),
    yaml("unknown alias", "E104", "days: 91", "days: ¦*weeks"),
]

COMPOSED = [
    yaml("no version", "E201", "format: 1\n", "¦", "format: 1"),
    yaml("newer version", "E201", "format: 1", "¦format: 2", "upgrade"),
    yaml("odd version", "E201", "format: 1", "¦format: one", "write `format: 1`"),
    yaml("extends itself", "E202", "name: good", "name: good\nextends: ¦scenario.yaml"),
    yaml("extends upwards", "E203", "name: good", "name: good\nextends: ¦../base.yaml", "without `..`"),
    yaml("extends absolute", "E203", "name: good", "name: good\nextends: ¦/etc/base.yaml", "relative"),
    yaml("extends nothing", "E101", "name: good", "name: good\nextends: ¦base.yaml", "no such file"),
    yaml("extends a list", "E207", "name: good", "name: good\nextends: ¦[a.yaml, b.yaml]"),
    yaml(
        "unknown override", "E204", "name: good", "name: good\noverrides: {big: {}}\napply: [¦bag]", "`big`"
    ),
    yaml("override no block", "E207", "name: good", "name: good\noverrides:\n  ¦big: 3"),
    yaml("apply a word", "E207", "name: good", "name: good\n¦apply: big"),
    yaml(
        "fighting overrides",
        "E205",
        "name: good",
        "name: good\napply: [long, short]\noverrides:\n"
        "  long: {horizon: {days: 300}}\n  short: {¦horizon.days: 30}",
        "override long (scenario.yaml:5:20)",
    ),
    yaml(
        "override of a block and of its key",
        "E205",
        "name: good",
        "name: good\napply: [a, b]\noverrides:\n  a: {run: {seed: 2}}\n  b: {¦run: 5}",
        "both set",
    ),
    yaml(
        "override of no item",
        "E206",
        "name: good",
        "name: good\napply: [a]\noverrides:\n  a: {¦'network.suppliers[id=S7].name': x}",
        "no items with id=S7",
    ),
    yaml(
        "override of a table cell",
        "E206",
        "name: good",
        "name: good\napply: [a]\noverrides:\n  a: {¦'network.stores[store_id=north].size': 2}",
        "is a table file",
    ),
    yaml(
        "override of the version",
        "E206",
        "name: good",
        "name: good\napply: [a]\noverrides:\n  a: {¦format: 2}",
    ),
]

VALUES = [
    yaml("unknown key", "E301", "  warm_up_days", "  ¦warmup_days", "did you mean `warm_up_days`?"),
    yaml("unknown root key", "E301", "initial:", "¦initail:", "did you mean `initial`?"),
    yaml("missing key", "E302", "  start_date: 2026-01-05\n", "", "horizon.start_date"),
    yaml("missing block", "E302", "  distribution_centres: [{id: DC}]\n", "", "network.distribution_centres"),
    yaml("text for number", "E303", "days: 91", "¦days: soon", "whole number"),
    yaml("quoted number", "E303", "days: 91", '¦days: "91"', "leave the quotes out"),
    yaml("fraction for whole", "E303", "days: 91", "¦days: 91.5", "whole number"),
    yaml("number for text", "E303", "- id: S1", "- ¦id: 1", 'write it in quotes: "1"'),
    yaml("percent", "E303", "factor: 0.5", "¦factor: 50%", "0.2 instead of 20%"),
    yaml("word for list", "E303", "order_weekdays: [mon, thu]", "¦order_weekdays: mon", "[mon]"),
    yaml("impossible date", "E303", "start_date: 2026-01-05", "¦start_date: 2026-02-30", "date"),
    yaml("short date", "E303", "start_date: 2026-01-05", "¦start_date: 2026-1-5", "date"),
    yaml("too small", "E304", "days: 91", "¦days: 0", "at least 1"),
    yaml("too large", "E304", "discount: 0.2", "¦discount: 20", "less than 1"),
    yaml("not allowed", "E305", "[mon, thu]", "[¦monday, thu]", "`mon`"),
    yaml("unknown calendar", "E305", "lunar_new_year", "lunar_newyear", "did you mean `lunar_new_year`?"),
    yaml("unknown kind", "E306", "kind: gamma", "¦kind: gama", "did you mean `gamma`?"),
    yaml("no kind", "E306", "lead_time_days: {kind: gamma, ", "¦lead_time_days: {", "`kind` is missing"),
    yaml("too short list", "E307", "[1, 1, 1, 1, 1, 2, 2]", "[1, 1, 1, 1, 1]", "at least 7 entries"),
    yaml("name with space", "E307", "name: good", "¦name: very good", "match"),
    yaml("empty list", "E307", "[{id: DC}]", "[]", "must not be empty"),
    yaml(
        "contradiction",
        "E308",
        "{kind: gamma, mean: 3, cv: 0.4}",
        "{kind: uniform, low: 3, high: 2}",
        "below high",
    ),
    yaml("level without unit", "E303", "reorder_point: {units: 10}", "¦reorder_point: 10", "block of keys"),
    yaml("level misspelt", "E301", "{units: 40}", "{units: 40, ¦safty_factor: 1}", "unknown key"),
    yaml("level empty", "E302", "order_up_to: {units: 40}", "¦order_up_to: {}", "`units`, `days_of_demand`"),
    yaml("table as word", "E303", "stores: {table: stores.csv}", "¦stores: stores.csv", "{table: file.csv}"),
    yaml(
        "table with a typo",
        "E301",
        "{table: stores.csv}",
        "{table: stores.csv, ¦shet: A}",
        "did you mean `sheet`?",
    ),
    yaml("row of a list", "E301", "units: 5, age_days", "units: 5, ¦age", "did you mean `age_days`?"),
    yaml(
        "repeated row",
        "E410",
        "age_days: 1}",
        "age_days: 1}\n    - ¦{store_id: north, sku_id: milk, units: 9, age_days: 1}",
    ),
]

TABLES = [
    yaml("no table file", "E401", "stores.csv", "shops.csv", "no such file"),
    yaml("table outside", "E203", "{table: stores.csv}", "{¦table: ../stores.csv}", "without `..`"),
    yaml("table absolute", "E203", "{table: stores.csv}", "{¦table: /data/stores.csv}", "relative"),
    yaml(
        "sheet of a CSV", "E401", "{table: stores.csv}", "{table: stores.csv, ¦sheet: A}", "only a workbook"
    ),
    store("unknown column", "E402", ",size,", ",¦szie,", "did you mean `size`?"),
    store("missing column", "E403", STORES, "name\nNorth\nSouth\n", "network.stores.store_id"),
    store("column twice", "E404", ",region,", ",¦name,", "number 2"),
    store("semicolons", "E401", STORES, STORES.replace(",", ";"), "separated by `;`"),
    store("short row", "E405", "1.5,8,22", "1.5,8", "5 cells, but there are 6 columns"),
    store("blank id", "E406", "south,South", "¦,South", "must not be blank"),
    store("word for number", "E407", "1.5,8", "¦big,8", "must be a number"),
    store("decimal comma", "E407", "1.5,8", '¦"1,5",8', "decimal comma"),
    store("infinite", "E407", "1.5,8", "¦inf,8", "must be a number"),
    store("negative size", "E408", "1.5,8", "¦-1.5,8", "at least 0"),
    store("same store twice", "E410", "south,South", "¦north,South", "already stands on line 2"),
    sku("case pack zero", "E408", "12.5,8,6", "12.5,8,¦0", "at least 1"),
    sku("half a case", "E407", "12.5,8,6", "12.5,8,¦6.5", "whole number"),
    sku("bad date", "E407", "2026-01-20", "¦2026-13-01", "date"),
    sku("thousands", "E407", ",30,", ',¦"3,000",', "thousands separators"),
]

MEANING = [
    store("closes before it opens", "E504", "9,21", "9,¦9", "close after it opens"),
    yaml(
        "no demand while open",
        "E504",
        "  closures:",
        "  hourly_profile: [1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1]\n"
        "  closures:",
        "hourly_profile",
    ),
    sku("unknown class", "E501", "tea,dry", "tea,¦dri", "did you mean `dry`?"),
    sku("category in two classes", "E514", "tea,dry,", "tea,dry,¦dairy", "within one class"),
    yaml("class twice", "E502", "    - id: dry", "    - id: dry\n    - ¦id: dry", "already belongs"),
    yaml("closure of no store", "E501", "stores: [north]", "stores: [¦nord]", "did you mean `north`?"),
    yaml("closure in another year", "E505", "dates: [2026-02-17]", "dates: [¦2036-02-17]", "horizon"),
    yaml(
        "lead time below zero",
        "E504",
        "lead_time_days: {kind: gamma, mean: 3, cv: 0.4}",
        "¦lead_time_days: {kind: uniform, low: -1, high: 4}",
        "negative",
    ),
    yaml(
        "lead time of a year",
        "E504",
        "lead_time_days: {kind: gamma, mean: 3, cv: 0.4}",
        "¦lead_time_days: {kind: constant, value: 365}",
        "120",
    ),
    yaml("warm-up eats the run", "E512", "warm_up_days: 7", "¦warm_up_days: 91", "no day to count"),
    yaml(
        "incentive that deters", "E503", "acceptance_with_incentive: 0.2", "¦acceptance_with_incentive: 0.05"
    ),
    yaml(
        "demand from two sources",
        "E511",
        "  patterns:",
        "  ¦rates:\n    - {store_id: north, sku_id: milk, units_per_day: 2}\n  patterns:",
        "not both",
    ),
    yaml("demand from nowhere", "E511", "demand:\n  mean_units_per_day: 3", "¦demand:", "is needed"),
    Broken(
        "demand for what nobody stocks",
        "E506",
        changes=(
            (
                "  mean_units_per_day: 3\n",
                "  rates:\n    - {store_id: north, sku_id: milk, units_per_day: 2}\n"
                "    - {store_id: north, ¦sku_id: tea, units_per_day: 1}\n",
            ),
            (
                "  skus: {table: skus.csv}",
                "  skus: {table: skus.csv}\n  listings:\n    - {store_id: north, sku_id: milk}\n"
                "    - {store_id: south, sku_id: tea}",
            ),
        ),
        says="does not list",
    ),
    yaml(
        "pattern of no class",
        "E501",
        "    - classes: [fresh]\n      weekday",
        "    - classes: [¦frehs]\n      weekday",
    ),
    yaml(
        "two patterns of a class",
        "E502",
        "  holidays:",
        "    - ¦classes: [fresh]\n      trend_per_year: 0.1\n  holidays:",
        "demand.patterns[0]",
    ),
    yaml("negative factor", "E503", "[1, 1, 1, 1, 1, 2, 2]", "[1, 1, ¦-1, 1, 1, 2, 2]", "negative"),
    yaml("holiday without date", "E511", "{name: spring, calendar: lunar_new_year,", "¦{name: spring,"),
    yaml(
        "effects above the uplift",
        "E510",
        "pulled_forward_share: 0.2",
        "¦pulled_forward_share: 0.8",
        "uplift",
    ),
    yaml(
        "dip deeper than demand",
        "E510",
        "pulled_forward_share: 0.2",
        "pulled_forward_share: 0.7\n      dip_days: 1",
        "dip",
    ),
    yaml("stock already expired", "E513", "age_days: 1", "¦age_days: 9", "already expired"),
    yaml("owed although lost", "E513", "units: 5,", "units: 5, ¦backorder_units: 2,", "nothing can be owed"),
    sku(
        "ages in the centre alone",
        "E503",
        SKUS,
        SKUS.replace("launch_date", "launch_date,total_shelf_life_days")
        .replace("9,\n", "9,,20\n")
        .replace("2026-01-20", "2026-01-20,¦20"),
        "need `shelf_life_days` as well",
    ),
    yaml(
        "returns shared out twice",
        "E503",
        "  skus: {table: skus.csv}",
        "  skus: {table: skus.csv}\n  returns_triage:\n    - ¦restock_share: 0.7\n      repair_share: 0.4",
        "add up to 1.1",
    ),
    Broken(
        "returns that nobody sorts",
        "E511",
        changes=(
            ("    - id: dry", "    - id: dry\n      customer_returns: {probability: 0.1}"),
            ("  minimum_order:", "  returns: to_centre\n  minimum_order:"),
            (
                "  skus: {table: skus.csv}",
                "  skus: {table: skus.csv}\n  ¦returns_triage: [{classes: [fresh], restock_share: 1}]",
            ),
        ),
        says="returns of class dry",
    ),
    yaml(
        "gift of no SKU",
        "E501",
        "  minimum_order:",
        "  gifts: [{per_units: 10, ¦gift_sku_id: tee}]\n  minimum_order:",
        "did you mean `tea`?",
    ),
    yaml("stock of no SKU", "E501", "sku_id: milk, units", "¦sku_id: melk, units", "did you mean `milk`?"),
    yaml(
        "scope of no class",
        "E501",
        "scope: {classes: [dry]}",
        "scope: {classes: [¦dray]}",
        "did you mean `dry`?",
    ),
    yaml(
        "cells without a rule",
        "E507",
        "    - scope: {classes: [dry]}",
        "    - scope: {classes: [dry], stores: [south]}",
        "1 listed cells are matched by no rule, e.g. store north, SKU tea",
    ),
    yaml(
        "centre without a rule",
        "E507",
        "    - mode: {kind: days_of_cover, cover_days: 5}",
        "    - scope: {skus: [tea]}\n      mode: {kind: days_of_cover, cover_days: 5}",
        "e.g. milk",
    ),
    yaml(
        "order-up-to below reorder point",
        "E508",
        "order_up_to: {units: 40}",
        "¦order_up_to: {units: 10}",
        "above",
    ),
    yaml(
        "lot of nothing",
        "E508",
        "{kind: periodic_review, order_up_to: {units: 12}}",
        "{kind: reorder_quantity, reorder_point: {units: 3}, ¦order_quantity: {units: 0}}",
        "at least one unit",
    ),
    yaml(
        "minimum order never reached",
        "E508",
        "{units: 10}\n  promotions",
        "{¦units: 500}\n  promotions",
        "never",
    ),
    yaml("weekday twice", "E502", "order_weekdays: [mon, thu]", "¦order_weekdays: [mon, mon]", "twice"),
    yaml(
        "level table with holes",
        "E507",
        "mode: {kind: periodic_review, order_up_to: {units: 12}}",
        "mode:\n        kind: table\n        ¦levels:\n          - {store_id: north, sku_id: tea, "
        "reorder_point_units: 3, order_up_to_units: 9}",
        "store south, SKU tea",
    ),
    yaml(
        "level row with two ways",
        "E511",
        "mode: {kind: periodic_review, order_up_to: {units: 12}}",
        "mode:\n        kind: table\n        levels:\n"
        "          - {store_id: north, sku_id: tea, reorder_point_units: 3, order_up_to_units: 9}\n"
        "          - {store_id: south, sku_id: tea, reorder_point_units: 3, ¦order_up_to_units: 9, "
        "order_quantity_units: 4}",
        "either",
    ),
    yaml(
        "overlapping promotions",
        "E509",
        "  mark_downs:",
        "    - scope: {classes: [fresh], stores: [south]}\n      ¦start: 2026-02-07\n      days: 3\n"
        "      discount: 0.1\n  mark_downs:",
        "for SKU milk",
    ),
    yaml(
        "overlap with the promotion table",
        "E509",
        "  mark_downs:",
        "  promotion_table:\n    - {sku_id: milk, ¦start: 2026-02-05, days: 9, discount: 0.1}\n  mark_downs:",
        "policy.promotions[0]",
    ),
    yaml("promotion years away", "E505", "start: 2026-02-01", "¦start: 2062-02-01", "horizon"),
    sku(
        "delisted before launch",
        "E504",
        SKUS,
        SKUS.replace("launch_date", "launch_date,delist_date")
        .replace("9,\n", "9,,\n")
        .replace("2026-01-20", "2026-01-20,¦2026-01-10"),
        "after its launch",
    ),
    yaml(
        "listing of no store",
        "E501",
        "  skus: {table: skus.csv}",
        "  skus: {table: skus.csv}\n  listings:\n    - {store_id: north, sku_id: milk}\n"
        "    - {store_id: south, sku_id: tea}\n    - {¦store_id: est, sku_id: tea}",
        "store",
    ),
]

ALL = [*TEXT, *COMPOSED, *VALUES, *TABLES, *MEANING]
