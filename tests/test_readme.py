"""What README says to type is there, is the same in both languages, and does what it says."""

import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import typer

from hutong import cli
from hutong.client import cli as client
from ports import free_port

ROOT = Path(__file__).parent.parent
READMES = {name: (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh-CN.md")}
WORDS = {
    "我的文件.csv": "my-file.csv", "授权编号": "GRANT", "叶子哈希": "LEAF", "存证/": "evidence/", "账号": "USERNAME",
    "资源代码": "CODE", "文件": "FILE",
}  # fmt: skip
"""What a reader puts something of their own for, as the Chinese README has it → as the English one has it."""
REASONS = re.compile(r"(--(?:reason|without-password)) \S+")
_FENCED = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PROGRAM = re.compile(r"(?:\.venv/bin/)?hutong ")
OWN = "a password of my own 口令"


def blocks(text: str, language: str) -> list[list[str]]:
    """Return the blocks of a language, each as its lines without comments."""
    found = [body for kind, body in _FENCED.findall(text) if kind == language]
    return [[line for each in body.splitlines() if (line := re.sub(r"\s*#.*", "", each))] for body in found]


def spans(text: str) -> list[str]:
    """Return what a text has in code inside its sentences."""
    return [" ".join(each.split()) for each in re.findall(r"`([^`]+)`", _FENCED.sub("", text))]


def in_english(said: str) -> str:
    """Return a command with what stands for the reader's own as the English README has it."""
    for chinese, english in WORDS.items():
        said = said.replace(chinese, english)
    return REASONS.sub(r"\1 …", said)


def typed(text: str) -> list[str]:
    """Return every command line of ours that a README has, in blocks and in sentences."""
    lines = [line for block in blocks(text, "sh") for line in block]
    return [each for each in (*lines, *spans(text)) if PROGRAM.match(each)]


def commands(text: str) -> list[str]:
    """Return the commands and variables in code inside sentences, in their order, as the English README has them."""
    found = [in_english(each) for each in spans(text)]
    return [each for each in found if PROGRAM.match(each) or re.match(r"HUTONG_\w+|--|set ", each)]


def test_both_readmes_have_the_same_blocks_in_the_same_order():
    english, chinese = READMES.values()
    for language in ("sh", "python"):
        shown = [[in_english(line) for line in block] for block in blocks(chinese, language)]
        assert shown == [[in_english(line) for line in block] for block in blocks(english, language)]


def test_both_readmes_name_the_same_commands_and_variables_in_the_same_order():
    english, chinese = READMES.values()
    options = {"--port", "--gateway-port", "--officer USERNAME", "--officer"}  # told in another place of the sentence
    assert [each for each in commands(chinese) if each not in options] == [
        each for each in commands(english) if each not in options
    ]


def understood(line: str) -> None:
    """See that a command line of ours names a command that is there, and options that it has."""
    words, command = shlex.split(line.partition(" > ")[0])[1:], typer.main.get_command(cli.app)
    if words[0] == "client":
        words, command = words[1:], typer.main.get_command(client.app)
    options = _options(command)
    while words:
        word, commands = words.pop(0), getattr(command, "commands", {})
        if word.startswith("--"):
            assert word in options, f"{line}: {word} is none of {sorted(options)}"
            if not options[word].is_flag:
                words = words[1:]
        elif word in commands:
            command = commands[word]
            options |= _options(command)
        else:
            assert not commands, f"{line}: {word} is none of {sorted(commands)}"


def _options(command: Any) -> dict[str, Any]:
    options = [each for each in command.params if hasattr(each, "is_flag")]
    return {name: each for each in options for name in (*each.opts, *each.secondary_opts)}


@pytest.mark.parametrize("readme", READMES)
def test_every_command_that_a_readme_names_is_there_with_its_options(readme):
    found = typed(READMES[readme])
    assert len(found) > 15
    for line in found:
        understood(line)


@pytest.mark.parametrize("line", ["hutong demonstrate", "hutong demo --smok", "hutong audit purge suggest"])
def test_a_command_or_an_option_that_is_not_there_is_seen(line):
    with pytest.raises(AssertionError, match="is none of"):
        understood(line)


@pytest.mark.parametrize("readme", READMES)
def test_what_a_readme_makes_is_a_target_of_the_makefile(readme):
    made = [line.split()[1] for block in blocks(READMES[readme], "sh") for line in block if line.startswith("make ")]
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(made) > 3 and set(made) <= set(targets)


ELSEWHERE = (".venv/bin/hutong demo --smoke", ".venv/bin/hutong try", "set -a; . .hutong/demo/client.env",
             ".venv/bin/hutong client", "make ")  # fmt: skip
"""How the lines begin that are run in the demonstration county (`tests/demo`), or are a run of all tests."""


@pytest.mark.parametrize("readme", READMES)
def test_every_line_to_type_is_run_by_a_test(readme):
    own = [*one(readme, "hutong init"), *one(readme, "hutong audit export")]
    rest = [line for block in blocks(READMES[readme], "sh") for line in block if line not in own]
    assert [line for line in rest if not line.startswith(ELSEWHERE)] == []


def one(readme: str, named: str) -> list[str]:
    """Return the one block of a README with a command in it."""
    (found,) = [block for block in blocks(READMES[readme], "sh") if any(named in line for line in block)]
    return found


class Shell:
    """A newcomer's shell in an empty folder, beside whose `.venv` there is nothing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / ".venv").mkdir()
        (folder / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("HUTONG", "DJANGO"))}
        ports = {"HUTONG_PORT": str(free_port()), "HUTONG_GATEWAY_PORT": str(free_port())}
        self.environ = {**clean, **ports, "LANG": "en_US.UTF-8", "COLUMNS": "200", "HUTONG_GATEWAY_WORKERS": "1"}

    def run(self, *lines: str) -> str:
        """Run lines as they are typed and return what is printed; each has to do what it is for."""
        done = self._typed(lines)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def refused(self, *lines: str) -> str:
        """Run lines one of which is refused, and return what is said of that."""
        done = self._typed(lines)
        assert done.returncode == 1, done.stdout + done.stderr
        return done.stderr

    def _typed(self, lines: Sequence[str]) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            ["sh", "-ec", "\n".join(lines)], cwd=self.folder, env=self.environ, capture_output=True, text=True,
            check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip


@pytest.fixture(params=READMES)
def founded(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, Shell, str]]:
    """A README, and the platform of its own that somebody has made by it: open, and what was printed before that."""
    shell = Shell(tmp_path)
    *lines, up = one(request.param, "hutong init")
    told = shell.run(*lines)
    named = [line for line in lines if line.startswith("export")]
    log = (tmp_path / "up.log").open("w+")
    started = ["sh", "-ec", "\n".join([*named, f"exec {up}"])]
    doors = subprocess.Popen(started, cwd=tmp_path, env=shell.environ, stdout=log, stderr=log)
    try:
        until = time.monotonic() + 200
        while "Press Ctrl-C to stop" not in (tmp_path / "up.log").read_text():
            assert doors.poll() is None and time.monotonic() < until, (tmp_path / "up.log").read_text()
            time.sleep(0.2)
        yield request.param, shell, told
    finally:
        doors.send_signal(signal.SIGTERM)
        doors.wait(60)


@pytest.mark.full
@pytest.mark.timeout(600)
def test_a_platform_of_ones_own_is_made_and_its_evidence_is_verified_as_printed(founded: tuple[str, Shell, str]):
    readme, shell, told = founded
    assert "nothing was kept" in told
    password = re.search(r"officer auditor .*\n\s+password (\S+)", told)
    assert password, told
    shell.environ |= {"HUTONG_OFFICER_PASSWORD": password[1], "HUTONG_NEW_PASSWORD": OWN}  # which are asked for
    refused = shell.refused(*one(readme, "hutong audit export"))
    assert "hutong officer change-password" in " ".join(refused.split())
    shell.run(".venv/bin/hutong officer change-password --officer auditor")
    shell.environ["HUTONG_OFFICER_PASSWORD"] = OWN
    assert "no fault" in shell.run(".venv/bin/hutong audit check")
    time.sleep(3)  # until the first checkpoint is signed
    verified = shell.run(*one(readme, "hutong audit export"))
    assert re.search(r"\d+ entries|checkpoint", verified), verified
