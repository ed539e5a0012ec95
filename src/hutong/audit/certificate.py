"""The certificate a purge leaves: who let what go, when, and under which head of the tree."""

from datetime import datetime

from hutong.audit.checkpoint import Head
from hutong.audit.purges import Purge
from hutong.core import text
from hutong.core.beijing import BEIJING

_TEXT = """\
日志销毁证明  Certificate of purge  No. {purge.id}

类别 Class：{class_zh}（{purge.record_class}），保存期 kept {years} 年 years
范围 Range：{before} 之前 before
销毁条数 Records removed：{removed}
附件 Attachments removed：{attachments}
申请 Requested：{purge.requested_by}，{requested_at}
批准 Approved：{purge.approved_by}，{approved_at}
执行 Done：{by}，{now}
存证树 Tree：{head.size} 项 entries，树根 root {root}

记录及其盐值已删除；公开的叶子、存证树与签名检查点均保留，原有证明继续有效。
Records and their salts are gone; leaves, tree and signed checkpoints stay, and every proof still holds.
"""


def write(purge: Purge, *, years: int, removed: int, attachments: int, head: Head, by: str, now: datetime) -> str:
    """Return the certificate of a purge in Chinese and English; moments in Beijing time."""
    assert purge.approved_at is not None
    return _TEXT.format(
        purge=purge,
        class_zh=text.RECORD_CLASSES[purge.record_class],
        years=years,
        before=_moment(purge.before_at),
        removed=removed,
        attachments=attachments,
        requested_at=_moment(purge.requested_at),
        approved_at=_moment(purge.approved_at),
        by=by,
        now=_moment(now),
        head=head,
        root=head.root.hex(),
    )


def _moment(at: datetime) -> str:
    return at.astimezone(BEIJING).isoformat(sep=" ", timespec="seconds")
