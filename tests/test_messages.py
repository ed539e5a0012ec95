"""A log tells where something went wrong, not whom it was about."""

import structlog

from hutong.messages import Folded, logger


def test_a_fault_is_logged_without_the_values_it_happened_to(capsys):
    def ask(name: str) -> None:
        raise RuntimeError("out of reach")

    try:
        ask("".join(["张", "三丰"]))
    except RuntimeError:
        logger.exception("list_failed")

    said = capsys.readouterr().out
    assert "RuntimeError: out of reach" in said
    assert "张三丰" not in said


def said(folded: Folded, **message) -> dict | None:
    try:
        return folded(None, "error", {"event": "list_failed", **message})
    except structlog.DropEvent:
        return None


def test_of_a_flood_of_one_kind_the_first_are_written_out_and_then_how_many_there_were():
    moment = [0.0]
    folded = Folded(clock=lambda: moment[0])
    assert [said(folded, error="DiskFull") is not None for _ in range(10_000)] == [True] * 5 + [False] * 9_995
    assert said(folded, error="Other") is not None
    moment[0] = 60.0
    assert said(folded, error="DiskFull") == {"event": "list_failed", "error": "DiskFull", "left_out_before": 9_995}


def test_a_number_that_somebody_was_shown_is_always_found():
    folded = Folded(clock=lambda: 0.0)
    told = [said(folded, number=f"{number}", at="a long way") for number in range(100)]
    assert [each["number"] for each in told if each] == [f"{number}" for number in range(100)]
    assert sum("at" in each for each in told if each) == 5
