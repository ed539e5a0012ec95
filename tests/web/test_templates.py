"""Templates are reviewed like code."""

from pathlib import Path

import hutong

TEMPLATES = Path(hutong.__file__).parent / "web" / "templates"
LONGEST = 120
"""Characters of a line."""


def test_no_line_of_a_template_is_longer_than_a_line_of_code():
    found = sorted(TEMPLATES.rglob("*.html"))
    assert len(found) > 50
    lines = [(path.relative_to(TEMPLATES), number, len(line)) for path in found
             for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)]  # fmt: skip
    assert [(str(path), number) for path, number, length in lines if length > LONGEST] == []


def test_a_list_is_narrowed_by_one_kind_of_field():
    """Where a list is narrowed, its choices are `parts/choice.html`, and no page writes one of its own."""
    everything = '<option value="">{% trans "全部" %}</option>'
    own = [path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html")
           if everything in path.read_text(encoding="utf-8")]  # fmt: skip
    assert own == ["parts/choice.html"]
