"""A log tells where something went wrong, not whom it was about."""

import logging

import structlog

from hutong.messages import Folded, logger


def test_a_fault_is_logged_without_the_values_it_happened_to(capsys):
    def ask(name: str) -> None:
        raise RuntimeError("out of reach")

    try:
        ask("".join(["张", "三丰"]))
    except RuntimeError:
        logger.exception("list_failed")

    said = capsys.readouterr().err
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


def test_what_a_library_says_of_itself_is_said_in_one_line_and_folded(capfd):
    for number in range(200):
        said = f"{number}\nDETAIL: 张三丰"
        logging.getLogger("psycopg.pool").warning("error connecting in %r: %s", "hutong-plane", said)
    out, err = capfd.readouterr()
    assert len(err.splitlines()) <= 5
    assert "psycopg.pool" in err and "error connecting in 'hutong-plane': 0" in err
    assert "张三丰" not in out + err and out == ""


def test_what_a_process_says_is_not_among_what_a_command_prints(capsys):
    logger.warning("of_a_process")
    logging.getLogger("psycopg.pool").warning("connection lost")
    told = capsys.readouterr()
    assert told.out == ""
    assert "of_a_process" in told.err and "connection lost" in told.err
