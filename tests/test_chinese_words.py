"""One thing has one Chinese word wherever people read it, as `docs/glossary.md` has it."""

import re
from pathlib import Path

import pytest

import hutong

SOURCES = Path(hutong.__path__[0])
READ = (".py", ".html", ".toml", ".po")
WORDS = {
    "使用记录": "使用日志; a line of it is 记录",
    "政务数据共享(交换)?平台": "公共信息平台, or the name that is set (D-1)",
    "(权限|授权)[^，。；\"]*(撤销|收回)": "an entry is 撤销, a grant is 终止",
    "撤销(销毁)?申请|申请已撤销": "an entry is 撤销; an applicant 撤回, a purge is 取消",
    "条目号|存证位置|已入日志 ?#": "存证编号 is an entry's number, 叶子序号 its place in the log",
    r"(\}|%\(\w+\)s)(个工作日|MiB)": "a space stands between a number and its unit",
    "暂停(服务|接入)|(权限|服务)暂停": "停止服务 (SX-16-a)",
}
"""What nobody reads (a pattern) → what stands instead."""


def found(text: str) -> list[str]:
    return [match[0] for words in WORDS for match in re.finditer(words, text)]


def test_no_other_word_stands_where_people_read():
    files = [path for path in sorted(SOURCES.rglob("*")) if path.suffix in READ]
    seen = {str(path.relative_to(SOURCES)): found(path.read_text(encoding="utf-8")) for path in files}
    assert {file: words for file, words in seen.items() if words} == {}


@pytest.mark.parametrize(
    "words",
    ["还没有使用记录。", "示范县 政务数据共享平台", "授权 G1 已被收回", "撤销申请", "系统停用，使用权限暂停",
     "条目号 7", "超过{limit}MiB", "第%(n)s个工作日"],
)
def test_each_of_them_is_seen(words):
    assert found(words) != []
