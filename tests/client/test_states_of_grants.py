"""The client says in words what each state of a grant is, whichever way it ended."""

import pytest

from hutong.client import cli
from hutong.core import labels
from hutong.plane.lifecycle import GRANT


@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_state_of_a_grant_has_its_own_word(language):
    said = [labels.label(cli._STATES[state], language=language) for state in GRANT.states]
    assert (len(set(said)), [*cli._STATES]) == (len(GRANT.states), [*GRANT.states])
