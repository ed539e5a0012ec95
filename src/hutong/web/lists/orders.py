"""Orders that several lists stand in."""

from datetime import datetime

from hutong.web.lists.listing import ListOrder

MOMENT = (datetime, int)
"""The place of a row that a moment and a number put in order."""
NEWEST_FIRST = (ListOrder("newest", "最新在前", MOMENT), ListOrder("oldest", "最早在前", MOMENT))
