"""What is found wanting of a machine is kept while it is found, by machine, and forgotten once nobody looks."""

from datetime import UTC, datetime, timedelta

from hutong.audit import machines
from hutong.core.errors import Unavailable

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class ValveStuck(Unavailable):
    """The valve of {machine} is stuck."""


class PumpSilent(Unavailable):
    """The pump of {machine} is silent."""


def test_what_is_found_stands_until_it_is_found_no_more(cur):
    def note(*found, machine="m1", at=NOW, looked_for=(ValveStuck, PumpSilent)):
        problems = [each(machine=machine) for each in found]
        machines.note(cur, problems, machine=machine, looked_for=looked_for, now=at)

    def told(at=NOW):
        return [(each.machine, each.code, each.since_at) for each in machines.read(cur, now=at)]

    note(ValveStuck, PumpSilent)
    note(PumpSilent, machine="m2")
    later = NOW + timedelta(minutes=5)
    note(ValveStuck, at=later)
    assert told(later) == [("m1", "VALVE_STUCK", NOW), ("m2", "PUMP_SILENT", NOW)]
    note(looked_for=(PumpSilent,), at=later)  # another look, at other things
    assert told(later) == [("m1", "VALVE_STUCK", NOW), ("m2", "PUMP_SILENT", NOW)]
    assert told(NOW + machines.OF_LATE + timedelta(minutes=1)) == [("m1", "VALVE_STUCK", NOW)]
    note(at=later)
    assert told(NOW + machines.OF_LATE + timedelta(minutes=1)) == []
