"""What the pages of a resource say of it, whether it is published or still a change."""

from collections.abc import Iterator

from django.utils.translation import gettext

from hutong.control.catalog.models import Change, Version
from hutong.plane.definition import Mode
from hutong.web.desk.catalog.rows import rows
from hutong.web.facts import Fact, fact
from hutong.web.wording.filters import day
from hutong.web.wording.names import named


def page(said: Version | Change) -> dict[str, object]:
    """Return what `desk/entry_facts.html` shows of a version or a change."""
    return {"abstract": said.abstract, "facts": list(facts(said)), "items": rows(said), "modes": list(Mode)}


def facts(said: Version | Change) -> Iterator[Fact]:
    """Yield what a version or a change says of its resource."""
    sharing = (named(said.sharing_type, "sharing_type"), said.sharing_condition, said.sharing_basis)
    yield fact(gettext("共享类型"), " ".join(filter(None, sharing)))
    yield fact(gettext("格式"), named(said.format, "format"))
    yield fact(gettext("共享方式"), named(said.method, "method"))
    yield fact(gettext("资源形态"), named(said.method, "form_means"))
    if said.service:
        yield fact(gettext("服务名称（服务接口）"), "", said.service)
        yield fact(gettext("应答时限（秒）"), said.time_out)
    yield fact(gettext("更新周期"), named(said.update_cycle, "cycle"))
    yield fact(gettext("记录涉及个人"), gettext("是") if said.personal else gettext("否"))
    if isinstance(said, Version):
        yield fact(gettext("发布日期"), day(said.release_date))
        yield fact(gettext("版本"), gettext("第 %(number)s 版") % {"number": said.number})
