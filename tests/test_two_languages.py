"""There are two ways to say a thing in two languages: by code (`core/text`), and on pages by gettext. No third."""

import ast
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

import hutong

SOURCES = Path(hutong.__path__[0])
CHINESE = re.compile(r"[\u4e00-\u9fff]")
PROSE = re.compile(r"[A-Za-z]{2,}.* .*[A-Za-z]{2,}")
BESIDE = frozenset({"Both"})
"""What holds a pair that stands beside what it names, such as a limit."""
ONE_TEXT = ("gateway/openapi.py", "web/api/openapi.py", "web/api/routes.py")
"""Where `中文 / English` stands in one text: the description of the interface, which is one page for all readers."""
EXCUSED = {
    "control/catalog/items_of_file.py": "how other people's lists of items are titled, in whichever language",
    "core/labels.py": "the one place where a pair is taken apart",
    "demo/founding.py": "terms of a county's register, which has both names of each",
}


IN_ONE = "both in one text"


def words(node: ast.AST) -> str:
    """Return the literal text of a node, of an f-string what stands between its values."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(words(each) for each in values)
    return ""


def pair(one: ast.AST, other: ast.AST) -> bool:
    """Return whether one is Chinese and the other the same in English, as far as can be seen."""
    zh, en = words(one), words(other)
    return bool(CHINESE.search(zh)) and bool(PROSE.search(en)) and not CHINESE.search(en)


def breaches(text: str) -> Iterator[str]:
    """Yield each place of a module that says a thing in two languages in a way of its own."""
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.IfExp(body=one, orelse=other) if pair(one, other) or pair(other, one):
                yield f"{node.lineno}: a choice between languages"
            case ast.IfExp(body=ast.Attribute(attr="zh" | "en"), orelse=ast.Attribute(attr="zh" | "en")):
                yield f"{node.lineno}: a choice between zh and en"
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                if any(pair(one, other) for one, other in pairwise(parts)):
                    yield f"{node.lineno}: a pair by position"
            case ast.Call(func=func, args=parts) if any(pair(one, other) for one, other in pairwise(parts)):
                if ast.unparse(func).rpartition(".")[2] not in BESIDE:
                    yield f"{node.lineno}: a pair of arguments"
            case ast.Dict(keys=keys, values=values):
                keyed = [(words(key), value, key) for key, value in zip(keys, values, strict=True) if key is not None]
                if any(said.count(" ") > 1 and pair(value, key) for said, value, key in keyed):
                    yield f"{node.lineno}: Chinese by its English"
                if {"zh", "en"} <= {words(key) for key in keys if key is not None}:
                    yield f"{node.lineno}: words by language"
            case ast.Subscript(slice=ast.Compare() | ast.Name(id="english")):
                yield f"{node.lineno}: a pair by a yes or no"
            case ast.Constant(value=str(said)) if re.search(r"[\u4e00-\u9fff][^/]*\s/\s+[^/]*[A-Za-z]", said):
                yield f"{node.lineno}: {IN_ONE}"


def test_nothing_is_said_in_two_languages_but_by_code_and_by_gettext():
    found = []
    for path in sorted(SOURCES.rglob("*.py")):
        name = path.relative_to(SOURCES).as_posix()
        seen = [] if name in EXCUSED else breaches(path.read_text(encoding="utf-8"))
        found += [f"{name}:{each}" for each in seen if not (name.startswith(ONE_TEXT) and each.endswith(IN_ONE))]
    assert found == []


@pytest.mark.parametrize(
    ("breach", "told"),
    [
        ('x = "共几天" if chinese else "so many days"', "a choice between languages"),
        ('x = f"共{n}天" if language == "zh" else f"{n} days in all"', "a choice between languages"),
        ("x = row.en if english else row.zh", "a choice between zh and en"),
        ('X = {"a": ("核心元数据", "core metadata of an entry")}', "a pair by position"),
        ('limit("a", "保存年限", "Years it is kept")', "a pair of arguments"),
        ('ZH = {"is not there at all": "文件缺失"}', "Chinese by its English"),
        ('W = {"zh": {"none": "无"}, "en": {"none": "none"}}', "words by language"),
        ("x = PAIR[english]", "a pair by a yes or no"),
        ('x = PAIR[language == "en"]', "a pair by a yes or no"),
        ('show("平台已就绪 / The platform is ready")', "both in one text"),
    ],
)
def test_each_other_way_is_seen(breach, told):
    assert [each.partition(": ")[2] for each in breaches(breach)] == [told]


def test_what_is_no_pair_is_none():
    fine = [
        'X = Both("保存年限", "Years it is kept")', 'X = {"code": "信息资源代码"}', 'gettext("共 %(n)s 天")',
        'label("deadlines.ends", language=language, at=at)', 'X = ("B.1.1", "核心元数据")',
        'x = "一" if n else "二"',
    ]  # fmt: skip
    assert {text: list(breaches(text)) for text in fine if list(breaches(text))} == {}


def test_no_words_stand_twice_in_a_catalogue_of_pages():
    entry = re.compile(r'^(?:msgctxt (?:"[^\n]*"\n)+)?msgid (?:"[^\n]*"\n)+', re.MULTILINE)
    files = [file.read_text(encoding="utf-8") for file in SOURCES.glob("web/locale/*/LC_MESSAGES/*.po")]
    found = [entry.findall(each) for each in files]
    assert sum(map(len, found)) > 1000
    assert [{each for each in words if words.count(each) > 1} for words in found] == [set()] * len(found)
