"""Whatever the doors take fits the column it is kept in; a column that nobody fills in from a form is named here."""

import pytest
from django.apps import apps
from django.db import models

from hutong.core import bounds

SMALL = (models.SmallIntegerField, models.PositiveSmallIntegerField)
SMALLEST = 2**15 - 1
COUNTED = {
    "CalendarYear.year": "days lie in `beijing.YEARS`", "HandGiven.officers": "counted by us",
    "AttachmentPiece.number": "counted by us",
    "Registration.protection_reminders": "counted by us", "SecondFactor.wrong": "counted by us",
}  # fmt: skip
"""Small numbers that nobody types."""
OWN_RULE = {
    "Officer.name": "units.operations.check_name", "Attachment.name": "kinds.names", "Group.name": "unused",
    "Permission.name": "unused", "Clock.name": "a clock of a lifecycle",
    "Step.unit": "the code of a unit that is there", "Handling.unit": "the code of a unit that is there",
    "Turn.unit": "the code of a unit that is there", "EndedSession.reason": "one of three",
    "LadderDecision.reason": "one of the ladder's", "HandGiven.unit": "the code of a unit that is there",
    "Entry.code": "identifiers.check_catalogue_code", "Term.code": "a code of the list of terms",
    "Registration.public_key": "registration.rules.key", "RulesAccepted.version": "written by us",
    "PlannedOffice.code": "the code of a refusal", "PersonalToken.id": "written by us",
    "PersonalToken.name": "units.tokens.make",
    "HandoverPart.code": "the code of a refusal", "HandoverPart.unit": "the code of a unit that is there",
    **{f"IdentityService.{each}": "signon.rules.check" for each in ("code", "issuer", "client_id")},
    **{f"{each}.issuer": "that of a registration" for each in ("Binding", "HandedCode")},
}  # fmt: skip
"""Texts that are held to fewer characters by a rule of their own, or written by us."""


def columns(*kinds: type[models.Field]) -> list[tuple[str, models.Field]]:
    found = []
    for model in apps.get_models():
        if model.__module__.startswith(("hutong.", "django.contrib.auth")):
            found += [(f"{model.__name__}.{each.name}", each) for each in model._meta.concrete_fields]
    return [(name, each) for name, each in found if type(each) in kinds]


@pytest.mark.parametrize(("name", "column"), columns(*SMALL), ids=lambda each: str(each))
def test_a_number_that_is_taken_fits_its_small_column(name, column):
    if name in COUNTED:
        return
    most = bounds.NUMBERS[column.name]
    assert most <= SMALLEST
    assert bounds.whole(str(most), field=column.name) == most
    assert bounds.whole(str(most + 1), field=column.name) is None


def test_a_number_that_is_taken_fits_every_other_column():
    kinds = (models.IntegerField, models.PositiveIntegerField)
    assert columns(*kinds) != []
    assert bounds.LARGEST <= 2**31 - 1


LOOKED_UP = frozenset({"no", "action"})
"""Fields of a form that name what is there already, and are kept as that is called."""


def test_a_text_that_is_taken_fits_its_column():
    short = {
        name: (column.max_length, bounds.LENGTHS[column.name])
        for name, column in columns(models.CharField)
        if column.name in bounds.LENGTHS
        and column.max_length < bounds.LENGTHS[column.name]
        and name not in OWN_RULE
        and column.name not in LOOKED_UP
    }
    assert short == {}


_UNTYPED = """
by by_name by_unit by_unit_name told_by told_officer given_by ended_by named_by made_by made_by_name loaded_by
rules_by published_by published_by_name added_by added_by_name added_by_unit written_by to_officer to_name to_unit
detected_by asked_by planned_by
of_role of_unit handler away username source browser lifecycle case from_state to_state state clause label stage why
filing_no grant_no digest declared_digest sha256 key_id said result event counting rulebook_name lead_rule clock hand
shut recovery
kind mode managed suite record_class rules_version id first_name last_name email codename password credit_code region
region_code name_en fact masked released_by released_by_name rules_digest
stamp used_from
authentication login_address token_address keys_address leaving_address subject called bound_by proposed_by decided_by
"""
UNTYPED = frozenset(_UNTYPED.split())
"""Columns of short texts that no form of a page fills in: who and where, what we make, what a list or command gives."""


def test_a_short_column_that_is_typed_into_is_bounded_before_it_is_kept():
    unbounded = [
        name
        for name, column in columns(models.CharField)
        if column.max_length < bounds.LONGEST
        and column.name not in bounds.LENGTHS
        and column.name not in UNTYPED | LOOKED_UP
        and name not in OWN_RULE
    ]
    assert unbounded == []
