"""What is made for a template: every name is found as an item, and whatever else is asked for as before."""

import acting
import pytest
from django.template import engines

from hutong.web.desk.parts import Cell, Column, Table

assert acting  # it sets Django up


class Broken(Cell):
    """A cell that cannot say whether it has more."""

    @property
    def more(self) -> bool:
        """Say it."""
        raise LookupError("no such cell")


def rendered(source: str, value: object) -> str:
    return engines["django"].from_string(source).render({"value": value})


def test_attributes_properties_and_methods_are_read_by_name():
    table = Table("事项", (Column("编号"),), ((Cell("甲", badge="新"),),))

    assert rendered("{{ value.caption }} {{ value.columns.0.title }}", table) == "事项 编号"
    assert rendered("{{ value.more }}", Cell("甲", badge="新")) == "True"
    assert rendered("{% for line in value.lines %}{{ line.cells.0.2.text }}{% endfor %}", table) == "甲"
    assert table["caption"] == "事项"


def test_what_is_not_there_is_shown_as_nothing():
    assert rendered("{{ value.nothing }}|{% if value.nothing %}x{% endif %}", Cell("甲")) == "|"


def test_what_fails_while_it_is_read_is_not_swallowed():
    with pytest.raises(LookupError, match="no such cell"):
        rendered("{{ value.more }}", Broken("甲"))
