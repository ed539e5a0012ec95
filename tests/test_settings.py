"""Settings are read from the environment, or it is said which cannot be."""

import pytest

from hutong import settings
from hutong.control.orgs.rules import ROLES


@pytest.mark.parametrize(
    ("given", "roles"),
    [("", set()), ("auditor, operator", {"auditor", "operator"}), ("all", set(ROLES))],
)
def test_roles_that_need_a_second_factor_are_named_by_the_environment(given, roles):
    assert settings.read({"HUTONG_SECOND_FACTOR": given}).factor_roles == roles


def test_a_role_that_is_none_is_told_with_those_there_are():
    with pytest.raises(settings.SettingUnreadable) as told:
        settings.read({"HUTONG_SECOND_FACTOR": "auditor,chief"})
    assert told.value.facts["wanted"].startswith("all, provider_editor, ")
