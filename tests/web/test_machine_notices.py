"""What is wanting of the machine is told with its remedy to who mends it, and to others with whom to tell."""

import pytest
from acting import NOW, PASSWORD
from desks import entered, seen, words
from django.conf import settings

from hutong.control.units import operations as members

ADVICE = "由平台运维单位（示范县信息中心）处理，您不必操作；请告知该单位。"


@pytest.mark.parametrize("code", ["ONE_LOGIN", "ONE_SYSTEM_USER"])
def test_the_remedy_is_for_who_mends_it_and_others_are_told_whom_to_tell(county, monkeypatch, code):
    for role in ("auditor", "system_admin"):
        given = {"unit": county.actor("authority").unit, "roles": [role], "now": NOW, "by": "init"}
        members.add_officer(username=role, password=PASSWORD, name="郑洁", **given)
    monkeypatch.setattr(settings, "UNPROTECTED", ())
    before = {name: seen(name, "/zh/desk/").count("怎么办：") for name in ("operator", "system_admin")}
    monkeypatch.setattr(settings, "UNPROTECTED", (code,))
    for name in ("operator", "system_admin"):
        page = seen(name, "/zh/desk/")
        assert page.count("怎么办：") == before[name] + 1, name
        assert ADVICE not in page, name
    for name in ("authority", "auditor"):
        page = words(entered(name).get("/zh/desk/"))
        assert page.count(ADVICE) == page.count("怎么办：由平台运维单位"), name
        assert ADVICE in page, name
        assert "HUTONG_" not in page, name
    assert "The operator (示范县信息中心) sees to it" in seen("authority", "/en/desk/")
    for name in ("consumer", "approver"):
        assert "平台运维单位（示范县信息中心）" not in seen(name, "/zh/desk/"), name
