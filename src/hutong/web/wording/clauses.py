"""The words of the clauses a page names: what the regulation says (`docs/clauses.tsv`), in Chinese and in English.

They are quoted: where the regulation says 区 of a county's own, so does the quotation. A source that is no clause of a
regulation has its words in `core.defaults`.
"""

from hutong.core.defaults import SOURCES

WORDS: dict[str, tuple[str, str]] = {
    "SX-03": (
        "各级党政机关和相关单位…共享与交换其他单位行政审批信息资源",
        "Only registered party/government organs and related units are members; objects are approval (行政审批) "
        "information resources.",
    ),
    "SX-04-a": (
        "负责协调全县公共信息平台工作，定期发布…目录",
        "Authority coordinates and publishes the county catalogue periodically.",
    ),
    "SX-04-e": ("编制和更新维护本单位的…目录", "Each unit compiles and maintains its own catalogue."),
    "SX-04-f": (
        "根据…技术规范提供共享信息",
        "Units provide data that meet the technical spec (format/field validation at the gate).",
    ),
    "SX-05-a": (
        "通过公共信息平台目录管理系统编制",
        "Catalogue must be compiled through the catalogue management system (no other channel).",
    ),
    "SX-05-b": ("并及时更新", "Catalogue updated timely."),
    "SX-06-a": (
        "按照…发布的全县公共信息平台目录，将本单位的共享信息及时提供",
        "Provider supplies what the published catalogue lists, timely.",
    ),
    "SX-06-b": (
        "谁提供、谁更新、谁负责…与本单位业务库数据保持一致",
        "Provider owns updates; shared data equals its business database (reconciliation).",
    ),
    "SX-07-a": ("数据查询、数据订阅和数据比对等三种", "Three sharing modes: query, subscription, comparison."),
    "SX-07-e": (
        "最小化授权原则，能比对的数据不提供查询服务，能查询的数据不提供订阅服务",
        "Least authorisation ladder compare < query < subscribe: if comparison can serve, query is refused; "
        "if query can serve, subscription is refused.",
    ),
    "SX-08-a": (
        "根据法定职责和履职需要…由其区直主管部门或区电子政务管理部门提出共享申请",
        "Application needs a legal duty/purpose and is lodged by the consumer's competent department or the "
        "e-gov department.",
    ),
    "SX-08-b": ("经区电子政务主管部门确认后", "Authority confirms before anything is supplied."),
    "SX-08-c": ("由提供方向公共信息平台提供共享数据", "After confirmation the Provider supplies data to the platform."),
    "SX-08-d": ("区信息中心予以开通使用权限", "Operator opens the usage permission (grant)."),
    "SX-08-e": ("通过公共信息平台提出使用申请", "The usage application is made on the platform."),
    "SX-08-f": (
        "应在5个工作日内核实其用途并完成备案",
        "Operator verifies the purpose and completes the filing record.",
    ),
    "SX-09": (
        "接入…的应用系统应满足信息安全等级二级保护要求",
        "Connected application systems meet MLPS (等保) level 2: no connection without evidence.",
    ),
    "SX-10-b": (
        "建立…使用的可追溯机制",
        "Traceability: each use traceable to person, system, device, purpose, data.",
    ),
    "SX-10-c": (
        "使用日志记录保存时间不得少于五年",
        "Usage logs kept not less than five years; earlier deletion impossible.",
    ),
    "SX-10-d": (
        "对…应用系统、应用部门、使用人员、使用设备等进行登记",
        "Registers of application system, department, user, device; use only from registered tuples.",
    ),
    "SX-10-e": ("不得将申请的共享信息挪作他用", "Purpose limitation: no use for another purpose."),
    "SX-11-a": (
        "用户管理、统一认证、访问控制、日志管理、安全审计、冗余备份",
        "Operator: user management, unified authentication, access control, log management, security audit, "
        "redundant backup.",
    ),
    "SX-11-b": ("对数据进行授权管理", "Data-level authorisation."),
    "SX-12-b": (
        "发生人员变更时，应当提前5个工作日通知",
        "Contact change announced to the Operator in advance.",
    ),
    "SX-14-b": (
        "提前5个工作日…提交书面申请，说明变更原因、变更时间",
        "Written change application with reason and time.",
    ),
    "SX-15-a": (
        "网络改造、前置机升级维护…提前2个工作日告知",
        "Planned network/FES work notified in advance (notice, not approval).",
    ),
    "PS-09-1": (
        "真实、准确、完整的注册信息",
        "Registration data true/accurate/complete (validation).",
    ),
    "PS-09-2": ("对用户注册信息进行审核", "Registration review before activation."),
    "IS-2.2-b": ("同意遵守平台的管理制度", "Acceptance of rules recorded (version + time)."),
    "SX-16-(二)": ("擅自修改前置机配置", "Violation: unauthorised FES configuration change."),
    "SX-16-(三)": ("数据未及时更新", "Violation: Provider's data not updated in time."),
    "SX-16-(四)": (
        "自行管理的前置机未按要求提供正常服务",
        "Violation: self-managed FES not serving (entrusted FES excluded!).",
    ),
    "SX-16-(五)": ("未按要求进行安全管理", "Violation: security duties not met."),
    "SX-16-(六)": ("擅自变更单位联系人", "Violation: unauthorised contact change."),
    "SX-16-a": (
        "区信息中心可停止提供交换平台服务",
        "Operator may suspend service (discretion, so a human decision, never automatic).",
    ),
    "SX-17": ("由XX县电子政务主管部门负责解释", "Authority interprets (owner of rule configuration)."),
}
"""Clause → its words in Chinese, what it asks for in English."""


def words(clause: str | None, *, english: bool) -> str:
    """Return what a clause or source says; nothing for one that no page names."""
    named = clause or ""
    return (WORDS.get(named) or SOURCES.get(named) or ("", ""))[english]
