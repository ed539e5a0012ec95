"""The commands about a copy of a data folder: what it is to be, an officer says, by password and for a reason."""

from typing import Annotated

import typer

from hutong.console import asking, opening
from hutong.terminal.commands import Commands

app = Commands(help="console.instance.help")

Reason = Annotated[str, typer.Option("--reason", help="console.instance.reason")]


@app.command("new", says="console.instance.new.help")
def new(
    reason: Reason,
    officer: asking.OfficerOption = None,
    password: asking.PasswordOption = None,
    code: asking.CodeOption = None,
    data: opening.DataOption = None,
) -> None:
    """Make a second platform of a copy: another instance, whose signer stops."""
    from hutong.console import copying  # of the platform

    made = copying.new(
        opening.settings(data=data), reason=reason,
        who=lambda installation: asking.officer(installation, officer, password=password, code=code),
    )  # fmt: skip
    opening.show("console.instance.new.done", instance=str(made.instance), line="hutong audit epoch request")


@app.command("keep", says="console.instance.keep.help")
def keep(
    reason: Reason,
    officer: asking.OfficerOption = None,
    password: asking.PasswordOption = None,
    code: asking.CodeOption = None,
    data: opening.DataOption = None,
) -> None:
    """Let a copy be the platform that its original was, which is gone for good."""
    from hutong.console import copying  # of the platform

    stays = copying.keep(
        opening.settings(data=data), reason=reason,
        who=lambda installation: asking.officer(installation, officer, password=password, code=code),
    )  # fmt: skip
    opening.show("console.instance.keep.done", instance=str(stays.instance))
