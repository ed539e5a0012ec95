"""The rooms of the desk: where the pages of their cases are."""

import acting
import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from hutong.web.desk import rooms

assert acting  # it sets Django up
NUMBERS = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="/"), min_size=1)


@pytest.mark.parametrize("lifecycle", rooms.KINDS)
@given(numbers=st.lists(NUMBERS, min_size=1), language=st.sampled_from(["zh", "en"]))
def test_the_addresses_of_many_cases_are_those_of_each(lifecycle, numbers, language):
    with translation.override(language):
        page = rooms.pages_of(lifecycle)
        assert [page(each) for each in numbers] == [rooms.page_of(lifecycle, each) for each in numbers]
