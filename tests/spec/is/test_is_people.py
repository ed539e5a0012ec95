"""IS-2.2: who is registered says who they are, and their numbers are nobody's to read who has no need to."""

import psycopg
import pytest
from acting import NOW, entries
from outcomes import DONE, came_of, result_of
from registering import FACTS, KEYRING, administrator, applied, keys, take

from hutong.control.registration import operations, people
from hutong.control.registration.models import Registration, UserNumber
from hutong.core import canonical
from hutong.plane.keys import Keyring

NUMBER, PHONE = str(FACTS["user"]["identity_no"]), str(FACTS["user"]["phone_no"])


@pytest.fixture
def bureau(county):
    """The county whose civil affairs bureau has its administrator."""
    administrator(county)
    return county


def everything(county) -> str:
    """Return all that the database holds of registrations, people and the log, as text."""
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        tables = ("public.registration_registration", "public.registration_usernumber", "plane.user", "audit.entry")
        rows = [opened.execute(f"select t::text from {table} t").fetchall() for table in tables]
    return "".join(row for found in rows for (row,) in found)


@pytest.mark.clause("IS-2.2-a", "PS-09-1")
@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"identity_no": ""}, "REGISTRATION_INCOMPLETE"),
        ({"identity_no": "11010119000101001"}, "RESIDENT_NUMBER_MISSHAPED"),
        ({"identity_no": "110101190001010015"}, "RESIDENT_NUMBER_CHECK_FAILED"),
        ({"identity_no": "110101209901010014"}, "RESIDENT_NUMBER_DATE_WRONG"),
        ({"phone_no": "无"}, "PHONE_UNFIT"),
    ],
)
def test_a_person_is_registered_with_a_resident_number_that_can_be_one(bureau, changes, refusal):
    assert came_of(applied, bureau, "user", **changes) == refusal
    assert not Registration.objects.filter(kind="user", code="zhou").exists()
    no = applied(bureau, "user")
    assert take(bureau, no, "accept_rules", by="unit_admin") == "ACTIVE"


@pytest.mark.clause("IS-2.2-a", "PS-09-1")
def test_nobody_is_registered_whose_resident_number_is_not_kept(bureau):
    no = applied(bureau, "user")
    UserNumber.objects.all().delete()
    assert came_of(take, bureau, no, "accept_rules", by="unit_admin") == "REGISTRATION_INCOMPLETE"
    given = {"actor": bureau.actor("unit_admin"), "now": NOW, "keyring": keys}
    assert came_of(operations.amend, no, facts=FACTS["user"], **given) == DONE
    assert take(bureau, no, "accept_rules", by="unit_admin") == "ACTIVE"


@pytest.mark.clause("IS-2.2-c")
def test_numbers_of_people_lie_enciphered_and_are_in_no_other_row_no_entry_and_no_digest(bureau):
    no = applied(bureau, "user")
    take(bureau, no, "accept_rules", by="unit_admin")
    held = everything(bureau)
    assert NUMBER not in held and PHONE not in held
    assert NUMBER.encode().hex() not in held and PHONE.encode().hex() not in held
    found = Registration.objects.get(no=no)
    told = {name: FACTS["user"][name] for name in ("name", "code", "department")}
    assert operations.digest(found) == canonical.digest(told)
    assert people.shown(found) == {"identity_no": "1****************4", "phone_no": "********4567"}


@pytest.mark.clause("IS-2.2-c")
def test_a_number_that_lies_with_another_registration_is_not_opened(bureau):
    one, other = applied(bureau, "user"), applied(bureau, "user", code="other", phone_no="0572-7654321")
    stolen = UserNumber.objects.get(registration__no=one, fact="identity_no").sealed
    UserNumber.objects.filter(registration__no=other, fact="identity_no").update(sealed=stolen)
    given = {"actor": bureau.actor("unit_admin"), "now": NOW}
    assert came_of(people.see, other, "identity_no", **given, keyring=KEYRING) == "CIPHER_REJECTED"
    another = Keyring({KEYRING.current: bytes(32)}, current=KEYRING.current)
    assert came_of(people.see, one, "identity_no", **given, keyring=another) == "CIPHER_REJECTED"


@pytest.mark.clause("IS-2.2-c")
def test_a_number_is_seen_whole_by_two_roles_alone_and_each_time_with_an_entry(bureau):
    no, seen = applied(bureau, "user"), []
    for by in ("unit_admin", "operator", "consumer", "authority", "editor"):
        seen.append(result_of(people.see, no, "identity_no", actor=bureau.actor(by), now=NOW, keyring=KEYRING))
    assert seen == [NUMBER, NUMBER, "NOT_YOUR_ROLE", "NOT_YOUR_ROLE", "NO_SUCH_REGISTRATION"]
    assert entries(bureau.url, "registration.number_seen") == 2
    given = {"actor": bureau.actor("unit_admin"), "now": NOW, "keyring": KEYRING}
    assert came_of(people.see, no, "name", **given) == "NUMBER_NOT_KEPT"


@pytest.mark.clause("IS-2.2-c")
def test_no_number_is_seen_where_that_cannot_be_entered(bureau, log_down):
    no = applied(bureau, "user")
    log_down(bureau.url)
    given = {"actor": bureau.actor("unit_admin"), "now": NOW, "keyring": KEYRING}
    assert came_of(people.see, no, "identity_no", **given) == "InsufficientPrivilege"


@pytest.mark.clause("IS-2.2-c")
def test_a_number_that_is_not_told_again_stays_as_it_is(bureau):
    no = applied(bureau, "user")
    given = {"actor": bureau.actor("unit_admin"), "now": NOW}
    told = {**FACTS["user"], "identity_no": "", "phone_no": "", "name": "周敏慧"}
    operations.amend(no, facts=told, **given, keyring=keys)
    seen = [people.see(no, fact, **given, keyring=KEYRING) for fact in people.NUMBERS]
    assert (seen, Registration.objects.get(no=no).name) == ([NUMBER, PHONE], "周敏慧")
