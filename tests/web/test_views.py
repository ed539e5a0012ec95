"""Every page of the desk is given the one request that says who asks."""

import ast
from pathlib import Path

import pytest

import hutong.web

WEB = Path(hutong.web.__file__).parent
FOR_ANYBODY = {"desk/menu.py", "desk/outcome.py", "desk/examining.py"}
"""What stands in the desk and is asked for public pages, too."""


def of_anybody(code: str) -> list[str]:
    """Return the functions that take a request and do not say that it is an officer's."""
    functions = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.FunctionDef)]
    taking = [(each.name, arg.annotation) for each in functions for arg in each.args.args if arg.arg == "request"]
    return [name for name, said in taking if said is None or ast.unparse(said) != "PageRequest"]


def guessed(code: str) -> list[int]:
    """Return the lines that read the officer of a request behind the back of the types."""
    lines = enumerate(code.splitlines(), start=1)
    return [number for number, line in lines if 'getattr(request, "actor"' in line or "ignore[attr-defined]" in line]


def test_a_page_of_the_desk_takes_the_request_of_an_officer():
    found = {path.relative_to(WEB).as_posix(): of_anybody(path.read_text()) for path in WEB.glob("desk/**/*.py")}

    assert len(found) > 50
    assert {name: listed for name, listed in found.items() if listed and name not in FOR_ANYBODY} == {}


def test_who_asks_is_read_in_one_way():
    found = {path.relative_to(WEB).as_posix(): guessed(path.read_text()) for path in WEB.rglob("*.py")}

    # front/beside.py sets what Django has of a form, and reads nobody
    assert {name for name, lines in found.items() if lines} == {"login/request.py", "front/beside.py"}


@pytest.mark.parametrize(
    "planted",
    ["def page(request): ...", "def page(request: HttpRequest, no: str): ...", "def page(no, request: Any = 1): ..."],
)
def test_a_page_with_another_request_is_found(planted):
    assert of_anybody(planted) == ["page"]
    assert of_anybody("def page(request: PageRequest) -> HttpResponse: ...") == []


def test_a_guess_at_who_asks_is_found():
    planted = 'a = 1\nby = getattr(request, "actor", None)\nx = request.actor  # type: ignore[attr-defined]'
    assert guessed(planted) == [2, 3]
