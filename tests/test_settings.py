"""Settings are read from the environment, or it is said which cannot be."""

import pytest

from hutong import settings
from hutong.core.text import ROLES
from hutong.installation import keys, opening


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


def test_a_log_has_a_name_that_can_stand_in_a_checkpoint():
    with pytest.raises(settings.SettingUnreadable) as told:
        settings.read({"HUTONG_LOG_NAME": "安吉 日志"})
    assert told.value.facts["name"] == "HUTONG_LOG_NAME"


def test_a_log_keeps_the_name_it_was_first_given(tmp_path):
    def prepared(**environ):
        return opening.prepare_folder(settings.read({"HUTONG_DATA": str(tmp_path), **environ})).log_name

    assert prepared(HUTONG_LOG_NAME="log.county.gov.cn/hutong") == "log.county.gov.cn/hutong"
    assert prepared() == "log.county.gov.cn/hutong"
    alone = settings.read({"HUTONG_DATA": str(tmp_path), "HUTONG_DATABASE_URL": "postgresql:///nowhere"})
    assert opening.told(alone).settings.log_name == "log.county.gov.cn/hutong"
    with pytest.raises(keys.LogNamed):
        prepared(HUTONG_LOG_NAME="other.gov.cn/log")
