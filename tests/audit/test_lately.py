"""What was entered lately about something is found by what its records say, and nothing else is."""

from datetime import timedelta

from remembering import CONSUMER, NOW

from hutong.audit import lately, log

EVENTS = ("units.role_given", "units.role_taken")


def given(cur, officer: str, role: str, *, minutes: int, event: str = EVENTS[0], by: str = "li") -> None:
    fields = {"unit": CONSUMER, "officer": officer, "role": role, "from_date": None, "until_date": None, "by": by}
    more = {"reason": "人员调动"} if event == EVENTS[1] else {}
    log.append(cur, [log.LogEntry(event, NOW + timedelta(minutes=minutes), {**fields, **more}, CONSUMER)])


def test_it_is_found_by_event_moment_and_what_it_says_the_newest_first(cur):
    given(cur, "zhang", "consumer", minutes=0)
    given(cur, "zhang", "competent", minutes=5)
    given(cur, "wang", "competent", minutes=6)
    given(cur, "zhang", "consumer", minutes=7, event=EVENTS[1], by="wu")
    asked = {"events": EVENTS, "said": [{"officer": "zhang"}]}
    found = lately.about(cur, since=NOW + timedelta(minutes=1), **asked)
    assert [(each.event, each.by, each.record["role"]) for each in found] == [
        (EVENTS[1], "wu", "consumer"), (EVENTS[0], "li", "competent"),
    ]  # fmt: skip
    assert len(lately.about(cur, since=NOW, **asked)) == 3
    assert lately.about(cur, since=NOW, events=EVENTS[:1], said=[{"officer": "zhang", "role": "auditor"}]) == []
    either = [{"officer": "wang"}, {"officer": "zhang", "role": "competent"}]
    assert [each.record["officer"] for each in lately.about(cur, since=NOW, events=EVENTS, said=either)] == [
        "wang", "zhang",
    ]  # fmt: skip
