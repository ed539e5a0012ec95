"""What a list says of itself is said in both languages."""

import importlib
import pkgutil
import re

import acting
from django.utils import translation
from django.utils.translation import gettext

import hutong.web
from hutong.web.lists.listing import Listing

assert acting  # it sets Django up
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def listings() -> list[Listing]:
    """Return every list that stands in a module of the pages, those of a dict among them."""
    found = [module.name for module in pkgutil.walk_packages(hutong.web.__path__, "hutong.web.")]
    held = [value for name in found if "list" in name for value in vars(importlib.import_module(name)).values()]
    held += [one for value in held if isinstance(value, dict) for one in value.values()]
    return [value for value in held if isinstance(value, Listing)]


def words(listing: Listing) -> set[str]:
    fields = {word for field in listing.filters for word in (field.label, field.example) if word}
    orders = {order.label for order in listing.orders}
    return {listing.title, listing.said, listing.empty, listing.none_fit, *listing.columns, *fields, *orders}


def test_what_a_list_says_has_its_english():
    found = listings()
    assert len({listing.name for listing in found}) > 12
    with translation.override("en"):
        assert {word for listing in found for word in words(listing) if CHINESE.search(gettext(word))} == set()
