"""Types are strict where a wrong type would be a wrong answer: mypy's strict rules hold there, and are seen to."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
STRICT = ("core", "audit", "plane", "db", "control/procedures")
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"]

FAULTS = {
    "no-untyped-def": "def planted(value):\n    return value\n",
    "type-arg": "def planted(values: list) -> int:\n    return 1\n",
    "no-any-return": "import json\n\n\ndef planted() -> int:\n    return json.loads('1')\n",
    "unused-ignore": "planted: int = 1  # type: ignore[assignment]\n",
    "comparison-overlap": "def planted(value: int) -> bool:\n    return value == 'one'\n",
    "misc": "from typing import Any\n\nfound: Any = object\n\n\nclass Planted(found):\n    pass\n",
    "redundant-cast": "from typing import cast\n\nplanted = cast(int, 1)\n",
    "attr-defined": "from hutong.ROOM.passing import join\n",
}
"""A file that breaks one rule, by what mypy calls it."""


def checked(source: Path) -> set[tuple[str, str]]:
    """Return the file and kind of every error mypy finds in a tree, by the settings of the house."""
    command = [sys.executable, "-m", "mypy", "--config-file", str(ROOT / "pyproject.toml")]
    command += ["--cache-dir", str(source.parent / "cache")]
    environment = {"MYPYPATH": str(source), "PATH": ""}
    done = subprocess.run(command, cwd=source, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return set(re.findall(r"^(\S+?\.py):\d+: error: .*\[([a-z-]+)\]$", done.stdout, re.MULTILINE))


@pytest.fixture
def planted(tmp_path: Path) -> Path:
    """Return a tree with the names of our rooms, in which each strict room breaks every rule once."""
    source = tmp_path / "src"
    for room in (*STRICT, "web"):
        folder = source / "hutong" / room
        folder.mkdir(parents=True)
        for kind, text in FAULTS.items():
            own = text.replace("ROOM", room.replace("/", "."))
            (folder / f"{kind.replace('-', '_')}.py").write_text(own, encoding="utf-8")
        (folder / "passing.py").write_text("from os.path import join\n", encoding="utf-8")
        for each in (folder, *folder.parents):
            if each == source:
                break
            (each / "__init__.py").touch()
    return source


def test_every_rule_of_mypy_s_strict_mode_holds_in_the_strict_rooms():
    help_ = subprocess.run([sys.executable, "-m", "mypy", "--help"], capture_output=True, text=True, check=True).stdout
    told = re.search(r"--strict\s+Strict mode; enables the following flags:(.*?)\n  --\w", help_, re.DOTALL)[1]
    flags = {each.replace("-", "_") for each in re.findall(r"--([a-z-]+)", re.sub(r"-\s+", "-", told))}
    rooms = {f"hutong.{room.replace('/', '.')}.*" for room in STRICT}
    (strict,) = (each for each in SETTINGS["overrides"] if rooms <= set(each["module"]))

    assert flags == {name for name, on in {**SETTINGS, **strict}.items() if on is True} - {"ignore_missing_imports"}


def test_a_breach_is_seen_in_every_strict_room(planted):
    everywhere = {(f"hutong/{room}/{kind.replace('-', '_')}.py", kind) for room in STRICT for kind in FAULTS}
    elsewhere = {("hutong/web/redundant_cast.py", "redundant-cast")}

    assert checked(planted) == everywhere | elsewhere
