"""The fields of the forms that hand in a file."""

from collections.abc import Sequence

from django.http import QueryDict
from django.utils.translation import gettext

from hutong.control.catalog.models import Version
from hutong.web.forms import Field

KINDS = ("snapshot", "changes")
"""What a file may be: the whole, or what changed."""


def fields(entries: Sequence[Version], typed: QueryDict, *, most: int) -> dict[str, Field]:
    """Return the fields of the form that hands in a file of `most` bytes; none where there is nothing to hand in."""
    if not entries:
        return {}
    resources = tuple((each.entry.code, f"{each.name} {each.entry.code}") for each in entries)
    kinds = (
        ("snapshot", gettext("全量：文件就是全部数据")),
        ("changes", gettext("增量：只有变化的行，另有 _op 列说明新增、更新（u）或删除（d）")),
    )
    code, kind = typed.get("code", ""), typed.get("kind", "")
    return {
        "code": Field("code", gettext("信息资源"), code, kind="choice", options=resources, required=True),
        "kind": Field("kind", gettext("交付方式"), kind, kind="choice", options=kinds),
        "key": Field(
            "key", gettext("批次号"), typed.get("key", ""),
            hint=gettext("不填的，由平台按文件内容编号。自行编号的，同一批次号只入库一次。"),
        ),
        "file": _file(  # the last: what is typed is read even where the file is not taken
            gettext("文件（CSV、Excel 或 Parquet）"),
            hint=gettext("一个文件不超过 %(most)s MB；更大的请分成几个文件以增量方式交付，或者由系统交付。")
            % {"most": megabytes(most)},
        ),
    }


def megabytes(size: int) -> int:
    """Return how many whole megabytes a size is."""
    return size >> 20


def again(digest: str) -> Field:
    """Return the field that asks for the file of a delivery that waits; `digest` tells the deliveries apart."""
    hint = gettext("平台不保留尚未入库的数据，请再次选择同一个文件；内容与上次不同的不会入库。")
    return _file(gettext("同一个文件"), form=digest, hint=hint)


def _file(label: str, *, form: str = "", hint: str = "") -> Field:
    return Field("file", label, kind="file", files=_NAMES, required=True, form=form, hint=hint)


_NAMES = ".csv,.tsv,.txt,.xlsx,.xls,.parquet,.arrow"
"""How files may be called that are offered for choosing; what one is, its content tells."""
