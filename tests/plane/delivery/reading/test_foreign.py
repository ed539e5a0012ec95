"""Texts in Shift-JIS, EUC-KR, UTF-7 and HZ are told as such; no right text is ever taken for one."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from workbooks import HEADER, definition

from hutong.core.errors import Problem
from hutong.core.text import say
from hutong.plane.delivery import reading
from hutong.plane.delivery.reading import foreign

CHINESE = ["张三", "浙江省示范县城关街道幸福路", "备注：户籍已迁出", "安吉县昌硕街道", "男", "未婚", "龘䶮鎔", "～＋"]
JAPANESE = ["東京都ちよだ区", "やまだ・たろう", "住所のとうろく", "カタカナのなまえ", "きにゅうしてください"]
KOREAN = ["서울시 강남구", "김이박 최정", "주민등록 번호는", "이것은 시험용 자료입니다", "경기도 수원시 장안구"]
FOREIGN = {
    "shift_jis": (JAPANESE, "Shift-JIS"), "euc_kr": (KOREAN, "EUC-KR"), "utf-7": (CHINESE[:5], "UTF-7"),
    "hz": (CHINESE[:5], "HZ"),
}  # fmt: skip


def table(notes: list[str], header: list[str], many: int = 3) -> str:
    rows = [f"{at},2024-01-02,1.5,{note}" for at, note in enumerate(notes * many)]
    return "\n".join([",".join(header), *rows, ""])


def refused(path: Path, content: bytes) -> Problem:
    path.write_bytes(content)
    with pytest.raises(Problem) as raised:
        [*reading.open_(path, definition=definition()).blocks()]
    return raised.value


@pytest.mark.parametrize("header", [HEADER, [item.name for item in definition().items]], ids=["codes", "names"])
@pytest.mark.parametrize("encoding", FOREIGN)
def test_such_a_text_is_told_by_its_encoding(encoding: str, header: list[str], tmp_path: Path) -> None:
    notes, called = FOREIGN[encoding]
    if header != HEADER and encoding in ("shift_jis", "euc_kr"):
        header = {"shift_jis": "コード ひづけ きんがく メモ", "euc_kr": "코드 일자 금액 비고"}[encoding].split()
    problem = refused(tmp_path / "a.csv", table(notes, header).encode(encoding))
    assert (problem.code, called in say(problem, language="zh").message) == ("FILE_IS_OTHER", True)


@pytest.mark.parametrize("encoding", FOREIGN)
def test_so_does_try(encoding: str, tmp_path: Path) -> None:
    notes, called = FOREIGN[encoding]
    path = tmp_path / "a.csv"
    path.write_bytes(table(notes, HEADER).encode(encoding))
    with pytest.raises(Problem) as raised:
        reading.titles(path)
    assert called in say(raised.value, language="en").message


COMMON = "".join(bytes((first, then)).decode("gb2312") for first in range(0xB0, 0xD7) for then in range(0xA1, 0xFF))
"""The first level of GB 2312, in the order of its sounds."""
RIGHT = st.text(alphabet=st.one_of(st.sampled_from(COMMON), st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5),
                                   st.sampled_from("0123456789,，、。\n:-+ AaZz()（）")), max_size=200)  # fmt: skip


@given(RIGHT, st.sampled_from(["utf-8", "gb18030"]))
@example(COMMON, "gb18030")
@example(COMMON[:120], "gb18030")
@example(COMMON[1200:1400], "gb18030")
@example("+86-571-88888888\n+86 13800000000\nA+B=C\n1+1-2\n", "utf-8")
@example("a~b~c\n~{\n~}\nC:\\~temp\n", "utf-8")
@example("\u30ab\u30e9\u30aa\u30b1卡拉OK厅、\u65e5\u672c\u6599\u7406" * 9, "gb18030")
def test_no_right_text_is_taken_for_one(text: str, encoding: str) -> None:
    assert foreign.of(text.encode(encoding)) is None


@given(
    notes=st.lists(st.sampled_from(CHINESE), min_size=1, max_size=60), encoding=st.sampled_from(["utf-8", "gb18030"])
)
def test_right_files_are_read(notes: list[str], encoding: str, tmp_path_factory) -> None:
    path = tmp_path_factory.mktemp("a") / "a.csv"
    path.write_bytes(table(notes, HEADER, 1).encode(encoding))
    read = [note for block in reading.open_(path, definition=definition()).blocks() for note in block.batch["note"]]
    assert [each.as_py() for each in read] == notes
