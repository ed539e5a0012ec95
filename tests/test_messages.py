"""A log tells where something went wrong, not whom it was about."""

from hutong.messages import logger


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
