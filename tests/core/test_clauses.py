"""Clauses are cited as people know them: by regulation and article, never by our id."""

import csv
import re
from pathlib import Path

import pytest

from hutong.core import clauses
from hutong.core.labels import subject_of

REGISTER = Path(__file__).parents[2] / "docs" / "clauses.tsv"


@pytest.mark.parametrize(
    ("clause", "chinese", "english"),
    [
        ("SX-08-f", "《公共信息平台管理办法》第八条", "County Platform Measures, article 8"),
        ("SX-16-(二)", "《公共信息平台管理办法》第十六条第（二）项", "County Platform Measures, article 16 (2)"),
        ("SX-16-a", "《公共信息平台管理办法》第十六条", "County Platform Measures, article 16"),
        ("PS-09-1", "《公共服务平台管理制度》第九条", "Rules of the public service platform, article 9"),
        ("PT-00", "《公共资源交易平台管理暂行办法》", "Measures on public resource trading platforms (Order 39)"),
        ("IS-2.2-b", "信息共享平台的管理制度第二部分第2点", "On managing an information-sharing platform, section 2.2"),
        ("B.1.6", "山西省高平市关于政务数据共享的规定（高平市人民政府网站，2024年3月6日），供本县参照",
         "Rules of Gaoping (Shanxi) on sharing government data, on the city's site since 2024-03-06, taken as a model"),
        ("D-24", "平台规定", "Rule of the platform"),
        ("XX-1", "", ""),
    ],
)  # fmt: skip
def test_a_clause_is_cited_by_article_and_another_source_by_its_words(clause, chinese, english):
    assert clauses.cited(clause, language="zh") == chinese
    assert clauses.cited(clause, language="en") == english


def test_what_is_quoted_stands_behind_an_article_and_never_says_it_twice():
    assert clauses.words("SX-08-f", language="zh") == "应在5个工作日内核实其用途并完成备案"
    assert clauses.words("SX-08-f", language="en") == "Operator verifies the purpose and completes the filing record."
    assert clauses.words("D-24", language="zh") == "同一人不得在一件事项中既代表一方、又为另一方作出决定"
    assert [clauses.words(source, language="zh") for source in ("B.1.5", "", None, "D-99", "XX-1")] == [""] * 5


def test_every_article_of_the_register_is_cited_by_its_own_number_and_no_id_of_ours_shows():
    with REGISTER.open(encoding="utf-8") as file:
        ids = [row[0] for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]
    found = {each: re.match(r"[A-Z]{2}-(\d\d)", each) for each in ids}
    numbered = {each: int(number[1]) for each, number in found.items() if number and number[1] != "00"}
    assert len(numbered) > 100
    for clause, article in numbered.items():
        chinese, english = (clauses.cited(clause, language=language) for language in ("zh", "en"))
        assert re.search(f"》第{clauses.numeral(article)}条(第（[一二三四五六]）项)?$", chinese), clause
        assert re.search(rf", article {article}( \([1-6]\))?$", english), clause
        assert clause not in chinese + english


def test_numerals_are_as_articles_have_them():
    told = {1: "一", 9: "九", 10: "十", 11: "十一", 18: "十八", 20: "二十", 99: "九十九"}
    assert {number: clauses.numeral(number) for number in told} == told


def test_every_quotation_names_the_area_by_what_it_is_and_brackets_what_its_source_does_not_say():
    """One regulation says 区 and 县 of one area; who reads it has one, and sees which word is the source's."""
    own = re.compile(r"([区县])(?=直|电子政务|信息中心|政府|公共信息平台)")
    quoted = [each for each in subject_of("clauses") if re.match(r"[A-Z]{2}-\d", each)]
    marked = [each for each in quoted if "[" in subject_of("clauses")[each].zh]
    assert {"SX-08-a", "SX-08-d", "SX-16-a", "SX-17", "SX-06-a"} <= set(marked)
    for area in ("县", "区", "市", "旗"):
        for clause in quoted:
            said = clauses.words(clause, language="zh", area=area)
            assert {*own.findall(said.replace(f"［{area}］", ""))} <= {area}, said
            assert "[" not in said
    assert clauses.words("SX-08-d", language="zh", area="县") == "［县］信息中心予以开通使用权限"
    assert clauses.words("SX-08-d", language="zh", area="区") == "区信息中心予以开通使用权限"
    assert clauses.words("SX-04-a", language="zh", area="区") == "负责协调全［区］公共信息平台工作，定期发布…目录"


def test_what_an_area_is_is_told_by_its_name():
    named = {"示范县": "县", "云溪区": "区", "义乌市": "市", "鄂温克族自治旗": "旗", "Sample": "县", "": "县"}
    assert {name: clauses.area_of(name) for name in named} == named
