"""Where several cases wait for one step and none has a box, the desk says why, once, with the way to the help (P-4)."""

from acting import NOW
from desks import entered, hire, words

from hutong.control.catalog import operations as catalog
from hutong.control.procedures import handling
from hutong.control.sharing.procedure import APPLICATIONS


def lodged(county, **changes) -> str:
    number = county.draft(**changes)
    county.take(number, "lodge", by="consumer")
    return number


LINK = '<a href="/zh/help/handle/">哪些可以一并办理</a>'


def test_where_no_two_of_one_step_say_the_same_the_page_says_so_once_and_in_what_the_nearest_differ(county):
    first, second = lodged(county), lodged(county, purpose="social-assistance")
    third = lodged(county, legal_basis="《残疾人保障法》", items=["name", "address"])
    answer = entered("competent").get("/zh/desk/")
    page = words(answer)
    assert 'name="case"' not in answer.content.decode()
    assert (
        f"本页 3 件都待“同意并提交”，但内容没有两件相同，没有勾选框；最接近的 {first} 和 {second}，用途不同。" in page
    )
    assert (page.count("勾选框"), LINK in answer.content.decode(), third in page) == (1, True, True)
    assert "differ in Purpose." in words(entered("competent").get("/en/desk/"))


def test_where_a_step_is_taken_one_by_one_the_page_says_so(county):
    for number in (1, 2):
        catalog.draft(
            code=f"307002/{number:06}", name=f"婚姻登记信息{number}", abstract="婚姻登记。", key=["number"],
            items=[{"code": "number", "name": "登记字号"}], actor=county.actor("editor"), now=NOW,
        )  # fmt: skip
    page = words(entered("editor").get("/zh/desk/"))
    assert "本页 2 件都待“提交登记”，这一步须逐件办理，没有勾选框。" in page


def test_where_boxes_are_offered_or_a_step_waits_once_nothing_is_said_of_it(county):
    like = [lodged(county, matters=[matter]) for matter in ("DB-001", "DB-002")]
    answer = entered("competent").get("/zh/desk/")
    assert ('name="case"' in answer.content.decode(), LINK in answer.content.decode()) == (True, False)
    county.take(like[1], "endorse", by="competent")
    assert LINK not in entered("competent").get("/zh/desk/").content.decode()


def test_what_a_colleague_has_is_none_of_the_reader_s_to_do_together(county):
    hire(county, "second", "周敏", unit=county.actor("competent").unit, roles=("competent",))
    first = lodged(county)
    lodged(county, purpose="social-assistance")
    handling.take_over(APPLICATIONS, first, actor=county.actor("second"), now=NOW)
    assert LINK not in entered("competent").get("/zh/desk/").content.decode()
