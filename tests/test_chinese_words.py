"""One thing has one Chinese word wherever people read it, as `docs/glossary.md` has it."""

import re
from pathlib import Path

import pytest

import hutong

SOURCES = Path(hutong.__path__[0])
ROOT = Path(__file__).parent.parent
FILES = [
    *(path for path in sorted(SOURCES.rglob("*")) if path.suffix in (".py", ".html", ".toml", ".po")),
    *ROOT.glob("*.zh-CN.md"), *(ROOT / "docs").glob("*.zh-CN.md"),
]  # fmt: skip
"""What people read in Chinese."""
WORDS = {
    "使用记录": "使用日志; a line of it is 记录",
    "政务数据共享(交换)?平台": "公共信息平台, or the name that is set (D-1)",
    "(权限|授权)[^，。；\"]*(撤销|收回)": "an entry is 撤销, a grant is 终止",
    "撤销(销毁)?申请|申请已撤销": "an entry is 撤销; an applicant 撤回, a purge is 取消",
    "条目号|存证位置|已入日志 ?#": "存证编号 is an entry's number, 叶子序号 its place in the log",
    r"(\}|%\(\w+\)s)(个工作日|MiB)": "a space stands between a number and its unit",
    "提请查看|上限(的)?提示|[收受]到提示": "预警",
    "(?<!动态)口令|验证码": "密码; 动态口令 is what the second factor's telephone shows",
    "用户名|账户|(?<!、访问)帐号": "账号; 登录名 is the database's; article 14 writes 访问帐号",
    "暂停(服务|接入)|(权限|服务)暂停": "停止服务 (SX-16-a)",
    r"改用第|(换|切换|升级)到新版本": "改用新版本, whichever its number is",
}
"""What nobody reads (a pattern) → what stands instead."""


def found(text: str) -> list[str]:
    return [match[0] for words in WORDS for match in re.finditer(words, text)]


def read(path: Path) -> str:
    """Return what people read of a file: of a page of help not what else it is looked for by, which is not shown."""
    said = path.read_text(encoding="utf-8")
    return re.sub(r"^also = .*$", "", said, flags=re.M) if path.parent.name == "pages" else said


def test_no_other_word_stands_where_people_read():
    seen = {path.relative_to(ROOT).as_posix(): found(read(path)) for path in FILES}
    assert {file: words for file, words in seen.items() if words} == {}


def of_officers(line: str) -> bool:
    """Whether a line says 登录名 and not of the database: an officer has a 账号."""
    return "登录名" in line and not re.search("数据库|DATABASE_URL|各进程|ONE_LOGIN", line)


def test_login_is_said_of_the_database_alone():
    lines = {line.strip() for path in FILES for line in path.read_text(encoding="utf-8").splitlines()}
    assert {line for line in lines if of_officers(line)} == set()
    assert [of_officers(line) for line in ("请用 --officer 登录名", "各进程用同一个登录名连接数据库")] == [True, False]


@pytest.mark.parametrize(
    "words",
    ["还没有使用记录。", "示范县 政务数据共享平台", "授权 G1 已被收回", "撤销申请", "系统停用，使用权限暂停",
     "条目号 7", "达到上限，提请查看", "主管部门已收到提示", "请输入口令", "请输入验证码", "用户名", "超过{limit}MiB",
     "第%(n)s个工作日", "改用第 3 版", "切换到新版本"],
)
def test_each_of_them_is_seen(words):
    assert found(words) != []
