"""No page is wider than the screen it is looked at on, whatever stands in it."""

import pytest
from acting import NOW, catalogued
from desks import hire
from registering import administrator, applied

from hutong.control.catalog import operations as catalog
from hutong.control.catalog import queries as catalogue
from hutong.control.catalog.models import Change
from hutong.control.orgs import operations as orgs
from hutong.control.orgs.rules import Days
from hutong.control.procedures import handling
from hutong.control.sharing.models import Application
from hutong.control.sharing.procedure import APPLICATIONS

WIDTHS = (390, 1440)
LONG = "A" * 150
ENDLESS = "核验低保申请人身份" * 12


@pytest.fixture
def crowded(county):
    """The county with applications in several states, and words without a place to break."""
    county.walk(county.draft(purpose=ENDLESS), to="FILED")
    no = county.draft(purpose=LONG, legal_basis=LONG, matters=[LONG, "DB-001"])
    county.take(no, "lodge", by="consumer")
    county.take(no, "refuse", by="competent", reason=LONG, basis=ENDLESS)
    county.take(county.draft(), "lodge", by="consumer")
    items = [{"code": "c" * 39, "name": "D" * 60, "rules": [{"rule": "pattern", "argument": LONG}]}]
    wide = {"name": "B" * 120, "provider_id": county.police, "sharing_basis": LONG, "abstract": ENDLESS}
    catalogued([{"code": "308001/000001", "sharing_type": 3, "items": items, "key": ["c" * 39], **wide}])
    change = catalog.begin("308001/000001", actor=county.actor("editor"), now=NOW, calendar=county.calendar)
    changed = {"items": [{**items[0], "name": "E" * 60, "length": 18}], "abstract": LONG}
    Change.objects.filter(no=change).update(**changed)
    org = county.actor("competent").org
    hire(county, "head", "何平", org=org, roles=("unit_head", "competent"))
    hire(county, "auditor", "陈静", org=org, roles=("auditor",))
    hire(county, "accounts", ENDLESS[:100], org=org, roles=("system_admin",))
    orgs.give_role(username="head", role="consumer", days=Days(NOW.date(), NOW.date()), now=NOW, by="init")
    orgs.take_role(username="head", role="consumer", reason=LONG, now=NOW, by="init")
    handled(county, county.draft(purpose=LONG))
    administrator(county)
    registered = applied(county, "system", name=LONG, dept=LONG, address=LONG, purpose=ENDLESS)
    lost = county.draft()
    county.walk(lost, to="SUPPLIED")
    orgs.set_active(username="operator", active=False, now=NOW, by="init")
    nos = Application.objects.values_list("no", flat=True)
    pages = ("registrations/", f"registrations/{registered}/", "registrations/new/system/")
    return {**desk(county, nos=nos), "unit_admin": pages}


def handled(county, no: str) -> None:
    """Let an application be lodged, taken, consulted on and urged, with words without a place to break."""
    competent, consumer = county.actor("competent"), county.actor("consumer")
    county.take(no, "lodge", by="consumer")
    handling.take_over(APPLICATIONS, no, actor=competent, now=NOW)
    handling.consult(APPLICATIONS, no, unit=county.police, actor=competent, now=NOW, words=LONG)
    handling.urge(APPLICATIONS, no, actor=consumer, now=NOW, words=ENDLESS)


def desk(county, *, nos) -> dict[str, tuple[str, ...]]:
    """Return the pages of portal and desk, by who opens them."""
    public = ("", "catalog/", "catalog/?q=nothing", f"catalog/{county.code}/", "catalog/308001/000001/", "evidence/")
    account = "../account/", "../account/second-factor/"
    shared = ("", *account, "applications/", *(f"applications/{no}/" for no in nos), "grants/", "records/")
    change = catalogue.under_way("308001/000001").no
    kept = f"entries/changes/{change}/edit/", f"entries/changes/{change}/", f"entries/{county.code}/"
    wide = "entries/308001/000001/", "entries/versions/1/308001/000001/"
    provider = ("entries/", "entries/new/", *kept, *wide, "deliveries/")
    entry = f"applications/new/{county.code}/"
    by_role = {
        "consumer": (*shared, entry), "editor": (*shared, *provider), "authority": (*shared, "deputies/", "offices/"),
        "competent": shared, "head": ("", "giving/"),
        "auditor": ("records/class/administration/", "records/class/security/", "records/subject/", "records/entry/1/"),
        "accounts": ("people/", "people/add/", "people/of/head/"),
    }  # fmt: skip
    return {"": (*public, "login/", "nowhere/"), **by_role}


def looked_at(desk, *, every: bool):
    """Yield who opens which page, in which language: every page by everybody, or each once, by one of them in turn."""
    openers = {}
    for who, pages in desk.items():
        for page in pages:
            openers.setdefault((bool(who), page), []).append(who)
    for number, ((inside, page), several) in enumerate(openers.items()):
        chosen = several if every else [several[number // 2 % len(several)]]
        for who in chosen:
            spoken = ("zh", "en") if who in ("", "consumer", "editor") else ("zh",)
            for language in spoken if every else [spoken[number % len(spoken)]]:
                yield who, f"/{language}/{'desk/' if inside else ''}{page}"


@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.full)], ids=["once", "by everybody"])
def test_no_page_is_wider_than_the_screen(crowded, window, every):
    wide, windows = [], {}
    for who, path in looked_at(crowded, every=every):
        if who not in windows:
            windows[who] = window().enter(who) if who else window()
        opened = windows[who]
        opened.go(path)
        for width in WIDTHS:  # of one page: no script of ours makes it another on another screen
            opened.page.set_viewport_size({"width": width, "height": 900})
            opened.keep(f"{width}-{who or 'public'}{path.replace('/', '-')[:60]}")
            if opened.overflow() > 0:
                wide.append((who, path, width, opened.overflow()))
    assert wide == []


@pytest.mark.parametrize("language", [pytest.param("zh", marks=pytest.mark.full), "en"])
def test_rows_that_lack_a_name_or_a_field_are_marked_within_the_screen(window, language):
    editor = window(width=390).enter("editor")
    page = editor.go(f"/{language}/desk/entries/new/")
    for field, value in (("code", "307009/000001"), ("name", "婚姻登记信息"), ("abstract", "本县婚姻登记。")):
        page.fill(f"[name={field}]", value)
    page.fill("[name=item-1-code]", "number")
    page.fill("[name=item-2-name]", "登记机关")
    page.click("main button:has-text('保存')" if language == "zh" else "main button:has-text('Save')")
    lacking = page.locator("[aria-invalid]").evaluate_all("all => all.map(each => each.name)")
    assert lacking == ["item-1-name", "item-2-code"]
    assert all(page.locator(f"#{name}-wrong").is_visible() for name in lacking)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        editor.keep(f"lacks-{language}-{width}")
        assert editor.overflow() <= 0
