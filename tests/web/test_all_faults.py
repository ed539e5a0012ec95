"""Every form of the desk and the login: empty, and with every field wrong, each fault is told beside its field."""

import re
from datetime import date, timedelta

import fronting
import pytest
import registering
from acting import CODE, NOW, PASSWORD, UNITS
from desks import at, entered, hire
from django.test import Client
from formread import FormRead
from test_versions_side_by_side import load, statement

from hutong.control.catalog import operations, queries
from hutong.control.security import operations as security
from hutong.core import bounds
from hutong.db.database import Database
from hutong.plane.answer import alarms

NEVER_WRONG = {"radio", "checkbox", "hidden", "file", "submit"}


@pytest.fixture(autouse=True)
def march():
    """The pages' clock stands an hour after the county was made."""
    with at(NOW + timedelta(hours=1)):
        yield


@pytest.fixture
def staffed(county):
    """The county with its administrators, something of each kind under way, and an alarm that stands open."""
    registering.administrator(county)
    for username, role in (("accounts", "system_admin"), ("secrecy", "security_admin"), ("auditor", "auditor")):
        hire(county, username, f"管理{username}", unit=UNITS[0], roles=(role,))
    unit = county.actor("competent").unit
    hire(county, "head", "何平", unit=unit, roles=("unit_head",))
    hire(county, "second", "周敏", unit=unit, roles=("competent",))
    county.take(county.draft(), "lodge", by="consumer")
    plane = Database(county.url, role="plane", size=1)
    with plane.transaction() as cur:
        alarms.open_alarm(cur, limit="compare.share_percent", consumer=county.civil, seen=34, most=20, now=NOW)
    plane.close()
    return county


def plan(county):
    facts = {
        "title": "预案", "unit": UNITS[1], "owner": "李强", "rehearsal_date": date(2026, 9, 1), "summary": "",
    }  # fmt: skip
    return security.draft(facts, region="", actor=county.actor("operator"), now=NOW)


def drill(county, *, at_step):
    given = {"actor": county.actor("operator"), "now": NOW, "calendar": county.calendar}
    no = security.plan_drill(planned_date=date(2026, 3, 2), scope="全部数据", region="", **given)
    for action, facts in (("back_up", {"set_number": 1, "set_ended_at": NOW}), ("verify", {"read_back_at": NOW})):
        if action != at_step:
            security.record_step(no, action, facts=facts, **given)
        else:
            break
    return f"security/drills/{no}/record/"


def filed(county):
    no = county.draft()
    county.walk(no, to="FILED")
    return f"grants/G-{no}/suspend/"


def ending(county):
    return filed(county).replace("/suspend/", "/revoke/")


def lodged(county):
    no = county.draft()
    county.take(no, "lodge", by="consumer")
    return f"applications/{no}/"


def succeeded(county):
    """An entry of which a grant names the first version, and the second holds data."""
    filed(county)
    statement("update plane.store set key_id = 'k1'", county)
    no = county.begin_change()
    items = [*queries.published(CODE).items, {"code": "phone", "name": "电话"}]
    operations.edit(no, changes={"items": items}, actor=county.actor("editor"), now=NOW)
    county.bring_change(no, to="PUBLISHED")
    load(county)
    return f"entries/{county.code}/"


def checked(county):
    no = county.draft()
    county.walk(no, to="COMPLIANCE_CHECK")
    return f"cases/sharing.application/{no}/steps/refuse/"


FORMS = {
    "application": ("consumer", lambda county: f"applications/new/{county.code}/", {}, {}),
    "application changed": ("consumer", lambda county: f"applications/{county.draft()}/edit/", {}, {}),
    "entry": ("editor", lambda county: "entries/new/", {}, {}),
    "entry changed": ("editor", lambda county: f"entries/changes/{county.begin_change()}/edit/", {}, {}),
    "system": ("unit_admin", lambda county: "registrations/new/system/", {}, {}),
    "department": ("unit_admin", lambda county: "registrations/new/department/", {}, {}),
    "user": ("unit_admin", lambda county: "registrations/new/user/", {}, {}),
    "device": ("unit_admin", lambda county: "registrations/new/device/", {}, {}),
    "system changed": (
        "unit_admin", lambda county: f"registrations/{registering.applied(county, 'system')}/edit/", {}, {},
    ),
    "contact": ("unit_admin", lambda county: "contacts/changes/new/", {}, {}),
    "maintenance": ("unit_admin", lambda county: "maintenance/new/", {}, {}),
    "fault": ("unit_admin", lambda county: "faults/new/", {}, {}),
    "fault of a unit": ("operator", lambda county: "faults/found/", {}, {}),
    "front-end server": ("unit_admin", lambda county: "nodes/new/", {}, {}),
    "front-end server changed": ("unit_admin", lambda county: f"nodes/{fronting.drafted(county)}/edit/", {}, {}),
    "change of a server": ("unit_admin", lambda county: f"nodes/{fronting.registered(county)}/change/", {}, {}),
    "what was carried out": (
        "unit_admin",
        lambda county: f"nodes/changes/{fronting.submitted(county, fronting.registered(county))}/execute/", {}, {},
    ),
    "plan": ("operator", lambda county: "security/plans/new/", {}, {}),
    "plan changed": ("operator", lambda county: f"security/plans/{plan(county)}/edit/", {}, {}),
    "drill": ("operator", lambda county: "security/drills/new/", {}, {}),
    "backup of a drill": ("operator", lambda county: drill(county, at_step="back_up"), {}, {}),
    "reading back": ("operator", lambda county: drill(county, at_step="verify"), {}, {}),
    "measures of a drill": ("operator", lambda county: drill(county, at_step=""), {}, {}),
    "rulebook": ("authority", lambda county: "rulebook/change/", {"region": ""}, {}),
    "limit": ("authority", lambda county: "limits/", {"action": "raise"}, {}),
    "alarm": ("authority", lambda county: "limits/", {"action": "close"}, {}),
    "suspension": ("operator", filed, {}, {}),
    "end of a grant": ("operator", ending, {}, {}),
    "officer": ("accounts", lambda county: "officers/add/", {}, {}),
    "name of an officer": ("accounts", lambda county: "officers/of/editor/", {"act": "rename"}, {}),
    "move of an officer": ("accounts", lambda county: "officers/of/editor/", {"act": "move"}, {}),
    "role given": ("secrecy", lambda county: "officers/of/editor/", {"act": "give"}, {}),
    "deputy": ("authority", lambda county: "deputies/", {}, {}),
    "office": ("authority", lambda county: "offices/", {}, {}),
    "delivery": ("editor", lambda county: "deliveries/", {}, {}),
    "last day of a version": (
        "authority", succeeded, {"act": "end_version"}, {"act": "end_version"},
    ),
    "cases given out": ("head", lambda county: "giving/", {}, {}),
    "refusal with its basis": ("authority", checked, {"action": "refuse"}, {}),
    "case given on": ("competent", lodged, {"act": "give"}, {}),
    "use of a subject": ("auditor", lambda county: "records/subject/", {}, {}),
    "step with a reason": ("competent", lodged, {"action": "return"}, {}),
    "question to another unit": ("competent", lodged, {"act": "consult"}, {}),
    "urging": ("authority", lodged, {"act": "supervise"}, {}),
}  # fmt: skip
"""Form → who fills it in, where it stands, the hidden values by which it is found there, and what else is sent."""


def posted(county, name):
    who, place, hidden, more = FORMS[name]
    path = f"/zh/desk/{place(county)}"
    client = entered(who)
    found = FormRead(client.get(path).content.decode(), path).form(**hidden)
    kept = {each.name: each.value for each in found if each.kind == "hidden"}
    return client, path, found, {**kept, **more}


def told(answer) -> FormRead:
    """Return the page of a refusal, and see that its summary tells each fault and leads to where it stands."""
    page = FormRead(answer.content.decode(), answer.request["PATH_INFO"])
    assert 400 <= answer.status_code < 500
    said = re.search(r"有 (\d+) 处需要更正", page.title.strip())
    assert said and page.title.strip().startswith(said[0])
    assert int(said[1]) == page.faults
    assert page.focused == ["faults"]
    assert [link for link in page.links if page.ids.count(link.removeprefix("#")) != 1] == []
    assert len(page.links) == page.faults  # none leads nowhere
    assert not re.search(r"“[a-z_-]+(\d+-[a-z]+)?”填写", answer.content.decode())  # each is called as the form calls it
    return page


@pytest.mark.parametrize("name", FORMS)
def test_an_empty_form_is_told_field_by_field_what_is_lacking(staffed, name):
    client, path, found, kept = posted(staffed, name)
    page = told(client.post(path, {**kept, **mixed(found, set())[0]}))
    lacking = {each.id for each in found if each.required and each.kind != "checkbox"}
    assert lacking - page.marked() == set()


@pytest.mark.parametrize("name", FORMS)
def test_a_form_with_every_field_wrong_loses_no_fault(staffed, name):
    client, path, found, kept = posted(staffed, name)
    typed = {each.name: wrong(each) for each in found if each.kind not in NEVER_WRONG}
    page = told(client.post(path, {**kept, **typed}))
    expected = {each.id for each in found if each.name in typed and not any(each.id.endswith(s) for s in CHOSEN)}
    assert expected - page.marked() == set()
    shown = {each.id: each for form in page.forms for each in form}
    for each in found:
        if each.kind == "text" and each.name in typed and each.name not in FORGOTTEN:
            assert shown[each.id].value == typed[each.name]  # what was typed stays


FORGOTTEN = {"identifier"}
"""Fields of which what was typed is not shown again: whom somebody looked up."""
CHOSEN = ("-type", "-offered")
"""Ends of what is chosen from a list of which a value that is not in it is read as the first."""


@pytest.mark.parametrize("odd", [0, pytest.param(1, marks=pytest.mark.full)])
@pytest.mark.parametrize("name", FORMS)
def test_fields_left_empty_and_fields_that_are_wrong_are_told_together(staffed, name, odd):
    client, path, found, kept = posted(staffed, name)
    named = list(dict.fromkeys(each.name for each in found if each.kind not in NEVER_WRONG))
    typed = {name for place, name in enumerate(named) if place % 2 == odd}
    sent, lacking, refused = mixed(found, typed)
    assert (lacking | refused) - told(client.post(path, {**kept, **sent})).marked() == set()


def mixed(found, typed):
    """Return what is sent of a form with these fields wrong and the others empty; which of them lack, and are wrong."""
    sent = {each.name: "" for each in found if each.kind in ("text", "textarea", "number", "date")}
    sent |= {each.name: wrong(each) for each in found if each.name in typed}
    lacking = {each.id for each in found if each.required and each.name not in typed and each.kind != "checkbox"}
    refused = {each.id for each in found if each.name in typed and not any(each.id.endswith(s) for s in CHOSEN)}
    return sent, lacking, refused


def wrong(control):
    """Return what a field cannot hold: no choice of its list, more than a text takes, or words for a day or number."""
    if control.kind == "select":
        return "none-such"
    if control.kind in ("number", "date", "datetime-local"):
        return "many"
    return "长" * (1 + bounds.LENGTHS.get(re.sub(r"-\d+-", "-", control.name), bounds.LONGEST))


@pytest.mark.parametrize(("path", "names"), [
    ("/zh/login/", {"username", "password"}), ("/zh/account/", {"present", "password", "again"}),
])  # fmt: skip
def test_login_and_account_tell_each_empty_field(staffed, path, names):
    client = entered("consumer") if "account" in path else Client(HTTP_HOST="localhost")
    page = told(client.post(path, {}))
    assert page.marked() == names


def test_a_wrong_password_is_told_beside_both_fields_of_the_login(staffed):
    client = Client(HTTP_HOST="localhost")
    page = told(client.post("/zh/login/", {"username": "consumer", "password": PASSWORD + "1"}))
    assert page.marked() == {"username", "password"}


KEY = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
PEM = "-----BEGIN PUBLIC KEY----- MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE= -----END PUBLIC KEY-----"
TOO_LONG = {
    "a key with one character too many": ("system", "public_key", f"{KEY}A", "这不是公钥：公钥是一行 44 个字符"),
    "a key with one character less": ("system", "public_key", KEY[1:], "这不是公钥"),
    "a key with one sign of its end too many": ("system", "public_key", f"{KEY}=", "这不是公钥"),
    "a key written otherwise": ("system", "public_key", PEM, "以“=”结尾"),
    "a key with a whole page": ("system changed", "public_key", KEY * 200, "由 hutong client keygen 显示"),
    "a certificate's number": ("system", "mlps_no", "3" * 101, "照证明上的填写"),
    "an identifier": ("device", "code", "p" * 101, "不超过 100 个"),
    "a resource's code": ("entry", "code", "307001/000001" * 9, "形如 307001/000001"),
    "a resource's code with a digit too many": ("entry", "code", f"307001/{'0' * 21}", "类1位、项2位、目3位"),
    "a field's name": ("entry", "item-1-code", "a" * 61, "最多 40 个字符"),
    "a service": ("entry", "service", "a" * 61, "最多 60 个字符"),
    "a unit's code": ("limit", "unit", f"{UNITS[3]}0", "应为18位"),
    "a consumer's code": ("use of a subject", "consumer", f"{UNITS[3]}0", "应为18位"),
    "a consumer's code with one character less": ("use of a subject", "consumer", UNITS[3][:-1], "应为18位"),
    "a telephone": ("contact", "phone", "0572-1234567" * 4, "写区号和号码，如 0572-1234567"),
    "a root": ("measures of a drill", "checkpoint_root", "a7" * 33, "64 位十六进制数字"),
    "a root with one character less": ("measures of a drill", "checkpoint_root", "a7" * 31 + "a", "64 位十六进制数字"),
}
"""What is typed → the form, its field, the value, and words of what is told."""


@pytest.mark.parametrize("what", TOO_LONG)
def test_what_is_too_long_for_the_form_it_has_is_told_that_form_and_not_to_shorten_it(staffed, what):
    name, field, value, said = TOO_LONG[what]
    client, path, found, hidden = posted(staffed, name)
    page = told(client.post(path, {**hidden, field: value}))
    (control,) = [each for each in found if each.name == field]
    assert control.id in page.marked()
    assert said in page.texts[f"{control.id}-wrong"]
    summary = page.page.partition('id="faults"')[2].partition("</div>")[0]
    (fault,) = [each for each in summary.split("<li>") if f'href="#{control.id}"' in each]
    assert ("缩短" in fault, "FIELD_TOO_LONG" in fault) == (False, False)


@pytest.mark.parametrize(
    ("language", "command"), [("zh", "hutong client keygen 密钥文件名"), ("en", "hutong client keygen FILE")]
)
def test_how_a_key_is_made_is_told_with_what_is_none_and_before(staffed, language, command):
    client, path, _, hidden = posted(staffed, "system")
    path = path.replace("/zh/", f"/{language}/")
    assert command in client.get(path).content.decode()
    summary = client.post(path, {**hidden, "public_key": f"{KEY}A"}).content.decode()
    assert command in summary.partition('id="faults"')[2].partition("</div>")[0]
