"""The rooms of the desk: addresses, menu and the pages of cases are read from this tuple.

A new application of the platform adds its line here.
"""

from collections.abc import Callable

from hutong.control.enrolment import desk as enrolling
from hutong.control.nodes import rules as front_ends
from hutong.control.retention import rules as keeping
from hutong.control.security import rules as papers
from hutong.control.sharing import usage
from hutong.control.signon import rules as signing_on
from hutong.control.units import powers
from hutong.web.desk.application import urls as application
from hutong.web.desk.catalog import urls as catalog
from hutong.web.desk.deliveries import urls as deliveries
from hutong.web.desk.enrolment import urls as enrolment
from hutong.web.desk.grants import urls as grants
from hutong.web.desk.handovers import kind as handovers
from hutong.web.desk.limits import urls as limits
from hutong.web.desk.nodes import urls as nodes
from hutong.web.desk.notices import urls as notices
from hutong.web.desk.officers import urls as officers
from hutong.web.desk.records import urls as records
from hutong.web.desk.registration import urls as registration
from hutong.web.desk.retention import urls as retention
from hutong.web.desk.room import CaseKind, Room
from hutong.web.desk.rulebook import urls as rulebook
from hutong.web.desk.security import urls as security
from hutong.web.desk.signon import urls as signon
from hutong.web.desk.statistics import urls as statistics

ROOMS = (
    Room("共享申请", "applications", "applications/", application.URLS, application.KINDS),
    Room("目录管理", "entries", "entries/", catalog.URLS, catalog.KINDS),
    Room("登记", "registrations", "registrations/", registration.URLS, registration.KINDS),
    Room("数据交付", "deliveries", "deliveries/", deliveries.URLS),
    Room("使用权限", "grants", "grants/", grants.URLS),
    Room("使用上限", "limits", "limits/", limits.URLS),
    Room("使用日志", "records", "records/", records.URLS, wider="日志", is_wider=usage.reads_several),
    Room("使用统计", "statistics", "statistics/", statistics.URLS),
    Room("联系人", "contacts", "contacts/", notices.URLS, notices.KINDS),
    Room("工作交接", "handovers", "handovers/", (), (handovers.KIND,)),
    Room("维护告知", "maintenance", "maintenance/", notices.WORK_URLS, notices.WORK_KINDS),
    Room("故障", "faults", "faults/", notices.FAULT_URLS, notices.FAULT_KINDS),
    Room("前置机", "servers", "nodes/", nodes.URLS, nodes.KINDS, stands=front_ends.looks_after),
    Room("应急与演练", "plans", "security/", security.URLS, security.KINDS, stands=papers.looks_after),
    Room("记录销毁与留存", "purges", "retention/", retention.URLS, stands=keeping.entitled),
    Room("身份绑定", "bindings", "signon/", signon.URLS, stands=lambda actor: signing_on.sees(actor) is not None),
    Room("期限与参数", "rulebook", "rulebook/", rulebook.URLS),
    Room(
        "人员管理", "officers", "officers/", officers.URLS, officers.KINDS,
        stands=lambda actor: powers.sees(actor) is not None,
    ),
    Room("登记文件", "enrolment", "enrolment/", enrolment.URLS, stands=enrolling.may),
)
"""Every room of the desk, in the order of the menu."""

KINDS: dict[str, CaseKind] = {kind.procedure.life.name: kind for room in ROOMS for kind in room.kinds}
"""Every kind of case by the name of its lifecycle."""


def page_of(lifecycle: str, number: str) -> str:
    """Return the address of a case's page."""
    return KINDS[lifecycle].page(number)


def pages_of(lifecycle: str) -> Callable[[str], str]:
    """Return a function that gives the address of a case, for many cases of one kind."""
    return KINDS[lifecycle].pages()
