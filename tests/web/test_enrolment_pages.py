"""Enrolment on pages: what a file would do, every fault with its place, and what was done (W19, SX-03)."""

import html
import re

import pytest
from acting import NOW, UNITS, credit_code, entries
from desks import at, entered, hire, seen, words
from django.core.files.uploadedfile import SimpleUploadedFile

from hutong.control.enrolment import file
from hutong.control.units.models import Officer, Unit
from hutong.plane.keys import Keyring
from hutong.web import plane

HERE = "/zh/desk/enrolment/"
NEW = credit_code(77)
FILE = f"""
[[units]]
credit_code = "{NEW}"
name = "示范县林业局"

[[users]]
id = "lin"
unit = "示范县林业局"
name = "林木"
"""


@pytest.fixture(autouse=True)
def _keyring(monkeypatch, tmp_path):
    ring = Keyring.create(tmp_path / "keyring.json")
    monkeypatch.setattr(plane, "keyring", lambda: ring)


def sent(client, text: str = FILE):
    with at(NOW):
        given = {"file": SimpleUploadedFile("county.toml", text.encode(), "application/toml")}
        return client.post(HERE, given, follow=True)


def confirmed(client, looked):
    form = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', looked.content.decode())
    carried = {name: html.unescape(value) for name, value in form if name != "csrfmiddlewaretoken"}
    with at(NOW):
        return client.post(HERE, {**carried, "confirmed": "1"}, follow=True)


def test_a_file_is_shown_with_what_it_would_do_and_done_once_confirmed(county):
    client = entered("operator")
    looked = sent(client)
    said = words(looked)
    assert "将登记或者变更 2 项；确认之前什么都没有登记。" in said and "示范县林业局" in said and "将登记" in said
    assert not Unit.objects.filter(pk=NEW).exists()
    before = entries(county.url, "units.unit_registered")
    told = words(confirmed(client, looked))
    assert "已登记" in told and Unit.objects.filter(pk=NEW).exists()
    assert entries(county.url, "units.unit_registered") == before + 1
    assert "不变" in words(sent(client)), "done again it changes nothing"


def test_every_fault_is_told_with_line_entry_and_field_and_nothing_is_done(county):
    wrong = FILE + f"""
[[units]]
credit_code = "{UNITS[0]}X"
name = ""

[[devices]]
id = "pc 1"
unit = "示范县林业局"
name = "一号机"
colour = "red"
"""
    client = entered("operator")
    answer = sent(client, wrong)
    said = words(answer)
    assert answer.status_code == 422 and "处须改正，一项也没有登记" in said
    for place in ("第 11 行 [[units]] 第 2 项", "第 15 行 [[devices]] 第 1 项", "colour", "id", "name"):
        assert place in said, place
    assert "确认登记" not in said and not Unit.objects.filter(pk=NEW).exists()


def test_what_only_the_database_knows_is_told_with_its_place_too(county):
    said = words(sent(entered("operator"), FILE.replace('unit = "示范县林业局"', 'unit = "没有的单位"')))
    assert "第 6 行 [[users]] 第 1 项" in said and "没有的单位" in said


def test_a_file_sent_on_a_page_reads_no_other_file_of_the_server(county, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("a password of the server 互通", encoding="utf-8")
    secret.chmod(0o600)
    officer = f"""
[[officers]]
username = "lin"
name = "林木"
unit = "{UNITS[0]}"
roles = ["consumer"]
password_file = "{secret}"
"""
    hire(county, "accounts", "管理", unit=county.police, roles=("system_admin",))
    said = words(sent(entered("accounts"), officer))
    assert "在页面上登记的文件不能再指向其他文件" in said and not Officer.objects.filter(user__username="lin").exists()


def test_a_password_that_was_made_is_shown_once(county):
    hire(county, "accounts", "管理", unit=county.police, roles=("system_admin",))
    officer = f'[[officers]]\nusername = "lin"\nname = "林木"\nunit = "{UNITS[0]}"\n'
    client = entered("accounts")
    told = confirmed(client, sent(client, officer))
    assert "初始密码只显示这一次" in words(told) and Officer.objects.filter(user__username="lin").exists()
    assert "初始密码只显示这一次" not in words(sent(client, officer))


@pytest.mark.parametrize("text", ["[[units]\n", "\udcff"])
def test_what_is_no_toml_is_told_beside_the_field(county, text):
    file = SimpleUploadedFile("x.toml", text.encode("utf-8", "surrogateescape"), "application/toml")
    with at(NOW):
        answer = entered("operator").post(HERE, {"file": file}, follow=True)
    assert answer.status_code in (400, 422) and "x.toml" in words(answer)


def test_without_a_file_that_is_told(county):
    with at(NOW):
        assert "登记文件" in words(entered("operator").post(HERE, {}, follow=True))


def test_others_enrol_nothing(county):
    assert "登记文件由平台运维单位的人员或者系统管理员办理。" in seen("consumer", HERE)
    assert sent(entered("consumer")).status_code in (403, 422) and not Unit.objects.filter(pk=NEW).exists()


def test_the_example_can_be_read_as_it_is_handed_out(county):
    answer = entered("operator").get(f"{HERE}example/")
    found, faults = file.said(answer.content, name="county.toml")
    assert found and [each.problem.code for each in faults if each.problem.code != "SECRET_FILE_AWAY"] == []
