import tomllib
from pathlib import Path

import pytest

from hutong.core import versions

PROJECT = Path(__file__).parent.parent.parent / "pyproject.toml"


def test_this_version_is_that_of_the_project():
    assert versions.own() == tomllib.loads(PROJECT.read_text())["project"]["version"]


@pytest.mark.parametrize(
    ("one", "than", "newer"),
    [
        ("0.2.0", "0.1.0", True), ("0.10", "0.9", True), ("1.0", "0.99.9", True), ("0.1.0", "0.1.0", False),
        ("0.1", "0.1.0", False), ("0.1.0", "0.1", False), ("0.1.1", "0.1", True), ("0.9", "0.10", False),
        ("0.1.0rc1", "0.1.0", False), ("of a planet", "0.1.0", False),
    ],
)  # fmt: skip
def test_numbers_are_compared_as_numbers(one, than, newer):
    assert versions.newer(one, than=than) is newer
