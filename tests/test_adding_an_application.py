"""The smallest application, built in a copy of this tree from the words of `docs/adding-an-application.md`."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from databases import folder_name

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "adding-an-application.md").read_text(encoding="utf-8")
NEEDED = ("src", "tests", "docs/clauses.tsv", ".importlinter", "pyproject.toml")
"""What of the tree its tests look at."""
_BLOCK = re.compile(r"(?:^`([\w./-]+)`\n\n)?^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks() -> Iterator[tuple[str, str, str]]:
    """Yield the blocks of the page as file, language and text; a block without a file belongs to the one before."""
    name = ""
    for file, language, text in _BLOCK.findall(PAGE):
        name = file or name
        yield name, language, text


def edited(before: str, diff: str) -> str:
    """Return a text with the lines of a block in it: those with `+` beside those that stand there already, once."""
    lines = [(line[:1], line[1:]) for line in diff.splitlines(keepends=True)]
    there = "".join(words for sign, words in lines if sign != "+")
    assert before.count(there) == 1, f"stands {before.count(there)} times:\n{there}"
    return before.replace(there, "".join(words for _, words in lines))


def built(tree: Path) -> None:
    """Put every block into a tree: new files as they are, lines into files that are there."""
    for name, language, text in blocks():
        file = tree / name
        if language == "diff":
            file.write_text(edited(file.read_text(encoding="utf-8"), text), encoding="utf-8")
        elif language != "sh":
            assert not file.exists(), f"{name} is there already"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")


def ran(tree: Path, command: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the page in a tree, by the Python that runs this."""
    bin_folder = f"export PATH={Path(sys.executable).parent}:$PATH\n"
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("HUTONG", "DJANGO", "PYTEST"))}
    environ |= {"PYTHONPATH": str(tree / "src"), "HUTONG_TEST_SERVERS": "embedded"}
    command = bin_folder + command.replace(".venv/bin/pytest ", "pytest -q -n 0 -p no:cacheprovider ")
    return subprocess.run(
        ["sh", "-ec", command.replace(".venv/bin/", "")], cwd=tree, env=environ, capture_output=True, text=True,
        check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of what the tests need, with the application in it and its migration made."""
    made = tmp_path_factory.mktemp("application")
    for name in NEEDED:
        whole = (ROOT / name).is_dir()
        (made / name).parent.mkdir(exist_ok=True)
        (shutil.copytree if whole else shutil.copy)(ROOT / name, made / name)
    built(made)
    making = ("export", "makemigrations", "ruff format")
    done = ran(made, "\n".join(line for line in commands() if any(word in line for word in making)))
    assert (made / "src/hutong/apps/inquiries/migrations/0001_initial.py").exists(), done.stdout + done.stderr
    yield made
    for room in (Path("/dev/shm"), Path(tempfile.gettempdir())):  # a PostgreSQL of its own was there, in either
        shutil.rmtree(room / folder_name(made / "tests", "embedded"), ignore_errors=True)


def commands() -> list[str]:
    """Return the command lines of the page."""
    return [line for _, language, text in blocks() if language == "sh" for line in text.splitlines()]


def asked(kind: str) -> list[str]:
    """Return the command lines that run this program."""
    return [line for line in commands() if line.startswith(f".venv/bin/{kind} ")]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("command", [*asked("ruff check"), *asked("lint-imports")])
def test_its_code_is_in_order_and_its_migration_made(tree: Path, command: str) -> None:
    done = ran(tree, command)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr


@pytest.mark.full
@pytest.mark.timeout(300)
def test_its_steps_are_the_regulations_and_it_is_walked_on_pages(tree: Path) -> None:
    suite = ".venv/bin/pytest -k inquiries tests/apps tests/control/procedures/test_every_lifecycle.py"
    done = ran(tree, suite)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr
    assert int(re.findall(r"(\d+) passed", done.stdout)[0]) > 20, done.stdout


@pytest.mark.full
@pytest.mark.timeout(900)
@pytest.mark.parametrize("command", [".venv/bin/mypy", *asked("pytest")])
def test_what_the_page_says_to_run_passes_with_the_application_there(tree: Path, command: str) -> None:
    done = ran(tree, command)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr
    assert "passed" in done.stdout or "Success" in done.stdout
