"""The rules of use that an applicant accepts, by version (IS-2.2-b); a changed sentence is a new version."""

VERSION = "1"

RULES: tuple[tuple[str, str], ...] = (
    ("PS-09-1", "登记的信息真实、准确、完整；有变化的，及时变更或者注销。"),
    ("SX-09", "接入的应用系统满足信息安全等级二级保护要求；等级保护证明到期前重新办理。"),
    ("SX-10-b", "每一次使用都写明人员、系统、设备、用途和事项，以备追溯。"),
    ("SX-10-d", "只有登记的应用系统、使用人员和使用设备可以使用共享信息。"),
    ("SX-10-e", "不将申请的共享信息挪作他用。"),
    ("SX-16-a", "违反规定的，平台可以停止提供服务，并锁定登记。"),
)
"""Clause → what it has the unit do, in Chinese."""
