"""What a number format shows of a number: days or digits, and whether the whole number is in it."""

import pytest

from hutong.plane.delivery.reading import number_formats


@pytest.mark.parametrize(
    ("code", "value", "text", "whole"),
    [
        ("000000", 1101.0, "001101", True),
        ("0", 5.0, "5", True),
        ("0", 1.5, "2", False),
        ("0.00", 1.1, "1.10", True),
        ("0.00", 1.126, "1.13", False),
        ("#,##0.00", 69753.12, None, True),
        ("#,##0.00", 69753.126, None, False),
        ("000-0000", 1234567.0, "123-4567", True),
        ('"A"0000', 12.0, "A0012", True),
        ("0%", 0.15, "15%", False),
        ('0.0,"万"', 12345.0, "12.3万", False),
        (r"0\.0", 12.0, "1.2", False),
        ('0"元"', 5.0, "5元", True),
        ('0"万"', 5.0, "5万", False),
        (";;;", 5.0, "", False),
        ("#", 0.0, "", False),
        ("[>=100]0;000", 7.0, "007", True),
        ("0_);(0)", -5.0, "(5)", True),
        ("0;[Red]0", -5.0, "5", False),
        ("0;-0;-", 0.0, "-", False),
        ("0.00E+00", 123456.0, None, False),
        ("# ?/?", 0.5, None, False),
        ("[DBNum1]0", 12.0, None, False),
        ("General;-General", -5.0, "-5", True),
        ('"S"@', 5.0, "S5", True),
    ],
)
def test_numbers_are_shown(code: str, value: float, text: str | None, whole: bool) -> None:
    assert number_formats.of(code).shown(value) == number_formats.ShownNumber(text, whole)


@pytest.mark.parametrize(
    ("code", "dated"),
    [
        ("yyyy/m/d", True), ("mm:ss.0", True), ("[h]:mm", True), ("aaaa", True), ("e-m-d", True), ('m"月"d"日"', True),
        ('上午/下午h"时"mm"分"', True), ("G/通用格式", False), ("General", False), ("", False), ('[$-804]"d"0', False),
        ("[Red]0.00", False), ("0.00E+00", False), ('"y"@', False), ('_ ¥* #,##0.00_ ;_ ¥* -#,##0.00_ ', False),
    ],
)  # fmt: skip
def test_days_are_told_from_numbers(code: str, dated: bool) -> None:
    assert number_formats.of(code).dated == dated


@pytest.mark.parametrize(
    ("code", "seconds", "whole"),
    [
        ("yyyy-m-d", 0, True), ("yyyy-m-d", 60, False), ('yyyy"年"m"月"', 0, False), ('m"月"d"日"', 0, False),
        ("yyyy-m-d h:mm", 60, True), ("yyyy-m-d h:mm", 1, False), ("yyyy-m-d h:mm:ss", 1, True), ("aaaa", 0, False),
        ("d-mmm-yy", 0, True), ("[$-F800]dddd, mmmm dd, yyyy", 0, True), ("e-m-d", 0, True), ("h:mm", 60, False),
        ("mm/yyyy", 0, False), ("yyyymmddhhmmss", 1, True),
    ],
)  # fmt: skip
def test_a_day_is_shown_whole_or_not(code: str, seconds: int, whole: bool) -> None:
    assert number_formats.of(code).shows_days(time=seconds) == whole


@pytest.mark.parametrize(
    ("value", "text"),
    [(5.0, "5"), (0.1 + 0.2, "0.3"), (1e-7, "0.0000001"), (1.5, "1.5"), (1e20, "100000000000000000000"),
     (330523199001011234.0, "330523199001011260"), (-0.0, "0"), (float("inf"), "inf")],
)  # fmt: skip
def test_a_number_is_written_with_the_digits_that_are_kept(value: float, text: str) -> None:
    assert number_formats.plain(value) == text


def test_a_text_is_shown_by_its_own_part_of_a_format() -> None:
    assert number_formats.of('0;-0;0;"编号"@').shown_text("7") == "编号7"
    assert number_formats.of(";;;").shown_text("7") == ""
    assert not number_formats.of("0.00").changes_texts
    assert number_formats.of("@").plain
    assert number_formats.of("General;General;General;@").plain
