"""What the parts of a plan are called in front of people."""

from __future__ import annotations

_PREFIX = "policy.optimised."
_TITLES = {
    "stores": "Levels of stores",
    "centres": "Levels of distribution centres",
    "sites": "Stations and territories",
    "parts": "Spare parts",
    "agents": "Agents",
    "technicians": "Technicians",
    "rosters": "Rosters",
    "pickers": "Pickers",
    "rounds": "Fixed rounds",
    "sourcing": "Suppliers, carriers and partners",
}


_WITHIN = {"sites.expansion": "Stations over several years", "sites.greenfield": "New stations anywhere"}


def part_title(path: str) -> str:
    """The name of a part of a plan, by its path; the path itself where it has none."""
    name = path.removeprefix(_PREFIX)
    return _WITHIN.get(name) or _TITLES.get(name.split(".")[0].split("[")[0], path)


__all__ = ["part_title"]
