"""A second unit that compiles its catalogue, for the chapters."""

from acting import NOW, PASSWORD, County
from outcomes import DONE, came_of, result_of

from hutong.control.catalog import operations as catalog
from hutong.control.catalog import queries as catalogue
from hutong.control.units import operations as members
from hutong.plane.definition import Item, Mode, QualityRule, Rule, Type

CIVIL_CODE = "307002/000001"
WAY = (("submit", "civil-editor"), ("register", "civil-approver"), ("publish", "authority"))
"""The straight way of an entry."""
SCAN = Item(
    "scan", "证书扫描件", Type.GENERAL, rules=(QualityRule(Rule.KINDS, "pdf|jpeg"), QualityRule(Rule.MEGABYTES, "20"))
)
"""An item that carries a file."""


def civil_officers(county: County) -> None:
    """Give the civil affairs bureau officers who provide."""
    for username, name, role in (
        ("civil-editor", "周敏", "provider_editor"),
        ("civil-approver", "郑华", "provider_approver"),
    ):
        members.add_officer(username=username, password=PASSWORD, name=name, unit=county.civil, roles=[role],
                         now=NOW, by="x")  # fmt: skip


def draft(county: County, *, by: str = "civil-editor", **changes: object) -> str:
    """Draft the entry of marriage registrations and return its code; `changes` replace what it says."""
    items = [Item("number", "登记字号", required=True), Item("name", "姓名", offered=Mode.QUERY)]
    said = {"code": CIVIL_CODE, "name": "婚姻登记", "abstract": "本县婚姻登记的基本信息。", "items": items,
            "key": ["number"]}  # fmt: skip
    catalog.draft(**{**said, **changes}, actor=county.actor(by), now=NOW)
    return str({**said, **changes}["code"])


def change_of(code: str) -> str:
    """Return the number of the newest change of an entry."""
    return catalogue.changes(code)[0].no


def entry_step(county: County, code: str, action: str, *, by: str, **grounds: str) -> object:
    """Begin a change of an entry, or take a step of it or of its newest change.

    Returns the state that this is in then, or the code of the refusal.
    """
    given = {"actor": county.actor(by), "now": NOW, "calendar": county.calendar, **grounds}
    if action == "begin":
        came = came_of(catalog.begin, code, **given)
        return catalogue.changes(code)[0].state if came == DONE else came
    if action == "withdraw":
        return result_of(catalog.take_of_entry, code, action, **given)
    return result_of(catalog.take, change_of(code), action, **given)


def edit(county: County, code: str, *, by: str, **changes: object) -> str:
    """Alter what the newest change of an entry says, and return what came of it."""
    return came_of(catalog.edit, change_of(code), changes=changes, actor=county.actor(by), now=NOW)


def walk_entry(county: County, *, to: str = "PUBLISHED", **changes: object) -> str:
    """Draft the entry and take it along the straight way up to a state."""
    code, state = draft(county, **changes), "DRAFT"
    for action, by in WAY:
        if state == to:
            break
        state = str(entry_step(county, code, action, by=by))
    return code
