"""The catalogue as anyone may read it: what narrows it, its orders, its pages and its file."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.utils.translation import gettext

from hutong.control.catalog import queries, rules
from hutong.control.catalog.models import Version
from hutong.control.catalog.queries import Search
from hutong.control.units.rules import Actor
from hutong.web.lists.listing import Filter, FoundRows, Listing, ListOrder, ListRequest, Pairs, Part
from hutong.web.lists.places import Place
from hutong.web.portal import shown
from hutong.web.wording.filters import joined
from hutong.web.wording.names import named

METHODS = {str(form): method for method, form in rules.FORM_OF_METHOD.items()}
"""Form of a resource, as an address has it → how it is shared."""
WORDS = Filter("q", "关键词", "words", example="例如：人口、姓名、统一社会信用代码")


def _providers(actor: Actor | None) -> Pairs:
    said = gettext("%(unit)s（%(count)s）")
    return [(code, said % {"unit": name, "count": count}) for code, name, count in queries.providers()]


def _forms(actor: Actor | None) -> Pairs:
    return [(form, named(method, "form")) for form, method in METHODS.items()]


def _sharing_types(actor: Actor | None) -> Pairs:
    return [(str(code), named(code, "sharing_type")) for code in rules.SHARING_TYPES]


def _wanted(asked: ListRequest) -> Search:
    sharing_type = int(asked["type"]) if asked["type"] else None
    return Search(asked["q"], asked["provider"], sharing_type, METHODS.get(asked["form"]))


def _read(asked: ListRequest, part: Part) -> FoundRows[Version]:
    return part.cut(queries.search(_wanted(asked), order=asked.order, after=part.after, limit=part.limit))


def _place(row: Version, order: str) -> Place:
    return (row.name,) if order.startswith("name") else (row.published_at, row.pk)


def _lines(rows: Sequence[Version], asked: ListRequest) -> Iterator[tuple[object, ...]]:
    for each in rows:
        provider = each.entry.provider
        yield (
            each.name, each.entry.code, provider.credit_code, provider.name,
            named(each.sharing_type, "sharing_type"), named(each.method, "form"), named(each.update_cycle, "cycle"),
            each.number, f"{each.release_date}", each.abstract, joined(item["name"] for item in each.items),
        )  # fmt: skip


CATALOGUE: Listing[Version] = Listing(
    name="catalogue",
    title="信息资源目录",
    filters=(
        WORDS,
        Filter("provider", "提供方", options=_providers),
        Filter("type", "共享类型", options=_sharing_types),
        Filter("form", "资源形态", options=_forms),
    ),
    orders=(
        ListOrder("name", "按名称", (str,), turned="name_back"),
        ListOrder("name_back", "按名称倒序", (str,), turned="name"),
        ListOrder("newest", "最新发布在前", (datetime, int), turned="oldest"),
        ListOrder("oldest", "最早发布在前", (datetime, int), turned="newest"),
    ),
    read=_read,
    count=lambda asked, most: queries.found(_wanted(asked), most=most),
    place=_place,
    shown=lambda rows, asked: shown.entries(rows),
    columns=(
        "名称", "信息资源代码", "提供方代码", "提供方", "共享类型", "资源形态", "更新周期", "版本", "发布日期", "摘要",
        "信息项",
    ),
    lines=_lines,
    said="共 %(count)s 项",
    parts=False,
    empty="尚未发布信息资源。",
    none_fit="没有找到符合的目录。请换一个词，例如信息项的名称。",
    size=20,
)  # fmt: skip
"""What is published, for anyone."""
