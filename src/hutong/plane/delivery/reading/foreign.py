"""Texts in encodings that are not read, though their bytes may be valid as GB18030 or ASCII: Japanese, Korean, 7 bits.

A right text is never taken for one: what a text has to be made of for that does not occur in Chinese. Nothing here says
whether the header made sense; whoever asks knows that.
"""

import base64
import codecs
import re

SHIFT_JIS, EUC_KR, UTF_7, HZ = "shift_jis", "euc_kr", "utf7", "hz"
SEVEN_BITS = (UTF_7, HZ)

_FEW, _SOME = 4, 12
"""Characters from which something is told by them: of those that 7 bits write in a way of their own, and of others."""


def of(start: bytes) -> str | None:
    """Return the encoding a text is rather in, as a kind of file, told by its beginning; None where it is none."""
    whole = start[: max(start.rfind(b"\n"), start.rfind(b"\r")) + 1] or start
    if whole.isascii():
        return HZ if _is_hz(whole) else UTF_7 if _is_utf7(whole) else None
    return SHIFT_JIS if _is_shift_jis(whole) else EUC_KR if _is_euc_kr(whole) else None


def _is_hz(start: bytes) -> bool:
    """Whether each ~ is one of HZ (RFC 1843), and Chinese stands between them."""
    if b"~{" not in start:
        return False
    text = _decoded(start, "hz")
    return text is not None and len(_HAN.findall(text)) >= _FEW


def _is_utf7(start: bytes) -> bool:
    """Whether each + begins what UTF-7 (RFC 2152) writes so, and all that is Chinese."""
    characters = 0
    for run in _SHIFTED.findall(start):
        if not run:  # a plus itself
            continue
        text = _unshifted(run)
        if text is None or not _CHINESE.fullmatch(text):
            return False
        characters += len(_HAN.findall(text))
    return characters >= _FEW


def _unshifted(run: bytes) -> str | None:
    """Return the characters of a run of base 64; None where it has bits that are of none."""
    whole = len(run) * 6 // 16 * 2
    bits = base64.b64decode(run + b"A" * (-len(run) % 4))
    if any(bits[whole:]) or not whole or len(run) * 6 - whole * 8 >= 6:
        return None
    return bits[:whole].decode("utf-16-be", "replace")


def _is_shift_jis(start: bytes) -> bool:
    """Whether a fifth or more is kana where no more than half is as the characters of GB 2312 are."""
    text = _decoded(start, "cp932")
    if text is None:
        return False
    others = [character for character in text if not character.isascii()]
    kana, half = (sum(map(within.__contains__, map(ord, others))) for within in (_KANA, _HALF_KANA))
    pairs = _PAIRS.findall(start)
    common = sum(first >= 0xA1 and second >= 0xA1 for first, second in pairs)
    few_half = 10 * half <= len(others)
    return kana >= _SOME and 5 * kana >= len(others) and few_half and 2 * common < len(pairs)


def _is_euc_kr(start: bytes) -> bool:
    """Whether four fifths are Korean syllables, and two fifths of these the few that most of Korean is made of."""
    text = _decoded(start, "euc_kr")
    if text is None:
        return False
    others = [character for character in text if not character.isascii()]
    syllables = [character for character in others if ord(character) in _HANGUL]
    usual = sum(map(_USUAL.__contains__, syllables))
    return len(syllables) >= _SOME and 5 * len(syllables) >= 4 * len(others) and 5 * usual >= 2 * len(syllables)


def _decoded(start: bytes, codec: str) -> str | None:
    try:
        return codecs.getincrementaldecoder(codec)("strict").decode(start)
    except UnicodeDecodeError:
        return None


_SHIFTED = re.compile(rb"\+([A-Za-z0-9+/]*)-?")
_PAIRS = re.compile(rb"[\x81-\xfe][\x40-\x7e\x80-\xfe]")
_HAN = re.compile("[\u4e00-\u9fff]")
_CHINESE = re.compile("[\u4e00-\u9fff\u3000-\u303f\uff00-\uffef\u2010-\u2027\u00b7]+")
_KANA, _HALF_KANA, _HANGUL = range(0x3041, 0x30FF), range(0xFF61, 0xFFA0), range(0xAC00, 0xD7A4)
_USUAL = frozenset(
    "이다는을가의에하고지로도를시한인기사서대어자정리나부일주그있구것전면동해아수보원장상라들제성관신여위조무비소국중공민학년경영생"
    "과치세용개방니선으며발행교통분문모드연결화안유적회업되했습때산물간요점설명계식실마내오진단체복반당거게까만말바박김최강윤홍황양"
    "남북군읍번울은"
)
"""The syllables that Korean is mostly made of."""
