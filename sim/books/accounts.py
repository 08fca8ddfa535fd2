"""The chart of accounts."""

from __future__ import annotations

from enum import IntEnum


class Account(IntEnum):
    """Accounts of the ledger, debits positive; assets and expenses have positive balances."""

    CASH = 0
    STORE_INVENTORY = 1
    """Goods in stores at moving-average cost."""
    CENTRE_INVENTORY = 2
    """Goods in distribution centres at moving-average cost."""
    IN_TRANSIT = 3
    """Goods between a centre and its stores; they stand in the books of the centre until a store has them."""
    CLEARING = 4
    """Goods handed from a centre to a store: debit there, credit here; zero over all places, always."""
    OPENING_CAPITAL = 5
    """What the goods of the first morning were worth."""
    REVENUE = 6
    """Sales at the price of the day."""
    REFUNDS = 7
    COST_OF_GOODS = 8
    """Cost of goods sold, less goods brought back."""
    ORDERING = 9
    HOLDING = 10
    WASTE = 11
    """Purchase cost of expired, scrapped and vanished goods, in stores and centres."""
    DISPOSAL = 12
    """Getting rid of them."""
    MARK_DOWN = 13
    COMMUNICATION = 14
    FACILITIES = 15
    LABOUR = 16
    """People in distribution centres and at the order desk, overtime included."""
    MATERIAL = 17
    """What is used up: packaging, pallets."""
    TRANSPORT = 18
    """Own trucks and their drivers."""
    OUTSOURCING = 19
    """Carriers and other partners paid for their work."""
    QUALITY = 20
    """Inspection, rejected goods and what becomes of goods brought back, less what is recovered."""
    RETURNED_GOODS = 21
    """Goods brought back that travel from a store to the centre, in whose books they stand."""
    SERVICE_REVENUE = 22
    """What customers pay for repairs, parts, visits and maintenance contracts."""
    PARTS_INVENTORY = 23
    """Spare parts at purchase cost, in centres, stations and vans, on their way and in repair."""
    VOLUME_DISCOUNTS = 24
    """What suppliers pay back for the volume of a period; goods are carried at what was invoiced."""


HEAD_ACCOUNTS: dict[str, tuple[Account, ...]] = {
    "purchase": (Account.COST_OF_GOODS, Account.VOLUME_DISCOUNTS),
    "ordering": (Account.ORDERING,),
    "holding": (Account.HOLDING,),
    "waste": (Account.WASTE, Account.DISPOSAL),
    "mark_down": (Account.MARK_DOWN,),
    "communication": (Account.COMMUNICATION,),
    "facilities": (Account.FACILITIES,),
    "labour": (Account.LABOUR,),
    "material": (Account.MATERIAL,),
    "transport": (Account.TRANSPORT,),
    "outsourcing": (Account.OUTSOURCING,),
    "quality": (Account.QUALITY,),
}
"""Cost head -> the accounts it adds up."""
