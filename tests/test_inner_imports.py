"""An import stands at the top of its module; one inside a function says why, on its line or above."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "hutong"
_FOR_TOOLS = re.compile(r"#\s*(noqa|type:)\b[^#]*")
"""A comment that no reader is told anything by."""


def unexplained(source: Path) -> list[str]:
    """Return file, line and text of the imports inside functions that nobody gives a reason for."""
    return [
        f"{file.relative_to(source)}:{number}: {line}"
        for file in sorted(source.rglob("*.py"))
        for number, line in _unexplained(file.read_text(encoding="utf-8"))
    ]


def _unexplained(text: str) -> Iterator[tuple[int, str]]:
    lines = ["", *text.splitlines()]
    explained: set[int] = set()
    for number in sorted({each.lineno for each in _inner(ast.parse(text))}):
        above = lines[number - 1].strip()
        # What stands above the first of several imports is said of all of them.
        if _has_reason(lines[number]) or (above.startswith("#") and _has_reason(above)) or number - 1 in explained:
            explained.add(number)
        else:
            yield number, lines[number].strip()


def _has_reason(line: str) -> bool:
    return "#" in _FOR_TOOLS.sub("", line)


def _inner(tree: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for each in ast.walk(function):
                if isinstance(each, ast.Import | ast.ImportFrom):
                    yield each


def test_imports_inside_functions_give_their_reasons():
    assert unexplained(SOURCE) == []


@pytest.mark.parametrize(
    ("body", "seen"),
    [
        ("    import os\n", 1),
        ("    import os  # noqa: F401\n", 1),
        ("    if True:\n        from os import path\n", 1),
        ("    # Said above.\n\n    import os\n", 1),
        ("    # Said above.\n    print()\n    import os\n", 1),
        ("    import os  # only where it is asked for\n", 0),
        ("    # Only where it is asked for.\n    import os\n    import sys\n", 0),
        ("    # Only where it is asked for.\n    import os\n\n    import sys\n", 1),
        ("    print()  # no reason\n    import os\n", 1),
    ],
)
def test_sees_a_planted_import_without_a_reason(body, seen, tmp_path):
    (tmp_path / "room").mkdir()
    (tmp_path / "room" / "planted.py").write_text(f"import re\n\n\ndef work():\n{body}", encoding="utf-8")

    assert len(unexplained(tmp_path)) == seen


def test_sees_imports_in_methods_and_in_functions_that_wait(tmp_path):
    text = "class Door:\n    async def open(self):\n        import os\n"
    (tmp_path / "planted.py").write_text(text, encoding="utf-8")

    assert unexplained(tmp_path) == ["planted.py:3: import os"]
