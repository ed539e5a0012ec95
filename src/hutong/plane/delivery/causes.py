"""Why a value cannot be read as its type, where it can be told: what people write where a day or a number belongs.

None of it is turned into a value. Whether 万元 stands in an item kept in 元 or in 万元, whether — is zero or unknown,
and until when 长期 lasts, the provider knows.
"""

import re

from hutong.core.errors import Invalid
from hutong.plane.definition import Type
from hutong.plane.values import NUMBERS


class ValueWithoutDay(Invalid):
    """{item} names a year or a month; what the catalogue asks for is a day."""


class ValueWithoutEnd(Invalid):
    """{item} says that there is no end; what the catalogue asks for is a day."""


class ValueSerialDay(Invalid):
    """{item} is the number by which a spreadsheet counts days; what the catalogue asks for is the day itself."""


class ValueHasUnit(Invalid):
    """{item} has a sign, a unit or a word beside its number."""


class ValueInWords(Invalid):
    """{item} is a number written in words."""


class ValuePlaceholder(Invalid):
    """{item} holds a sign or word for nothing instead of being empty."""


_PLACEHOLDER = (
    r"[-_/\\.·…*?~]+|\(?(?:无|暂无|没有|未有|不详|不明|未知|缺|缺失|空|空白|未填|未填写|未登记|未提供|待定|待补|待查|不适用"
    r"|n/?a|n\.a\.|#n/a|null|none|nil|nan|unknown)\)?"
)
_YEAR_OR_MONTH = r"(?:1[5-9]|2[01])[0-9]{2}(?:年|[-/.年]?(?:0?[1-9]|1[0-2])月?份?)?"
_NO_END = (
    r"长期|长期有效|永久|永久有效|永续|无固定期限|无期限|无限期|不限期|不限|不定期|终身|终身有效|至今|今|现在"
    r"|long[- ]?term|permanent(?:ly)?|indefinite(?:ly)?|forever|present|now"
)
_SERIAL = r"[2-6][0-9]{4}(?:\.[0-9]+)?"
_SIGN = r"(?:[¥$€£]|(?:rmb|cny|usd|hkd|us\$|hk\$|人民币|美元|港[币元]|欧元|约|近|共|合计|大约)[:]?)"
_WITH_UNIT = rf"{_SIGN} ?[(]?-?[0-9][0-9,.]*[)]?[^0-9]*|[(]?[+-]?[0-9][0-9,.]*[)]? ?(?:[^0-9 ,.)][^0-9]*|k?m[23])"
_WORDS = r"(?:人民币)?[零〇一二三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟两半点负元圆角分整正]+"

_DAYS: tuple[tuple[str, type[Invalid]], ...] = (
    (_SERIAL, ValueSerialDay),
    (_YEAR_OR_MONTH, ValueWithoutDay),
    (_NO_END, ValueWithoutEnd),
)
_OF_TYPES: dict[Type, tuple[tuple[str, type[Invalid]], ...]] = {
    Type.LOGICAL: (),
    Type.DATE: _DAYS,
    Type.DATETIME: _DAYS,
    **dict.fromkeys(NUMBERS, ((_WITH_UNIT, ValueHasUnit), (_WORDS, ValueInWords))),
}
_TOLD = {
    type: [(re.compile(pattern), cause) for pattern, cause in ((_PLACEHOLDER, ValuePlaceholder), *known)]
    for type, known in _OF_TYPES.items()
}


def of(value: str, *, of_type: Type) -> type[Invalid] | None:
    """Return the failure that tells why `value`, in its normal form, is none of a type; None where it is not known."""
    return next((cause for pattern, cause in _TOLD.get(of_type, ()) if pattern.fullmatch(value)), None)
