"""Settings are read from the environment, or it is said which cannot be."""

import json

import pytest

from hutong import settings
from hutong.core import bounds
from hutong.core.labels import Both
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


@pytest.mark.parametrize(("cores", "web", "gateway"), [(1, 1, 1), (2, 2, 2), (8, 2, 8), (64, 2, 16)])
def test_pages_have_two_processes_and_the_gateway_one_a_core_where_there_are_as_many(monkeypatch, cores, web, gateway):
    monkeypatch.setattr(settings.os, "cpu_count", lambda: cores)
    usual, asked = settings.read({}), settings.read({"HUTONG_WEB_WORKERS": "4", "HUTONG_GATEWAY_WORKERS": "3"})

    assert (usual.web_workers, usual.gateway_workers) == (web, gateway)
    assert (asked.web_workers, asked.gateway_workers) == (4, 3)


@pytest.mark.parametrize("name", ["HUTONG_WEB_WORKERS", "HUTONG_GATEWAY_WORKERS"])
@pytest.mark.parametrize("given", ["0", "17", "two", "-1", "²"])
def test_a_number_of_processes_that_cannot_be_is_told_with_those_that_can(name, given):
    with pytest.raises(settings.SettingUnreadable) as told:
        settings.read({name: given})
    assert (told.value.facts["name"], told.value.facts["wanted"]) == (name, "1-16")


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
    assert opening.told(alone, role="plane").settings.log_name == "log.county.gov.cn/hutong"
    with pytest.raises(keys.LogNamed):
        prepared(HUTONG_LOG_NAME="other.gov.cn/log")


def test_the_platform_bears_the_name_it_is_given():
    assert settings.read({}).platform == Both("公共信息平台", "Public Information Platform")
    assert settings.read({"HUTONG_NAME": "数据共享平台"}).platform == Both("数据共享平台", "数据共享平台")
    both = {"HUTONG_NAME": "数据共享平台", "HUTONG_NAME_EN": "Data Sharing Platform"}
    assert settings.read(both).platform == Both("数据共享平台", "Data Sharing Platform")
    assert settings.read({"HUTONG_NAME_EN": "The Hub"}).platform == Both("公共信息平台", "The Hub")


def test_what_was_said_once_holds_in_every_shell_until_it_is_said_otherwise(tmp_path):
    given = {"HUTONG_COUNTY": "青禾县", "HUTONG_HOST": "0.0.0.0", "HUTONG_WEB_NAMES": "county.example, data.example"}
    settings.keep(tmp_path, {**given, "HUTONG_DATABASE_URL": "postgresql:///secret"})

    kept = settings.read({}, data=tmp_path)
    assert (kept.county, kept.host, kept.network.web_names) == ("青禾县", "0.0.0.0", ("county.example", "data.example"))
    assert kept.database_url is None
    assert settings.read({"HUTONG_COUNTY": "白杨县"}, data=tmp_path).county == "白杨县"
    settings.keep(tmp_path, {"HUTONG_COUNTY": "白杨县", "HUTONG_WEB_NAMES": ""})
    kept = settings.read({"HUTONG_DATA": str(tmp_path)})
    assert (kept.county, kept.host, kept.network.web_names) == ("白杨县", "0.0.0.0", ())


@pytest.mark.parametrize(
    "given",
    [{"HUTONG_TRUSTED_PROXIES": "127.0.0.1,proxy"}, {"HUTONG_TRUSTED_PROXIES": "10.0.0.0/33"},
     {"HUTONG_TLS_CERTIFICATE": "/c.pem"}, {"HUTONG_TLS_KEY": "/c.key"}],
)  # fmt: skip
def test_what_says_nothing_of_the_network_is_told(given):
    with pytest.raises(settings.SettingUnreadable):
        settings.read(given)


def test_children_are_told_how_the_doors_stand_in_the_network():
    given = {
        "HUTONG_TLS_CERTIFICATE": "/c.pem", "HUTONG_TLS_KEY": "/c.key", "HUTONG_TRUSTED_PROXIES": "127.0.0.1,fd00::/8",
        "HUTONG_WEB_HTTPS": "1", "HUTONG_WEB_NAMES": "a.example", "HUTONG_GATEWAY_NAMES": "b.example:8001",
    }  # fmt: skip
    found = settings.read(given).network
    assert settings.read(found.environ()).network == found


def test_what_the_folder_keeps_is_bounded_as_what_the_environment_says(tmp_path):
    for given in ("a\0b", "x" * 5000):
        (tmp_path / settings.KEPT_FILE).write_text(json.dumps({"HUTONG_COUNTY": given}), encoding="utf-8")
        with pytest.raises((bounds.CharacterUnusable, bounds.FieldTooLong)):
            settings.read({}, data=tmp_path)


def test_how_the_operator_is_reached_is_said_once_and_kept(tmp_path):
    said = {
        "HUTONG_CONTACT_UNIT": "县大数据中心", "HUTONG_CONTACT_PHONE": "0572-1234567",
        "HUTONG_CONTACT_MAIL": "help@county.gov.cn", "HUTONG_CONTACT_HOURS": "工作日",
    }  # fmt: skip
    settings.keep(tmp_path, said)
    found = settings.read({}, data=tmp_path).contact
    assert found == settings.Contact("县大数据中心", "0572-1234567", "help@county.gov.cn", Both("工作日", "工作日"))
    assert settings.read(found.environ()).contact == found and found
    assert not settings.read({}).contact and not settings.read({"HUTONG_CONTACT_HOURS": "工作日"}).contact


@pytest.mark.parametrize(
    ("name", "given"),
    [("PHONE", "call us"), ("PHONE", "12"), ("PHONE", "0572<script>"), ("MAIL", "county"), ("MAIL", "a b@c.cn"),
     ("MAIL", "a@b.cn,c@d.cn")],
)  # fmt: skip
def test_a_telephone_or_an_address_nobody_can_use_is_told(name, given):
    with pytest.raises(settings.SettingUnreadable) as told:
        settings.read({f"HUTONG_CONTACT_{name}": given})
    assert told.value.facts["name"] == f"HUTONG_CONTACT_{name}"
