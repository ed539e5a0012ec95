"""Orders that several lists stand in."""

from datetime import datetime

from hutong.web.lists.listing import ListOrder

MOMENT = (datetime, int)
"""The place of a row that a moment and a number put in order."""
LAST_FIRST = (
    ListOrder("newest", "最新在前", (int,), turned="oldest"),
    ListOrder("oldest", "最早在前", (int,), turned="newest"),
)
"""Of rows that are numbered as they come."""
NEWEST_FIRST = (
    ListOrder("newest", "最新在前", MOMENT, turned="oldest"),
    ListOrder("oldest", "最早在前", MOMENT, turned="newest"),
)
