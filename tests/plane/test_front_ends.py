"""What front-end servers say of themselves: heard, told, entered once where it is new, and compared by nobody here."""

from datetime import UTC, datetime, timedelta

import pytest

from hutong.plane import front_ends, registers
from hutong.plane.front_ends import HeardServer, Outage, OutageTurned

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
ONE, OTHER = "a" * 64, "b" * 64


@pytest.fixture
def system(cur):
    given = {"mlps_level": 2, "mlps_until": datetime(2027, 1, 1, tzinfo=UTC).date(), "public_key": bytes(32)}
    registers.register_system(cur, id="qzj", unit="civil", name="前置机", **given, now=NOW, by="init")
    return cur


def hear(cur, at, digest="", outage=None):
    front_ends.hear(cur, system="qzj", unit="civil", digest=digest, outage=outage, now=at)


def entered(cur, event):
    return cur.execute("select count(*) from audit.entry where event = %s", [f"plane.{event}"]).fetchone()[0]


def test_a_heartbeat_is_kept_as_the_last_moment_and_entered_nowhere(system):
    assert front_ends.heard(system, systems=["qzj"]) == {}
    for at in (NOW, NOW + HOUR):
        hear(system, at)
    assert front_ends.heard(system, systems=["qzj", "none"]) == {"qzj": HeardServer(NOW + HOUR, "", NOW, NOW + HOUR)}
    assert entered(system, "fingerprint_told") == 0


def test_a_digest_is_entered_where_it_is_another_than_before_and_kept_with_since_when(system):
    for number, digest in enumerate((ONE, ONE, OTHER, OTHER, ONE, "")):
        hear(system, NOW + number * HOUR, digest)
    since = NOW + 4 * HOUR
    assert front_ends.heard(system, systems=["qzj"])["qzj"] == HeardServer(NOW + 5 * HOUR, ONE, since, since)
    assert entered(system, "fingerprint_told") == 3


def test_an_outage_is_kept_and_entered_and_has_to_begin_before_it_ends(system):
    for turned in (Outage(NOW + HOUR, None, "x"), Outage(NOW, NOW, "x"), Outage(NOW, NOW - HOUR, "x")):
        with pytest.raises(OutageTurned):
            hear(system, NOW, outage=turned)
    told = [Outage(NOW - 2 * HOUR, NOW - HOUR, "断电"), Outage(NOW - HOUR / 2, None, "磁盘故障")]
    for outage in told:
        hear(system, NOW, outage=outage)
    assert front_ends.outages(system, system="qzj", limit=5) == told[::-1]
    assert entered(system, "outage_told") == 2
