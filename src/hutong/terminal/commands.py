"""How the command line is dressed: help in the reader's language, wrong usage told as any other failure."""

import itertools
import sys
from collections.abc import Mapping
from enum import Enum
from typing import Any

import typer
from rich.columns import Columns
from rich.table import Table
from rich.text import Text
from typer import rich_utils
from typer.core import TyperArgument, TyperCommand, TyperGroup

from hutong.core import bounds
from hutong.core.errors import Malformed
from hutong.terminal.speaking import say

_TYPERS = sys.modules[typer.BadParameter.__module__]
"""Where Typer keeps the exceptions of wrong usage."""
_CONTEXTS = sys.modules[_TYPERS.__name__.replace("exceptions", "globals")]
"""And which command runs."""

OURS = "HUTONG_"
"""How the name begins of every variable of the environment that we read."""
_TITLES = {
    "ARGUMENTS_PANEL_TITLE": "terminal.panel.arguments",
    "OPTIONS_PANEL_TITLE": "terminal.panel.options",
    "COMMANDS_PANEL_TITLE": "terminal.panel.commands",
    "DEFAULT_STRING": "terminal.mark.default",
    "REQUIRED_LONG_STRING": "terminal.mark.required",
}
"""Fixed words of Typer's help → ours."""


class UsageWrong(Malformed):
    """{path} cannot be used like this: {fault}"""


class CommandUnknown(UsageWrong):
    """{path} has no command {found}; there are {known}."""


class OptionUnknown(UsageWrong):
    """{path} has no option {found}; there are {known}."""


class ParameterMissing(UsageWrong):
    """{path} lacks {parameter}: {means}."""


class OptionWithoutValue(UsageWrong):
    """The option {option} stands without its value."""


class ArgumentsTooMany(UsageWrong):
    """{path} was given more than it takes: {found}."""


class ParameterUnfit(UsageWrong):
    """{parameter} of {path} takes {wanted}, not {found}."""


class _Spoken:
    """Help in the reader's language, of a command or a group; mixed in before Typer's own class."""

    facts: Mapping[str, object] = {}
    """What its help tells of this platform."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        _speak(self, self.facts)

    def get_help_option(self, ctx: Any) -> Any:
        option = super().get_help_option(ctx)  # type: ignore[misc]  # Typer's
        if option is not None:
            option.help = say("terminal.help")
        return option

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        pieces = " ".join(self.collect_usage_pieces(ctx))  # type: ignore[attr-defined]  # Typer's
        formatter.write_usage(ctx.command_path, pieces, prefix=say("terminal.usage"))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        _entitle()
        super().format_help(ctx, formatter)  # type: ignore[misc]  # Typer's


class _Dressed(_Spoken, TyperCommand):
    """A command whose help is in the reader's language."""

    allow_extra_args = True  # they are refused below

    def format_help(self, ctx: Any, formatter: Any) -> None:
        for each in self.params:
            each.required = each.required and not getattr(each, "prompt", None)  # not given, it is asked for
        super().format_help(ctx, formatter)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if left := super().parse_args(ctx, args):
            raise ArgumentsTooMany(path=ctx.command_path, found=" ".join(left))
        return []


class _DressedGroup(_Spoken, TyperGroup):
    """A group of commands whose help is in the reader's language."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.subcommand_metavar = say("terminal.metavar.command")

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if not args[0].startswith("-") and args[0] not in self.commands:
            raise CommandUnknown(path=ctx.command_path, found=args[0], known=", ".join(self.commands))
        return super().resolve_command(ctx, args)


class Commands(typer.Typer):
    """Commands with help in both languages: their own and that of every option is a code, `core/text/labels`.

    One that is done `alone` is a command itself, where none of them is named.
    """

    def __init__(self, *, help: str, alone: bool = False, epilog: str | None = None, **facts: object) -> None:
        group = type("_Group", (_DressedGroup,), {"facts": facts})
        super().__init__(
            cls=group, help=help, epilog=epilog, no_args_is_help=not alone, invoke_without_command=alone,
            add_completion=False, pretty_exceptions_enable=False,
        )  # fmt: skip

    def command(self, name: str | None = None, *, says: str) -> Any:  # type: ignore[override]
        """Return the decorator that makes a command of a function; `says` is the code of its help."""
        return super().command(name, cls=_Dressed, help=says)


def run(app: Commands, *, environ: Mapping[str, str]) -> int:
    """Run what `sys.argv` asks for and return the exit status; raises the failures above, and Abort.

    What was typed, and what our variables in `environ` say, is bounded as at every door; raises
    CharacterUnusable and FieldTooLong.
    """
    bounds.check_all({name: value for name, value in environ.items() if name.startswith(OURS)})
    for number, (before, given) in enumerate(itertools.pairwise(sys.argv), start=1):
        bounds.check(given, field=before if before.startswith("--") else f"#{number}")
    try:
        status = app(standalone_mode=False, prog_name="hutong")
    except _TYPERS.NoArgsIsHelpError:  # the help is printed already
        return 2
    except _TYPERS.UsageError as wrong:
        raise _told(wrong) from None
    return status if isinstance(status, int) else 0


def path() -> str:
    """Return the command that runs, by its names alone: `hutong audit hold place`."""
    ctx = _CONTEXTS.get_current_context(silent=True)
    names: list[str] = []
    while ctx is not None:
        names.append(str(ctx.info_name) if ctx.parent else "hutong")
        ctx = ctx.parent
    return " ".join(reversed(names)) or "hutong"


def _speak(command: Any, facts: Mapping[str, object]) -> None:
    command.help = say(command.help, **facts)
    command.epilog = say(command.epilog) if command.epilog else None
    command.options_metavar = say("terminal.metavar.options")
    for each in command.params:
        each.help = say(each.help) if each.help else ""
        if getattr(each, "prompt", None):
            each.prompt = say(each.prompt)
        if each.metavar:
            each.metavar = say(each.metavar)


def _entitle() -> None:
    for name, both in _TITLES.items():
        setattr(rich_utils, name, say(both))
    rich_utils.Table = _Table  # type: ignore[misc]  # its own cuts what has no blank
    rich_utils.Columns = _Columns  # type: ignore[misc, assignment]


class _Table(Table):
    """A table of help in which nothing is cut: Chinese has no blanks at which a line could end."""

    def add_row(self, *cells: Any, **named: Any) -> None:
        super().add_row(*map(_folded, cells), **named)


class _Columns(Columns):
    """The texts of one option, none of them cut."""

    def __init__(self, renderables: Any = (), **named: Any) -> None:
        super().__init__(map(_folded, renderables), **named)


def _folded(cell: Any) -> Any:
    if isinstance(cell, Text):
        cell.overflow = "fold"
    return cell


def _told(wrong: Any) -> UsageWrong:
    """Return a wrong usage, as Typer has it, as a failure with words in both languages."""
    ctx, param = wrong.ctx, getattr(wrong, "param", None)
    path = ctx.command_path if ctx else "hutong"
    if isinstance(wrong, _TYPERS.NoSuchOption):
        known = sorted(name for each in ctx.command.get_params(ctx) for name in each.opts if name.startswith("--"))
        return OptionUnknown(path=path, found=wrong.option_name, known=", ".join(known))
    if isinstance(wrong, _TYPERS.MissingParameter) and param is not None:
        return ParameterMissing(path=path, parameter=_name(param), means=param.help)
    if isinstance(wrong, _TYPERS.BadParameter) and param is not None:
        return ParameterUnfit(path=path, parameter=_name(param), wanted=_wanted(param), found=_found(wrong))
    if isinstance(wrong, _TYPERS.BadOptionUsage):
        return OptionWithoutValue(option=wrong.option_name)
    return UsageWrong(path=path, fault=wrong.message)


def _name(param: Any) -> str:
    return str(param.name) if isinstance(param, TyperArgument) else max(param.opts, key=len)


def _found(wrong: Any) -> str:
    """Return the value that does not fit: Typer keeps it in the cause, or between the quotes of its message."""
    cause = wrong.__cause__
    if cause is not None and hasattr(cause, "errors") and cause.errors():
        return str(cause.errors()[0]["input"])
    quoted = str(wrong.message).split("'")
    return "'".join(quoted[1:-1]) or str(wrong.message)


def _wanted(param: Any) -> str:
    """Return in words what a parameter takes."""
    kind = param.type_descriptor
    if kind.is_choice:
        return say("terminal.kind.one_of", names=", ".join(_choice(each) for each in kind.choices))
    if kind.is_path:
        folder = kind.path_type == "dir"
        return say("terminal.kind.folder" if folder else "terminal.kind.file")
    if kind.is_datetime:
        return say("terminal.kind.date")
    if kind.is_ranged:
        least, most = param.min, param.max
        if most is None:
            return say("terminal.kind.number_from", least=least)
        return say("terminal.kind.number_between", least=least, most=most)
    return say("terminal.kind.number")


def _choice(each: Any) -> str:
    return str(each.value if isinstance(each, Enum) else each)
