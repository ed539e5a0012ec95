"""What docs/operating.md has an operator type day by day is typed here, line by line, beside open doors."""

import re
import shlex
import signal
from pathlib import Path

import pytest
from operating import PASSWORD, Shell, staffed

from test_readme import blocks

PAGE = (Path(__file__).parent.parent.parent / "docs" / "operating.md").read_text(encoding="utf-8")
STANDS_FOR = {"chen.auditor": "auditor"}
"""Login names of the page → those that the example of an enrolment file has."""


def typed() -> list[list[str]]:
    """Return the words of every command of ours in the chapter of daily operation."""
    chapter = PAGE.partition("## Day by day\n")[2].partition("\n## ")[0]
    lines = [line for block in blocks(chapter, "sh") for line in block]
    assert len(lines) > 20 and all(line.startswith("hutong ") for line in lines)
    return [[STANDS_FOR.get(word, word) for word in shlex.split(line)[1:]] for line in lines]


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A county with its administrators, an operator, and a backup set."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "second").mkdir()
    found = staffed(tmp_path, HUTONG_BACKUP=str(tmp_path / "second"))
    found("backup")
    return found


@pytest.mark.full
@pytest.mark.timeout(1500)
def test_every_command_of_the_chapter_of_daily_operation_does_what_it_is_for(shell: Shell, tmp_path: Path) -> None:
    passwords = {"li.operator": shell.operator}
    listed = (tmp_path / "county.toml").read_text(encoding="utf-8")
    doors = shell.up()
    try:
        for typed_words in typed():
            words, into = _redirected(typed_words)
            by = words[words.index("--officer") + 1] if "--officer" in words else ""
            given = {"HUTONG_OFFICER_PASSWORD": passwords.get(by, PASSWORD)}
            told = shell(*words, **given, HUTONG_NEW_PASSWORD="自选的口令 of my own")
            if made := re.search(r"zhao\.clerk: password (\S+)", told):
                passwords["zhao.clerk"] = made[1]
            for file in into:
                Path(file).write_text(told, encoding="utf-8")
            if "--example" in words:  # made one's own, as this county's was
                assert "[[units]]" in told
                Path("county.toml").write_text(listed, encoding="utf-8")
    finally:
        doors.send_signal(signal.SIGINT)
        doors.wait()
    assert "li.operator" in Path("officers.csv").read_text(encoding="utf-8")


def _redirected(words: list[str]) -> tuple[list[str], list[str]]:
    """Return a command without the file its output goes to, and that file."""
    at = words.index(">") if ">" in words else len(words)
    return words[:at], words[at + 1 :]
