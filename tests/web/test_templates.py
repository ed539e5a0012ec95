"""Templates are reviewed like code: what a reviewer looks for is found, and nothing of it stands there."""

import ast
import re
from pathlib import Path

import pytest
import reviewed

import hutong

WEB = Path(hutong.__file__).parent / "web"
TEMPLATES = WEB / "templates"
HTML = re.compile(r"(?<!\?P)</?[a-z][a-z0-9]*(?:\s[^<>]*)?>")


def found(look, *, outside_parts: bool = False) -> dict[str, list]:
    paths = sorted(path for path in TEMPLATES.rglob("*.html"))
    named = {path.relative_to(TEMPLATES).as_posix(): look(path.read_text(encoding="utf-8")) for path in paths}
    assert len(named) > 80
    return {name: bad for name, bad in named.items() if bad and not (outside_parts and name.startswith("parts/"))}


def html_in(code: str) -> list[int]:
    """Return the lines of a module where a text is HTML; what describes code is none of its texts."""
    tree = ast.parse(code)
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    texts = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in told)
    marked = [node.lineno for node in texts if isinstance(node.value, str) and HTML.search(node.value)]
    named = [node.lineno for node in ast.walk(tree) if getattr(node, "id", "") in ("mark_safe", "format_html")]
    return sorted({*marked, *named})


def test_no_line_of_a_template_is_longer_than_a_line_of_code():
    assert found(reviewed.too_long) == {}


def test_an_element_begins_a_line_unless_it_stands_in_a_sentence():
    assert found(reviewed.crowded) == {}


def test_tables_fields_and_moments_are_written_by_the_parts_alone():
    assert found(reviewed.own_elements, outside_parts=True) == {}


def test_a_sentence_is_one_translation():
    assert found(reviewed.glued) == {}


def test_a_list_is_narrowed_by_one_kind_of_field():
    """What a list is narrowed by is a field like any other, made by `web.lists`: no page writes choices of its own."""
    own = found(lambda text: re.findall(r"<option\b", text))
    assert own.keys() == {"parts/control.html"}


def test_no_module_of_the_pages_writes_html():
    paths = sorted(WEB.rglob("*.py"))
    modules = {path.relative_to(WEB).as_posix(): html_in(path.read_text(encoding="utf-8")) for path in paths}
    assert {name: lines for name, lines in modules.items() if lines} == {}


@pytest.mark.parametrize(
    ("planted", "lines"),
    [
        ("<div><p>a</p></div>", [1]),
        ("<tr>\n  <td>a</td><td>b</td>\n</tr>", [2]),
        ("<ul>\n  {% for x in y %}<li><p>{{ x }}</p></li>{% endfor %}\n</ul>", [2]),
    ],
)
def test_a_second_element_on_a_line_is_found(planted, lines):
    assert reviewed.crowded(planted) == lines
    sentence = '<p>a <b>b</b> <a href="/"><code>c</code></a></p>'
    assert reviewed.crowded(f"{sentence}\n{{% comment %}}<p><p>{{% endcomment %}}") == []


@pytest.mark.parametrize("element", reviewed.MADE_OF_PARTS)
def test_an_element_of_the_parts_is_found(element):
    assert reviewed.own_elements(f"<div>\n  <{element} class='x'>\n</div>") == [element]
    assert reviewed.own_elements(f"{{% comment %}}<{element}>{{% endcomment %}}<{element}x>") == []


@pytest.mark.parametrize(
    "planted",
    [
        '{% trans "理由" %}：{{ reason }}',
        '{% trans "理由" %}{% trans "：" %}{{ reason }}',
        '{% trans "批次号" %} <code>{{ key }}</code>',
        '{{ many }} {% trans "件" %}',
        '{{ day }}{% blocktrans with n=v %}（第 {{ n }} 版）{% endblocktrans %}',
        '{% trans "期限" %}：{% include "parts/deadline.html" %}',
        '<h2 aria-label="{% trans \'移除\' %} {{ name }}">',
        '{% trans "申请" %} {% trans "使用" %}',
        '{% if a %}{{ a }}{% trans "：" %}{% endif %}{{ b }}',
        '{% trans "已入日志" %} #{{ place }}',
    ],
)
def test_a_sentence_put_together_is_found(planted):
    assert reviewed.glued(f"<p>\n{planted}\n</p>") == [2]


@pytest.mark.parametrize(
    "whole",
    [
        '{% blocktrans with said=reason %}理由：{{ said }}{% endblocktrans %}',
        '<dt>{% trans "理由" %}</dt>\n<dd>{{ reason }}</dd>',
        '{{ name }} · {% trans "代理" %} · {{ unit }}',
        '{% trans "密码不再显示。" %}\n{% trans "请当面交给本人。" %}',
        '{% trans "登记" as what %}\n{{ what }}',
        '{% if a %}{% trans "是" %}{% else %}{% trans "否" %}{% endif %}',
    ],
)
def test_a_whole_sentence_is_left_alone(whole):
    assert reviewed.glued(whole) == []


def test_a_long_line_and_html_in_a_module_are_found():
    assert reviewed.too_long(f"<p>\n{'x' * 121}\n</p>") == [2]
    planted = '"""A <b>docstring</b>."""\ndef f():\n    """<p>"""\n    return f"<b>{x}</b>"\n\n\ny = mark_safe("a")\n'
    assert html_in(planted) == [4, 7]
    assert html_in('import re\nx = re.compile(r"(?P<name>a)<=b")') == []
