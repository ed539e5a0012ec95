"""What the living county is described as."""

from hutong.demo import description
from hutong.plane.definition import Rule


def test_no_list_of_values_names_one_twice_however_often_it_is_drawn():
    columns = [column for resource in description.resources() for column in resource.columns]
    listed = [
        rule.argument.split("|") for column in columns for rule in column.item.rules if rule.rule is Rule.ONE_OF
    ]
    assert ["行政村", "社区"] in listed
    assert [values for values in listed if len(values) != len(set(values))] == []
    assert any(column.source == "one:行政村|行政村|社区" for column in columns)
