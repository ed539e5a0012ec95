"""The command line is in one language at a time, help and wrong usage alike; wrong usage is told as any failure is."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from rich import cells

from hutong import cli
from hutong.audit.events import RecordClass
from hutong.audit.retention import UnderHold
from hutong.client import cli as client
from hutong.control.procedures.rules import NotYourRole
from hutong.core import versions
from hutong.core.errors import Problem
from hutong.db import postmaster
from hutong.terminal import commands, speaking
from test_cli import hutong

CHINESE = re.compile(r"[\u4e00-\u9fff]")
EXAMPLES = re.compile(r"蒋峰鹏|元旦|春节")
"""Names in examples, which are data."""


def walked(app: commands.Commands) -> Iterator[tuple[str, Any]]:
    """Yield every command with its path."""
    waiting: list[tuple[str, Any]] = [("hutong", typer.main.get_command(app))]
    while waiting:
        path, command = waiting.pop()
        yield path, command
        waiting += [(f"{path} {name}", under) for name, under in getattr(command, "commands", {}).items()]


def helped(app: commands.Commands) -> Iterator[tuple[str, str]]:
    """Yield every text of help, and where it stands."""
    for path, command in walked(app):
        yield path, command.help
        for each in command.params:
            yield f"{path} {each.name}", each.help
            if each.metavar:
                yield f"{path} {each.name} metavar", each.metavar


@pytest.fixture
def spoken(monkeypatch: pytest.MonkeyPatch) -> Any:
    def speak(language: str) -> None:
        monkeypatch.delenv("LC_ALL", raising=False)
        monkeypatch.delenv("LC_MESSAGES", raising=False)
        monkeypatch.setenv("LANG", language)

    return speak


@pytest.mark.parametrize("app", [cli.app, client.app])
def test_every_help_text_is_there_in_chinese_and_in_english(app, spoken):
    spoken("zh_CN.UTF-8")
    assert {place for place, text in helped(app) if not CHINESE.search(text)} == set()
    spoken("en_US.UTF-8")
    assert {place: text for place, text in helped(app) if CHINESE.search(EXAMPLES.sub("", text))} == {}
    assert {place for place, text in helped(app) if not text} == set()


BESIDE = re.compile(r"[\s│╭╮╰╯─*]")
"""What stands around a text of help in a terminal."""


@pytest.mark.parametrize("language", ["zh_CN.UTF-8", "en_US.UTF-8"])
@pytest.mark.parametrize("app", [cli.app, client.app])
def test_no_help_text_of_any_command_is_cut_in_a_narrow_terminal(app, language, spoken, monkeypatch, capsys):
    spoken(language)
    monkeypatch.setenv("COLUMNS", "80")
    root = typer.main.get_command(app)
    for path, command in walked(app):
        root.main([*path.split()[1:], "--help"], prog_name="hutong", standalone_mode=False)
        printed = capsys.readouterr().out
        assert max(cells.cell_len(line) for line in printed.splitlines()) <= 80
        told = [command.help, *(each.help for each in command.params)]
        told += [each.help.partition("\n\n")[0] for each in getattr(command, "commands", {}).values()]
        assert printed.count("…") == "".join(told).count("…"), path
        for text in told:
            left = iter(BESIDE.sub("", printed))
            assert all(letter in left for letter in BESIDE.sub("", text)), (path, text)


PRINTING = ("cli.py", "client/cli.py", "console/*.py", "demo/own.py", "demo/run.py", "demo/smoke.py", "terminal/*.py")
DATA = {"由文件 ", " 建立的试用资源。", "示范县试用（不据此办理业务）", "不是此人", "数据"}
"""Chinese that is no word to the reader: what the trial writes into the catalogue, a name that is nobody's."""


def texts(file: Path) -> Iterator[str]:
    """Yield every text in a source file, but for the docstrings."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.value


@pytest.mark.parametrize("modules", PRINTING)
def test_whatever_the_command_line_prints_is_said_by_code(modules):
    files = sorted(Path(cli.__file__).parent.glob(modules))
    assert files
    assert {text for file in files for text in texts(file) if CHINESE.search(text)} - DATA == set()


def test_a_refusal_cites_the_article_and_names_our_id_behind_it(spoken, capsys):
    for language, cited in (
        ("zh_CN.UTF-8", "  依据：《公共信息平台管理办法》第十条（SX-10-c）\n"),
        ("en_US.UTF-8", "  By County Platform Measures, article 10 (SX-10-c)\n"),
    ):
        spoken(language)
        cli.tell(UnderHold(hold=1).under("SX-10-c"))
        assert cited in capsys.readouterr().err


def test_the_help_begins_with_the_platforms_name():
    assert "互通：公共信息平台" in hutong("--help", LANG="zh_CN.UTF-8")[1]
    assert "Hutong: Public Information Platform" in hutong("--help", LANG="en_US.UTF-8")[1]
    assert "互通：数据共享平台" in hutong("--help", LANG="zh_CN.UTF-8", HUTONG_NAME="数据共享平台")[1]


@pytest.mark.parametrize(("language", "told"), [("zh_CN.UTF-8", "互通 "), ("en_US.UTF-8", "Hutong ")])
def test_the_version_is_told_with_the_programs_of_the_database(language, told):
    status, said = hutong("--version", LANG=language)
    first, second = said.splitlines()
    assert (status, first) == (0, f"{told}{versions.own()}")
    assert f"PostgreSQL {postmaster.version(postmaster.find_binaries())}" in second


@pytest.mark.parametrize(("language", "chinese"), [("zh_CN.UTF-8", True), ("en_US.UTF-8", False)])
def test_a_help_page_has_no_word_of_the_other_language(language, chinese):
    status, told = hutong("up", "--help", LANG=language)
    assert status == 0
    titles = ("用法：hutong up [选项]", "╭─ 选项 ") if chinese else ("Usage: hutong up [OPTIONS]", "╭─ Options ")
    assert [title for title in titles if title not in told] == []
    assert bool(CHINESE.search(told)) is chinese
    assert ("Usage" in told or "Options" in told) is not chinese


@pytest.mark.parametrize(
    ("arguments", "chinese", "english"),
    [
        ("nope", "hutong 没有命令 nope，可用的命令：init, ", "hutong has no command nope; there are init, "),
        ("load", "hutong load 缺少 resource：信息资源代码。", "hutong load lacks resource: code of the resource."),
        ("up --prot 1", "up 没有选项 --prot，可用的选项：--data, ", "up has no option --prot; there are"),
        ("up --port", "选项 --port 后面没有值。", "The option --port stands without its value."),
        (
            "up --port 99999",
            "hutong up 的 --port 填写不对，应为：1 至 65535 之间的整数；给出的是 99999。",
            "--port of hutong up takes a whole number from 1 to 65535, not 99999.",
        ),
        ("load 1 /nowhere", "应为：已有的文件；给出的是 /nowhere。", "takes a file that is there, not /nowhere."),
        ("audit verify /nowhere", "应为：已有的目录；给出的是 /nowhere", "takes a folder that is there, not /nowhere."),
        (
            "audit purge request --before soon --officer a --password b",
            "应为：日期，如 2026-03-01；给出的是 soon。",
            "takes a date, such as 2026-03-01, not soon.",
        ),
        (
            "audit purge request --class all",
            "应为：以下之一：usage, operation, administration, security；给出的是 all。",
            "takes one of usage, operation, administration, security, not all.",
        ),
        ("upgrade now please", "upgrade 的参数多了：now please。", "was given more than it takes: now please."),
        ("client prove", "prove 缺少 leaf：回执所载的叶子哈希", "prove lacks leaf: leaf hash of a receipt"),
        ("client prove x --wait -1", "应为：不小于 0 的数；给出的是 -1", "takes a number of at least 0, not -1"),
    ],
)  # fmt: skip
def test_wrong_usage_is_told_as_a_failure_in_the_readers_language(arguments, chinese, english, spoken, monkeypatch):
    for language, said in (("zh_CN.UTF-8", chinese), ("en_US.UTF-8", english)):
        spoken(language)
        problem = refused(arguments.split(), monkeypatch)
        assert said in cli_text(problem)
        assert isinstance(problem, commands.UsageWrong)


def refused(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> Problem:
    app = commands.Commands(help="cli.title", platform="P")
    app.registered_commands = cli.app.registered_commands
    app.registered_groups = list(cli.app.registered_groups)
    app.add_typer(client.app, name="client")
    monkeypatch.setattr("sys.argv", ["hutong", *arguments])
    with pytest.raises(Problem) as raised:
        commands.run(app, environ={})
    return raised.value


def cli_text(problem: Problem) -> str:
    from hutong.core import text

    return text.say(problem, language=speaking.language()).message


def test_wrong_usage_ends_with_two_and_says_what_to_do():
    status, told = hutong("load", LANG="zh_CN.UTF-8")
    assert status == 2
    refused, advice = told.splitlines()
    assert refused == "✗ hutong load 缺少 resource：信息资源代码。 [PARAMETER_MISSING]"
    assert advice == "  → 请补上后重新执行；加 --help 可查看用法。"


def test_the_command_line_speaks_the_readers_language(spoken):
    spoken("en_US.UTF-8")
    assert speaking.say("console.officer.done", login="a / b") == "a / b: done."
    spoken("zh_CN.UTF-8")
    assert speaking.say("console.officer.done", login="a / b") == "a / b：已办理。"


def test_help_says_required_of_nothing_that_is_asked_for(monkeypatch, capsys, spoken):
    spoken("en_US.UTF-8")
    monkeypatch.setattr("sys.argv", ["hutong", "audit", "hold", "lift", "--help"])
    commands.run(cli.app, environ={})
    told = [line for line in capsys.readouterr().out.splitlines() if "--" in line]
    assert ["*" in line for line in told if "--reason" in line or "--password" in line] == [True, False]


@pytest.mark.parametrize(
    ("language", "problem", "words"),
    [
        ("zh", NotYourRole(role="operator, auditor", officer="张敏"), "（平台运维单位、安全审计员）"),
        ("en", NotYourRole(role="operator, auditor", officer="张敏"), "to platform operator, security auditor;"),
        ("zh", UnderHold(record_class=RecordClass.USAGE, hold=1, reason="审计"), "使用日志已被留存"),
        ("en", UnderHold(record_class=RecordClass.USAGE, hold=1, reason="审计"), "class usage are under hold 1"),
    ],
)
def test_roles_and_classes_are_told_by_their_names(spoken, capsys, language, problem, words):
    spoken(language)
    cli.tell(problem)
    assert words in capsys.readouterr().err.replace("\n", "")
