"""What every door takes of a text, a number and a day: what lies outside could not be kept, read back, shown or sorted.

Days have theirs in `beijing`, which knows where they begin. No door has bounds of its own.
"""

import re
from collections.abc import Mapping

from hutong.core.errors import Invalid, Malformed
from hutong.core.labels import Both

UNUSABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
"""Characters that PostgreSQL cannot keep, UTF-8 not write or nobody sees though others are shown otherwise by them:
controls but for tabs and the ends of lines, and what turns the direction of writing."""
_NUMBER = re.compile(r"-\d+-", re.ASCII)
_BREAKS = re.compile("[\t\n\r\u2028\u2029]")
LONGEST = 4000
"""Characters of a text."""
LENGTHS: Mapping[str, int] = {
    "name": 200, "code": 100, "system": 100, "role": 30, "officer": 150, "to": 150, "unit": 200, "action": 60, "no": 60,
    "id": 20, "key": 200, "department": 200, "address": 200, "mlps_no": 100, "service": 60,
    "item-code": 60, "item-name": 200, "abstract": 20_000, "item-rules": 20_000,
    "title": 200, "sentences": 60_000, "owner": 100, "phone": 40, "phone_no": 40, "identity_no": 40,
    "checkpoint_root": 64, "consumer": 18, "executed_by": 100,
}  # fmt: skip
"""Field → characters it takes, where they are not LONGEST: what its column keeps."""
SHAPES: Mapping[str, Both] = {
    "public_key": Both(
        "公钥是一行 44 个字符，以“=”结尾，由 hutong client keygen 显示",
        "a public key is one line of 44 characters that ends in “=”, as hutong client keygen shows it",
    ),
    "code": Both(
        "信息资源代码形如 307001/000001，标识不超过 100 个英文字母、数字和半角符号",
        "a resource code is like 307001/000001, an identifier at most 100 letters, digits and signs of ASCII",
    ),
    "resource": Both("信息资源代码形如 307001/000001", "a resource code is like 307001/000001"),
    "item-code": Both(
        "字段名以字母开头，只用字母、数字和下划线，最多 40 个字符",
        "a field's name begins with a letter and has at most 40 letters, digits and underscores",
    ),
    "service": Both(
        "服务名称以小写字母开头，只用小写字母、数字、“.”“_”“-”，最多 60 个字符",
        "a service's name begins with a small letter and has at most 60 small letters, digits and “.”, “_”, “-”",
    ),
    "unit": Both(
        "填写 18 位的统一社会信用代码或者单位全称", "it is the unit's credit code of 18 characters, or its full name"
    ),
    "consumer": Both("统一社会信用代码是 18 位", "a credit code has 18 characters"),
    "identifier": Both(
        "公民身份号码和统一社会信用代码都是 18 位", "resident numbers and credit codes have 18 characters"
    ),
    "mlps_no": Both("备案证明编号照证明上的填写", "it is the number as the certificate has it"),
    "phone": Both("电话号码写区号和号码，如 0572-1234567", "a telephone number is like 0572-1234567"),
    "phone_no": Both("电话号码写区号和号码，如 0572-1234567", "a telephone number is like 0572-1234567"),
    "identity_no": Both("公民身份号码是 18 位", "a resident number has 18 characters"),
    "checkpoint_root": Both("根哈希是 64 位十六进制数字", "a root is 64 hexadecimal digits"),
}
"""Field whose values have a form of their own → that form. What is too long for it is no such value: nobody is asked to
shorten it."""
DIGITS = 10
"""Digits of the largest number."""
LARGEST = 2**31 - 1
"""The largest number a column keeps."""
NUMBERS: Mapping[str, int] = {
    **dict.fromkeys(("format", "method", "sharing_type", "update_cycle"), 99), "mlps_level": 5, "time_out": 2**15 - 1,
}  # fmt: skip
"""Field → the largest number it takes, where that is not LARGEST: what its column keeps, or its standard has."""


_SEVERAL_LINES = frozenset({"abstract", "item-rules", "sentences"})
"""Fields of LENGTHS that have several lines; every other is one."""


class CharacterUnusable(Malformed):
    """{field} contains a character that is not taken: a control, or one that turns the direction of writing."""


class FieldTooLong(Invalid):
    """{field} has {length} characters; at most {most} are taken."""


class ValueMisshaped(FieldTooLong):
    """{field} has {length} characters and cannot be right: {shape}."""


def check_characters(text: str, *, field: str) -> None:
    """Refuse a text with a character that is not taken; raises CharacterUnusable."""
    if UNUSABLE.search(text) or UNUSABLE.search(field):
        raise CharacterUnusable(field=UNUSABLE.sub("?", field)[:100])


def check(text: str, *, field: str) -> None:
    """Refuse a text that is not kept as it is; raises CharacterUnusable and FieldTooLong, or ValueMisshaped for SHAPES.

    `field` may bear the number of a row, as item-3-code.
    """
    check_characters(text, field=field)
    kind = _NUMBER.sub("-", field, count=1)
    if kind in LENGTHS and kind not in _SEVERAL_LINES and _BREAKS.search(text):
        raise CharacterUnusable(field=field)
    most = LENGTHS.get(kind, LONGEST)
    if len(text) > most and kind in SHAPES:
        raise ValueMisshaped(field=field, length=len(text), shape=SHAPES[kind])
    if len(text) > most:
        raise FieldTooLong(field=field, length=len(text), most=most)


def check_all(given: Mapping[str, str]) -> None:
    """Refuse a text of a mapping by its name; raises what `check` does."""
    for name, text in given.items():
        check(text, field=name)


def whole(given: str, *, field: str = "") -> int | None:
    """Return the whole number above zero that a text is, as large as the field takes; None for any other text."""
    if not given.isdecimal() or len(given) > DIGITS:
        return None
    found = int(given)
    return found if 0 < found <= NUMBERS.get(field, LARGEST) else None
