"""A second unit that compiles its catalogue, for the chapters."""

from acting import NOW, PASSWORD, County
from outcomes import result_of

from hutong.control.catalog import operations as catalog
from hutong.control.orgs import operations as orgs
from hutong.plane.definition import Item, Mode

CIVIL_CODE = "307002/000001"
WAY = (("submit", "civil-editor"), ("register", "civil-approver"), ("publish", "authority"))
"""The straight way of an entry."""


def civil_officers(county: County) -> None:
    """Give the civil affairs bureau officers who provide."""
    for username, name, role in (
        ("civil-editor", "周敏", "provider_editor"),
        ("civil-approver", "郑华", "provider_approver"),
    ):
        orgs.add_officer(username=username, password=PASSWORD, name=name, org=county.civil, roles=[role],
                         now=NOW, by="x")  # fmt: skip


def draft(county: County, *, by: str = "civil-editor", **changes: object) -> str:
    """Draft the entry of marriage registrations; `changes` replace what it says."""
    items = [Item("number", "登记字号", required=True), Item("name", "姓名", offered=Mode.QUERY)]
    said = {"code": CIVIL_CODE, "name": "婚姻登记", "abstract": "本县婚姻登记的基本信息。", "items": items,
            "key": ["number"]}  # fmt: skip
    return catalog.draft(**{**said, **changes}, actor=county.actor(by), now=NOW)


def entry_step(county: County, code: str, action: str, *, by: str, **grounds: str) -> object:
    """Take one step of an entry; returns its state, or the code of the refusal."""
    given = {"actor": county.actor(by), "now": NOW, "calendar": county.calendar, **grounds}
    return result_of(catalog.take, code, action, **given)


def walk_entry(county: County, *, to: str = "PUBLISHED", **changes: object) -> str:
    """Draft the entry and take it along the straight way up to a state."""
    code, state = draft(county, **changes), "DRAFT"
    for action, by in WAY:
        if state == to:
            break
        state = str(entry_step(county, code, action, by=by))
    return code
