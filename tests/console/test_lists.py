"""Units, officers, grants and cases are listed at the command line: narrowed, in pages, for people and for programs."""

import csv
import io
import json

import pytest
from acting import CODE, NOW
from test_who_acts import folder, run

from hutong.console import opening
from hutong.control.units import operations as members

__all__ = ["folder"]


def rows(command: str, *arguments: str, by: str = "") -> list[dict]:
    status, told = run(command, *arguments, "--json", by=by)
    assert status == 0, told
    return json.loads(told)["rows"]


def test_each_list_has_what_there_is_and_is_narrowed(folder, county):
    members.set_active(username="editor", active=False, now=NOW, by="system")
    assert [row["name"] for row in rows("units", "--text", "公安")] == ["示范县公安局"]
    assert rows("units", "--kind", "enterprise") == []
    assert {row["state"] for row in rows("units", "--state", "active")} == {"active"}
    assert [row["login"] for row in rows("officers", "--state", "stopped")] == ["editor"]
    assert {row["unit_name"] for row in rows("officers", "--unit", county.police)} == {"示范县公安局"}
    (authority,) = rows("officers", "--role", "authority")
    assert (authority["login"], authority["roles"]) == ("authority", "authority")
    assert not authority["password_given_out"]
    assert rows("officers", "--text", "nobody of this name") == []

    no = county.draft()
    county.take(no, "lodge", by="consumer")
    (case,) = rows("cases", "--kind", "sharing.application")
    assert (case["no"], case["state"], case["late"]) == (no, "LODGED", case["late"])
    assert [row["no"] for row in rows("cases", "--text", no)] == [no]
    assert rows("cases", "--state", "FILED") == []
    assert rows("cases", "--since", "2199-01-01") == []
    assert rows("grants", "--kind", "compare", "--since", "2020-01-01") == rows("grants", "--text", CODE)


def test_pages_are_bounded_more_is_told_and_the_next_goes_on_behind(folder, county):
    for command in ("units", "officers", "cases"):
        whole, pages, after = rows(command, "--most", "1000"), [], []
        while True:
            status, told = run(command, "--most", "2", "--json", *after, by="")
            assert status == 0, told
            page = json.loads(told)
            assert len(page["rows"]) <= 2
            pages += page["rows"]
            if page["after"] is None:
                break
            after = ["--after", page["after"]]
        assert pages == whole, command
    assert "--after" in run("officers", "--most", "2", by="")[1]
    assert run("officers", "--most", "0", by="")[0] == 2
    assert run("cases", "--after", "no place at all", by="")[0] == 1


@pytest.mark.clause("SX-11-a")
def test_who_signs_in_sees_what_the_desk_shows_and_nobody_else_is_let_in(folder, county):
    assert {row["unit_name"] for row in rows("officers", by="system")} > {"示范县公安局"}
    assert run("officers", by="consumer")[0] == 1
    no = county.draft()
    county.take(no, "lodge", by="consumer")
    assert no in [row["no"] for row in rows("cases", by="consumer")]
    assert [row["kind"] for row in rows("cases", by="approver") if row["no"] == no] == []
    assert run("cases", "--officer", "consumer", "--password", "wrong", by="")[0] == 1


def test_a_draft_is_listed_for_its_own_unit_and_what_an_office_did_for_its_officers(folder, county):
    def listed(who: str) -> list[str]:
        return [row["no"] for row in rows("cases", "--kind", "sharing.application", by=who)]

    no = county.draft()
    assert {who: listed(who) for who in ("consumer", "authority", "")} == {"consumer": [no], "authority": [], "": [no]}
    members.add_officer(
        username="keeper", password="correct horse 互通", name="管理员", unit=county.actor("authority").unit,
        roles=["security_admin"], now=NOW, by="init",
    )  # fmt: skip
    county.take(no, "lodge", by="consumer")
    county.take(no, "endorse", by="competent")
    county.take(no, "accept", by="authority")
    assert {who: listed(who) for who in ("authority", "keeper")} == {"authority": [no], "keeper": []}


def test_csv_reckons_with_nothing_and_a_table_is_in_the_readers_language(folder, county, monkeypatch):
    members.add_officer(
        username="formula", password="correct horse 互通", name="=1+1", unit=county.police, roles=[], now=NOW, by="init"
    )
    status, told = run("officers", "--text", "formula", "--csv", by="")
    assert status == 0
    assert [row["name"] for row in csv.DictReader(io.StringIO(told))] == ["'=1+1"]
    county.take(county.draft(), "lodge", by="consumer")
    monkeypatch.setattr(opening.out, "_width", 300)  # COLUMNS is read when it is made, by whichever test came first
    chinese, english = ("共享申请", "编号", "主管部门审核人"), ("number", "deadline")
    for language, words in (("zh_CN.UTF-8", chinese), ("en_US.UTF-8", english)):
        monkeypatch.setenv("LC_ALL", language)
        status, told = run("cases", by="")
        assert (status, [word for word in words if word not in told]) == (0, []), told
    assert "共享申请" not in told
