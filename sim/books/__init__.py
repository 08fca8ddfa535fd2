"""Double entry and the check that nothing is lost: records in, ledger out."""

from sim.books.accounts import HEAD_ACCOUNTS, Account
from sim.books.audit import BooksError, Discrepancy
from sim.books.conservation import check_books
from sim.books.events import NOT_YET, OrderKind, event_days, orders_by_day
from sim.books.ledger import post_ledger
from sim.books.postings import POSTINGS, Posting
from sim.books.terms import MINOR_PER_MAJOR, Terms

__all__ = [
    "HEAD_ACCOUNTS",
    "MINOR_PER_MAJOR",
    "NOT_YET",
    "POSTINGS",
    "Account",
    "BooksError",
    "Discrepancy",
    "OrderKind",
    "Posting",
    "Terms",
    "check_books",
    "event_days",
    "orders_by_day",
    "post_ledger",
]
