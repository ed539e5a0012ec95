"""What a record or a delivery was refused for is told in whole sentences, though little of it was kept."""

import string

import pytest
from django.utils import translation

from hutong.core import text
from hutong.core.errors import Problem
from hutong.plane import ladder
from hutong.plane.answer import asking, changes, compare, limits, query, snapshot
from hutong.plane.delivery import causes, loading, merging, quality
from hutong.plane.delivery.reading import (
    columnar,
    csv,
    encodings,
    failures,
    formats,
    header,
    quotes,
    unpacking,
    workbook_guard,
)
from hutong.plane.grants import DataNotSupplied
from hutong.web.desk.records import rows as records
from hutong.web.wording import refusals

CALL = {"grant": "G-1", "system": "civil-app", "user": "zhang", "device": "pc-1", "purpose": "trial", "matter": "trial",
        "mode": "query", "resource": "307001/000001", "version": 1, "result": "QUOTA_SPENT"}  # fmt: skip
"""What the record of a refused use keeps."""


def of(*modules) -> list[str]:
    """Return the codes of the failures defined in `modules`."""
    kinds = [kind for module in modules for kind in vars(module).values() if isinstance(kind, type)]
    return sorted({kind.code for kind in kinds if issubclass(kind, Problem) and kind.__module__.startswith("hutong.p")})


USES = [*of(asking, compare, query, snapshot, changes, limits, ladder), DataNotSupplied.code]
TEXTS = of(csv, encodings, quotes)
DELIVERIES = TEXTS + of(formats, failures, header, columnar, workbook_guard, unpacking, loading, merging)
ROWS = of(quality, causes)
DOORS = ["BODY_TOO_LARGE", "BODY_TOO_SLOW", "BODY_UNREADABLE", "NOT_YOURS_TO_DELIVER", "PARAMETER_UNREADABLE"]
"""What the gateway enters for a caller before anything is asked of the plane: no facts are kept."""


def whole(words: str) -> bool:
    """Whether words are there, and nothing is left open in them."""
    return words != "" and not {"…", "?", "{", "}"} & set(words)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_refusal_of_a_record_or_a_delivery_is_told_with_a_gap(language):
    with translation.override(language):
        told = {code: refusals.refused(code, **records._kept({**CALL, "result": code})) for code in USES}
        told |= {code: refusals.refused(code) for code in DOORS}
        told |= {code: refusals.refused(code, key="K-1", resource="人口") for code in DELIVERIES}
        told |= {code: refusals.refused(code, item="姓名", argument="3") for code in ROWS}
    assert {code: words for code, words in told.items() if not whole(words)} == {}


def test_what_was_kept_is_told():
    told = refusals.refused("MODE_NOT_GRANTED", **records._kept(CALL))
    assert told == "授权 G-1 不能以 数据查询 方式使用。"
    assert refusals.refused("GRANT_EXPIRED", **records._kept(CALL)) == "授权 G-1 已到期。"
    assert refusals.refused("NOBODY_KNOWS") == ""


def test_words_without_the_gap_name_no_fact_the_full_ones_do_not():
    def facts(message: str) -> set[str]:
        return {field for _, field, _, _ in string.Formatter().parse(message) if field}

    bare = {code: texts for code, texts in text.table().items() if {"zh_bare", "en_bare"} & set(texts)}
    assert {code for code, texts in bare.items() if not {"zh_bare", "en_bare"} <= set(texts)} == set()
    assert {code for code, texts in bare.items() if not facts(texts["zh_bare"]) < facts(texts["zh"])} == set()
    assert {code for code, texts in bare.items() if facts(texts["en_bare"]) != facts(texts["zh_bare"])} == set()
