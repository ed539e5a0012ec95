"""What people read: every expected failure of the project has its words in both languages."""

import importlib
import os
import pkgutil
import re
import string
from functools import cache
from pathlib import Path
from types import ModuleType

import django
import pytest

import hutong
from hutong.audit.events import RecordClass
from hutong.core import errors, text
from hutong.core.workdays import YearNotLoaded

KINDS = set(errors.Problem.__subclasses__())


@cache
def modules() -> tuple[ModuleType, ...]:
    """Import all of the project; only what an optional package would be needed for is left out."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hutong.web.conf")
    os.environ.setdefault("HUTONG_WEB_SECRET", "only-for-tests-only-for-tests-only-for-tests")
    django.setup()
    found = []
    for module in pkgutil.walk_packages(hutong.__path__, "hutong.", onerror=lambda name: None):
        try:
            found.append(importlib.import_module(module.name))
        except ModuleNotFoundError as error:
            if (error.name or "").split(".")[0] == "hutong":
                raise
    return tuple(found)


@cache
def problems() -> tuple[type[errors.Problem], ...]:
    """Every class of failure the project itself defines, the kinds left out."""
    modules()
    every, waiting = set(), list(KINDS)
    while waiting:
        kind = waiting.pop()
        every |= {kind} if kind not in KINDS and kind.__module__.startswith("hutong.") else set()
        waiting += kind.__subclasses__()
    return tuple(sorted(every, key=lambda cls: cls.code))


def _facts(message: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(message) if field is not None}


def test_every_failure_has_its_words_in_both_languages():
    wanted = {"zh", "do_zh", "do_en"}
    wordless = {
        problem.__qualname__: sorted(missing)
        for problem in problems()
        if (missing := {name for name in wanted if not text.table().get(problem.code, {}).get(name)})
    }
    assert wordless == {}


def test_the_chinese_message_tells_no_fact_the_english_one_does_not():
    strange = {}
    for problem in problems():
        english = _facts((problem.__doc__ or "").strip().splitlines()[0])
        said = text.table().get(problem.code, {})
        if surplus := _facts(said.get("zh", "")) - english:
            strange[problem.__qualname__] = surplus
        if filled := _facts(said.get("do_zh", "")) | _facts(said.get("do_en", "")):
            strange[problem.__qualname__] = filled
    assert strange == {}


def test_every_failure_stands_under_a_kind_and_has_a_message_of_its_own():
    assert {cls for cls in errors.Problem.__subclasses__() if cls.__module__ != errors.__name__} == set()
    assert [cls.__qualname__ for cls in problems() if not (cls.__doc__ or "").strip()] == []


def test_no_two_failures_share_a_code():
    codes = [problem.code for problem in problems()]
    assert sorted({code for code in codes if codes.count(code) > 1}) == []


def test_no_words_are_kept_for_a_failure_that_is_gone():
    # Some words belong to no failure but to a reason a record keeps, which the source then names.
    sources = "".join(path.read_text() for path in Path(hutong.__path__[0]).rglob("*.py"))
    left = set(text.table()) - {problem.code for problem in problems()}
    assert {code for code in left if f'"{code}"' not in sources} == set()


def test_a_deliverys_key_has_one_name():
    others = {code for code, said in text.table().items() if re.search("交付编号|交付批次号", "".join(said.values()))}
    assert others == set()


@pytest.mark.clause("D-20")
def test_says_a_failure_in_both_languages():
    problem = YearNotLoaded(year=2027)
    assert text.say(problem, language="zh").message == "2027年节假日安排尚未载入，暂不能计算期限。"
    assert text.say(problem, language="en").message == (
        "The official calendar of 2027 is not loaded, so nothing is computed for it."
    )


def test_codes_in_a_failures_facts_are_told_by_their_names_and_other_facts_as_they_are():
    class Coded(errors.Refused):
        """{officer} lacks {role} for {mode} of {record_class} records, not {one}."""

    Coded.__module__ = __name__
    facts = {"officer": "operator", "role": "operator, auditor", "mode": "query", "record_class": RecordClass.USAGE}
    table = {"CODED": {"zh": "{officer}|{role}|{mode}|{record_class}|{one}"}}
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(text, "table", lambda: table)
        told = text.say(Coded(**facts, one=7), language="zh").message
    assert told == "operator|平台运维单位、安全审计员|数据查询|使用日志|7"
    assert text.say(Coded(**facts, one="nobody"), language="en").message == (
        "operator lacks platform operator, security auditor for query of usage records, not nobody."
    )


def test_every_class_of_records_has_its_name():
    assert set(text.RECORD_CLASSES) == set(RecordClass)


def test_falls_back_to_english_where_a_fact_or_the_words_are_missing():
    class Unworded(errors.Invalid):
        """Nothing stands in the table for {this}."""

    Unworded.__module__ = __name__
    assert text.say(Unworded(this="it"), language="zh") == text.Explained(
        "Nothing stands in the table for it.", ""
    )
    assert "?" in text.say(YearNotLoaded(), language="zh").message
