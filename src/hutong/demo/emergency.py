"""The county's emergency plan and its restore drill: adopted early in the past, held a while after.

Nothing of this county is ever restored: what the drill measured is made up, as its people are.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from hutong.audit.events import RecordClass
from hutong.control.procedures import attachments
from hutong.control.procedures.attachments import CaseReference
from hutong.control.procedures.operations import Grounds
from hutong.control.security import operations
from hutong.control.security.lifecycle import PLAN
from hutong.control.units.rules import Actor
from hutong.core import beijing
from hutong.core.workdays import Calendar
from hutong.demo.county import COUNTY
from hutong.plane.keys import Keyring

Who = Callable[[str], Actor]
"""Returns an officer by the login."""

TITLE = "数据共享交换平台网络安全事件应急预案"
SUMMARY = "适用于平台主机、数据库、密钥和网络的突发事件；明确处置分工、报告时限、备份与恢复办法。"
REHEARSAL_DAYS = 180
"""How long after its adopting the plan is rehearsed for the first time, at the latest."""
TEXT = f"""{COUNTY}{TITLE}

一、目的和范围
为处置平台主机、数据库、密钥和网络的突发事件，尽快恢复共享服务，制定本预案。

二、分工
平台运维单位负责监测、处置和恢复；电子政务主管部门负责批准预案、协调各单位。

三、处置
发现异常的，先保护日志和密钥，再查明范围；影响服务的，及时告知各使用单位。

四、备份与恢复
备份存放在另一处，密钥恢复件由两人各持密码；主机损毁的，在另一台机器上由备份恢复，校验日志后恢复服务。

五、演练
每年至少演练一次，形成恢复演练记录；未通过的，限期再次演练。
"""
STEPS = (
    ("取出备份集并核对摘要", 184.2, ""),
    ("打开密钥恢复件", 21.5, "两人各输入密码"),
    ("启动数据库并恢复到故障前", 96.8, ""),
    ("校验日志到最后一个检查点", 47.3, ""),
    ("抽验一条比对记录", 1.9, ""),
)


def adopt_plan(who: Who, *, keyring: Keyring, now: datetime) -> str:
    """Prepare the county's emergency plan and have it adopted; returns its number."""
    operator, authority, calendar = who("operator"), who("authority"), Calendar.official()
    facts = {
        "title": TITLE, "unit": operator.unit, "owner": operator.name, "summary": SUMMARY,
        "rehearsal_date": beijing.day(now) + timedelta(days=REHEARSAL_DAYS),
    }  # fmt: skip
    no = operations.draft(facts, region="", actor=operator, now=now)
    attachments.add(
        CaseReference(PLAN.name, no), name=f"{TITLE}.txt", source=[TEXT.encode()], by=operator,
        record_class=RecordClass.ADMINISTRATION, keyring=keyring, now=now,
    )  # fmt: skip
    for action, officer in (("submit", operator), ("adopt", authority)):
        operations.take_of_plan(no, action, actor=officer, now=now, calendar=calendar, grounds=Grounds())
    return no


def report_drill(who: Who, *, keyring: Keyring, now: datetime) -> str:
    """Report the county's restore drill, which was over a while before `now`; returns its number."""
    fault = now - timedelta(hours=1)
    report = {
        "set_number": 23, "set_ended_at": fault - timedelta(hours=7, minutes=12), "read_back_at": fault,
        "fault_at": fault, "log_until": fault - timedelta(seconds=38), "restore_seconds": 303, "rto_seconds": 412,
        "entries": 15_208, "checkpoint_size": 15_208, "verified": True,
        "steps": [{"name": name, "seconds": seconds, "ok": True, "told": told} for name, seconds, told in STEPS],
        "postgres": "PostgreSQL 18", "machine": "备用服务器",
    }  # fmt: skip
    operator = who("operator")
    no = operations.file_drill(report, actor=operator, now=now, calendar=Calendar.official(), keyring=keyring)
    operations.take_of_drill(
        no, "note", actor=who("authority"), now=now, calendar=Calendar.official(), grounds=Grounds()
    )
    return no
