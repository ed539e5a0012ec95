"""The help is found by the words people have for a thing, not only by those of the product."""

import pytest
from django.test import Client
from django.utils import translation

from hutong.web.help import guide, shown

SAID_SO = {
    "台账": "apply", "续期": "grants", "暂停服务": "suspend", "告警": "raise-limit", "休假": "deputies",
    "手机丢了": "second-factor", "开户": "officers", "改初始密码": "first-login", "换联系人": "contacts",
    "征求意见": "consult", "给同事": "giving", "一起办": "handle", "周报": "messages", "超期": "due",
    "手机日历": "calendar", "调休": "calendars", "删除日志": "retention", "批量开户": "enrolment", "驳回": "apply",
    "乱码": "deliver", "GBK": "deliver", "合计行": "deliver", "大文件": "deliver", "身份证": "mend-delivery",
    "交接职责": "offices", "下架": "end-entry", "退权限": "grants", "提高额度": "raise-limit", "演习": "drill",
}  # fmt: skip
"""What a clerk types, that is no word of the product → a page that has to be found."""


def names(found) -> set[str]:
    return {each.address.rstrip("/").split("/")[-1] for subject in found for each in subject.pages}


@pytest.mark.parametrize("words", SAID_SO)
def test_a_page_is_found_by_an_everyday_word(words):
    with translation.override("zh"):
        assert SAID_SO[words] in names(shown.subjects(words))


@pytest.mark.parametrize("page", guide.guide().values(), ids=lambda page: page.name)
def test_every_page_has_other_words_in_both_languages(page):
    assert page.also.zh and page.also.en.isascii()
    assert page.also not in page.texts(), "they are looked through and not shown"


@pytest.mark.parametrize(
    ("language", "words", "page"),
    [
        ("zh", "怎么更换联系人呢", "contacts"), ("zh", "动态口令没有了", "second-factor"),
        ("en", "unlearnt authenticator", "second-factor"),
    ],
)  # fmt: skip
def test_where_no_page_has_all_the_words_those_with_most_of_them_come(county, language, words, page):
    with translation.override(language):
        assert shown.subjects(words) == []
        near = names(shown.near(words))
    assert page in near and len(near) < len(guide.guide()) / 2
    answer = Client(HTTP_HOST="localhost").get(f"/{language}/help/", {"q": words})
    said = {"zh": "下面各页含有其中一部分", "en": "contain parts of them"}[language]
    assert said in answer.content.decode() and f"/{language}/help/{page}/" in answer.content.decode()


def test_words_of_which_no_page_has_a_part_find_nothing(county):
    answer = Client(HTTP_HOST="localhost").get("/zh/help/", {"q": "qqqq"}).content.decode()
    assert "没有含有这些词的帮助" in answer and "其中一部分" not in answer


def test_the_help_on_a_delivery_says_what_is_read_and_what_is_no_record():
    with translation.override("zh"):
        said = shown.text_of(guide.page("deliver"))
    assert "utf-8 和 gb18030（gbk）都能读" in said
    assert "末尾的合计行不是记录，请先删去" in said
    assert "接收、退回、新增、更新、删除的条数在入库后显示" in said
