"""A definition as it is stored: what a later field does to what was published before."""

from dataclasses import dataclass, fields, replace
from typing import Any

import pytest
from delivering import NOW, definition
from hypothesis import given
from hypothesis import strategies as st

from hutong.core import canonical
from hutong.db.database import Cur
from hutong.plane import tables
from hutong.plane.definition import Definition, Form, Item, Mode, QualityRule, Rule, Type, load

rules = st.builds(QualityRule, st.sampled_from(Rule), st.sampled_from(["", "0", "a|b"]), st.booleans())
items = st.builds(
    Item,
    code=st.sampled_from(["id", "name", "born"]),
    name=st.text("姓名a", max_size=3),
    type=st.sampled_from(Type),
    length=st.integers(0, 600),
    required=st.booleans(),
    sensitive=st.booleans(),
    offered=st.sampled_from(Mode),
    condition=st.booleans(),
    rules=st.lists(rules, max_size=2).map(tuple),
)
published = st.builds(
    definition,
    st.integers(1, 9),
    items=st.lists(items, max_size=3).map(tuple),
    personal=st.booleans(),
    update_cycle=st.integers(1, 9),
    suite=st.sampled_from(["international", "national"]),
    form=st.sampled_from(Form),
    service=st.sampled_from(["", "vehicle.check"]),
    time_out=st.integers(0, 30),
)


@dataclass(frozen=True, slots=True)
class LaterItem(Item):
    """An item of a later release of Hutong, which knows more of it."""

    secrecy: str = "none"


def later(said: Definition, **more: str) -> Definition:
    def known(item: Item) -> dict[str, Any]:
        return {each.name: getattr(item, each.name) for each in fields(item)}

    return replace(said, items=tuple(LaterItem(**known(item), **more) for item in said.items))


@given(said=published)
def test_a_definition_is_read_back_as_it_was_stored_and_a_field_that_comes_later_changes_no_stored_text(
    said: Definition,
) -> None:
    assert load(said.dump()) == said
    assert canonical.dumps(canonical.loads(said.dump())).decode() == said.dump()
    assert later(said).dump() == said.dump()
    if said.items:
        assert later(said, secrecy="core").dump() != said.dump()


@given(said=published)
def test_the_text_of_an_item_has_code_and_name_and_what_differs_from_an_item_of_which_nothing_was_said(
    said: Definition,
) -> None:
    for item, raw in zip(said.items, canonical.loads(said.dump())["items"], strict=True):
        bare = Item(item.code, item.name)
        differing = {each.name for each in fields(Item) if getattr(item, each.name) != getattr(bare, each.name)}
        assert raw.keys() == {"code", "name"} | differing


def test_the_text_of_a_table_is_what_it_was_before_there_were_other_forms() -> None:
    raw = canonical.loads(definition().dump())
    assert raw.keys() == {"code", "version", "name", "provider", "key", "items"}
    interface = canonical.loads(definition(form=Form.INTERFACE, service="vehicle.check", time_out=5).dump())
    assert interface == raw | {"form": "interface", "service": "vehicle.check", "time_out": 5}


def test_the_same_content_published_again_by_a_later_release_is_no_other_version(cur: Cur) -> None:
    first = tables.publish(cur, definition=definition(), now=NOW)
    assert tables.publish(cur, definition=later(definition()), now=NOW) == first
    with pytest.raises(tables.VersionTaken):
        tables.publish(cur, definition=later(definition(), secrecy="core"), now=NOW)
