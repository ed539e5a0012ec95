"""What a grave step reaches is counted before it is taken."""

from hutong.control.sharing import hit
from hutong.control.sharing.hit import HitGrants

NOTHING = HitGrants(0, 0, 0, 0)


def test_what_stands_on_a_resource_and_what_is_asked_for_is_counted(county):
    assert hit.of_resource(county.code) == NOTHING
    county.walk(county.draft(), to="FILED")
    county.walk(county.draft(), to="FILED")
    county.walk(county.draft(), to="LODGED")
    county.draft()
    assert hit.of_resource(county.code) == HitGrants(2, 1, 1, 0, applications=1)
    assert hit.of_resource("999999/999999") == NOTHING


def test_the_grants_that_name_a_system_a_user_or_a_device_are_counted_of_their_unit_alone(county):
    county.walk(county.draft(), to="FILED")
    for kind, code in (("system", "civil-app"), ("user", "zhang"), ("device", "pc-1")):
        assert hit.of_registered(kind, code, unit=county.civil) == HitGrants(1, 1, 1, 0)
        assert hit.of_registered(kind, code, unit=county.police) == NOTHING
        assert hit.of_registered(kind, "another", unit=county.civil) == NOTHING


def test_what_was_ended_is_hit_no_more(county):
    county.walk(county.draft(), to="FILED")
    county.withdraw()
    assert hit.of_resource(county.code) == NOTHING
