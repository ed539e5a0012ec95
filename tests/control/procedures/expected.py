"""What the regulation has each procedure do, step by step, never read from the tables it is held against.

A line is `state action who -> state`, where who is a role and the party in whose unit it is held, or `office`, or
`time`, for what comes about by itself; then the conditions, and what is needed with the step, if anything. `optional`
waits for nobody; `grave` opens, refuses, takes back, withdraws, revokes, suspends, releases, purges or ends; `hands`
may be asked for: 拟办, 审核, 签发.
"""

from dataclasses import dataclass
from itertools import product

APPLICATION = """
# 第八条: 使用方提出申请 (SX-08-e)
DRAFT lodge consumer@consumer -> LODGED if listed
RETURNED lodge consumer@consumer -> LODGED if listed
# 由其主管部门提出; 退回须说明理由, 不同意须说明理由和依据 (SX-08-a)
LODGED endorse competent@competent -> DEPARTMENT_ENDORSED if listed
LODGED return competent@competent -> RETURNED if listed with reason
LODGED refuse competent@competent -> REFUSED if listed with reason basis grave hands
# 经电子政务主管部门确认 (SX-08-b)
DEPARTMENT_ENDORSED accept authority@office -> COMPLIANCE_CHECK if listed
COMPLIANCE_CHECK pass_on authority@office -> PROVIDER_REPLY if listed conditional
COMPLIANCE_CHECK confirm authority@office -> SUPPLIED if listed unconditional supplied
COMPLIANCE_CHECK confirm authority@office -> CONFIRMED if listed unconditional not_supplied
COMPLIANCE_CHECK return authority@office -> RETURNED if listed with reason
COMPLIANCE_CHECK refuse authority@office -> REFUSED if listed with reason basis grave hands
PROVIDER_AGREED confirm authority@office -> SUPPLIED if listed supplied
PROVIDER_AGREED confirm authority@office -> CONFIRMED if listed not_supplied
# 有条件共享由提供方答复, 由提供方提供数据 (SX-08-c)
PROVIDER_REPLY agree provider_approver@provider -> PROVIDER_AGREED if listed
PROVIDER_REPLY return provider_approver@provider -> RETURNED if listed with reason
PROVIDER_REPLY refuse provider_approver@provider -> REFUSED if listed with reason basis grave hands
PROVIDER_AGREED return provider_approver@provider -> RETURNED if listed with reason optional
PROVIDER_AGREED refuse provider_approver@provider -> REFUSED if listed with reason basis optional grave hands
CONFIRMED begin_supply provider_editor@provider -> PROVIDER_SUPPLYING if listed
PROVIDER_SUPPLYING report_supply provider_editor@provider -> SUPPLIED if listed
# 信息中心核实用途, 完成备案, 开通使用权限 (SX-08-d, SX-08-f)
SUPPLIED verify operator@office -> PURPOSE_VERIFYING if listed
PURPOSE_VERIFYING file operator@office -> FILED if listed with grave
PURPOSE_VERIFYING return operator@office -> RETURNED if listed with reason
PURPOSE_VERIFYING refuse operator@office -> REFUSED if listed with reason basis grave hands
FILED close operator@office -> CLOSED with optional
# 不同意的, 双方协商, 协商一致的恢复审查, 协商不成的由主管部门协调
REFUSED negotiate consumer@consumer -> NEGOTIATING if listed with reason
NEGOTIATING settle provider_approver@provider -> COMPLIANCE_CHECK if listed with reason
NEGOTIATING coordinate consumer@consumer -> COORDINATING if listed with reason
COORDINATING reopen authority@office -> COMPLIANCE_CHECK if listed with reason
COORDINATING refuse authority@office -> REFUSED if listed with reason basis grave hands
# 资源从目录撤销的 (SX-06-a), 由主管部门终止办理
{UNDER_WAY RETURNED REFUSED} end authority@office -> ENDED if withdrawn with reason basis grave
DRAFT end authority@office -> ENDED if withdrawn with reason basis optional grave
# 逾期或者无人可以办理的, 主管部门可以终止办理
{UNDER_WAY DRAFT RETURNED REFUSED} stop authority@office -> ENDED if stuck with reason basis optional grave
# 开通之前使用方可以撤回
{UNDER_WAY DRAFT RETURNED REFUSED} take_back consumer@consumer -> TAKEN_BACK with optional grave
"""
UNDER_WAY = (
    "LODGED DEPARTMENT_ENDORSED COMPLIANCE_CHECK PROVIDER_REPLY PROVIDER_AGREED CONFIRMED PROVIDER_SUPPLYING SUPPLIED"
    " PURPOSE_VERIFYING NEGOTIATING COORDINATING"
)

ENTRY = """
# 第四条: 电子政务主管部门发布目录, 目录条目随其首次变更的发布而发布; 可以撤销, 无论是否正在变更 (SX-04-a)
UNPUBLISHED publish authority@office -> PUBLISHED if version_made with optional grave
PUBLISHED withdraw authority@office -> WITHDRAWN with reason optional grave hands
"""

CHANGE = """
# 第四、五条: 各单位通过目录管理系统编制并及时更新 (SX-04-e, SX-05-a, SX-05-b)
DRAFT submit provider_editor@provider -> SUBMITTED
RETURNED submit provider_editor@provider -> SUBMITTED
# 已提交的可以撤回修改, 未登记的可以放弃
SUBMITTED take_back provider_editor@provider -> DRAFT with optional
{DRAFT RETURNED SUBMITTED} drop provider_editor@provider -> DROPPED with optional grave
SUBMITTED register provider_approver@provider -> REGISTERED
SUBMITTED return provider_approver@provider -> RETURNED with reason
# 电子政务主管部门发布目录 (SX-04-a)
REGISTERED publish authority@office -> PUBLISHED with grave hands
REGISTERED return authority@office -> RETURNED with reason
# 逾期或者无人可以办理的, 主管部门可以终止办理; 目录撤销的, 正在办理的变更随之终止
{DRAFT SUBMITTED REGISTERED RETURNED} stop authority@office -> DROPPED if stuck with reason optional grave hands
{DRAFT SUBMITTED REGISTERED RETURNED} end authority@office -> DROPPED if withdrawn with reason optional grave
"""

GRANT = """
# 第十六条: 运维单位可以终止服务 (SX-16-a), 须说明理由
active revoke operator@office -> revoked with reason optional grave
# 信息资源从目录撤销的, 其使用权限随之终止 (SX-06-a)
active withdraw authority@office -> revoked if withdrawn with reason optional grave
# 使用方履职不再需要的, 可以交回 (SX-08-a), 须说明理由
active relinquish consumer@consumer -> relinquished with reason optional grave
# 期限届满的, 自行终止 (SX-08-d)
active expire time -> expired if over
"""

SUSPENSION = """
# 第十六条: 运维单位可以停止提供服务, 整改经核查后恢复 (SX-16-a), 均须说明
unsuspended suspend operator@office -> standing with reason optional grave
standing lift operator@office -> lifted with reason optional grave
# 使用单位停用的, 其服务随之停止, 重新启用的, 随之恢复 (SX-03)
unsuspended suspend_with_unit operator@office -> standing_with_unit if unit_stopped with reason optional grave
standing_with_unit lift_with_unit operator@office -> lifted if unit_started with optional grave
"""

PURGE = """
# 第十条: 保存期满且未被留存的, 由一人提出, 经另一人批准, 方可销毁 (SX-10-c)
unrequested request ENTITLED@office -> requested if years_over no_hold
requested approve ENTITLED@office -> approved with grave
approved purge ENTITLED@office -> done if years_over no_hold with grave
# 尚未销毁的, 可以取消申请, 须说明理由
{requested approved} drop ENTITLED@office -> dropped with reason optional grave
"""

HOLD = """
# 因投诉、案件或者审计须留存的, 说明理由后留存, 事毕解除, 或者至载明之日自行期满 (SX-10-c)
unplaced place ENTITLED@office -> placed with reason
placed lift ENTITLED@office -> lifted with reason optional grave
placed end time -> ended if over
"""

WITNESS = """
# 使用可追溯 (SX-10-b): 由谁见证日志由电子政务主管部门登记, 终止须说明理由
unregistered register authority@office -> registered with grave
registered end authority@office -> ended with reason optional grave
"""

EPOCH = """
# 日志管理: 日志与已签名的日志头不相衔接的, 由一人提出, 经另一人批准, 方可另起一期 (SX-11-a)
unrequested request ENTITLED@office -> requested if stopped with reason
requested approve ENTITLED@office -> begun if stopped with grave
requested drop ENTITLED@office -> dropped with reason optional grave
"""
KEY = """
# 密钥管理: 更换平台密钥由一人提出, 经另一人批准 (SX-11-a)
unrequested request ENTITLED@office -> requested with reason
requested approve ENTITLED@office -> approved with grave
requested drop ENTITLED@office -> dropped with reason optional grave
"""
ENTITLED = ("operator", "authority", "auditor")


REGISTRATION = """
# 同意遵守平台的管理制度 (IS-2.2-b); 应用系统随后由平台运维单位审核 (SX-09, PS-09-2)
APPLIED accept_rules unit_admin@unit -> RULES_ACCEPTED if reviewed
RETURNED accept_rules unit_admin@unit -> RULES_ACCEPTED if reviewed
# 第十条: 对人员、设备进行登记 (SX-10-d), 由本单位自行登记, 即时生效
APPLIED accept_rules unit_admin@unit -> ACTIVE if own with grave
# 核验身份和材料, 批准登记; 退回须说明理由, 不予登记须说明理由和依据 (PS-09-2)
RULES_ACCEPTED check operator@office -> CHECKED
CHECKED approve operator@office -> ACTIVE with grave
{RULES_ACCEPTED CHECKED} return operator@office -> RETURNED with reason
{RULES_ACCEPTED CHECKED} reject operator@office -> REJECTED with reason basis grave hands
# 平台运维单位的登记文件列明的, 随即登记
APPLIED enrol operator@office -> ACTIVE if enrolled with optional grave
# 已登记的, 平台运维单位说明理由可以锁定、解除锁定, 本单位可以注销
ACTIVE lock operator@office -> LOCKED with reason optional grave
LOCKED unlock operator@office -> ACTIVE with reason optional grave
{ACTIVE LOCKED} cancel unit_admin@unit -> CANCELLED with reason optional grave
# 逾期或者无人可以办理的, 主管部门可以终止办理; 登记之前本单位可以撤回
{APPLIED RULES_ACCEPTED CHECKED RETURNED} stop authority@office -> ENDED if stuck with reason basis optional grave
{APPLIED RULES_ACCEPTED CHECKED RETURNED} take_back unit_admin@unit -> TAKEN_BACK with optional grave
"""

RENEWAL = """
# 第九条: 等级保护证明到期前提交新的证明 (SX-09), 由平台运维单位核验, 退回须说明理由 (PS-09-2)
{DRAFT RETURNED} submit unit_admin@unit -> HANDED_IN
HANDED_IN accept operator@office -> ACCEPTED with grave
HANDED_IN return operator@office -> RETURNED with reason
# 本单位可以撤回; 逾期或者无人可以办理的, 主管部门可以终止办理
{DRAFT HANDED_IN RETURNED} take_back unit_admin@unit -> TAKEN_BACK with optional grave
{DRAFT HANDED_IN RETURNED} stop authority@office -> ENDED if stuck with reason basis optional grave
"""

CONTACT_CHANGE = """
# 第十二条: 确定专人, 变更的提前通知; 只是通知, 不须核准, 到生效日自行生效 (SX-12-a, SX-12-b)
NOTICED take_effect time -> EFFECTIVE if day_came in_time
# 未提前的同样生效, 记为未按期
NOTICED take_effect time -> LATE if day_came too_late
# 未到生效日的可以收回, 须说明理由
NOTICED take_back unit_admin@unit -> TAKEN_BACK with reason optional grave
"""

HANDOVER = """
# 第十一条: 用户管理 (SX-11-a): 离任、调岗的, 名下未办结的事项到交接日一并移交, 不须核准
PLANNED take_effect time -> DONE if day_came all_passed
# 不能移交的留在原处, 写明哪一项和为什么
PLANNED take_effect time -> PARTLY if day_came some_left
# 未到交接日的可以撤回, 须说明理由
PLANNED take_back unit_admin@unit -> TAKEN_BACK with reason optional grave
"""

TRANSFER = """
# 第十一条: 用户管理 (SX-11-a): 调出单位提出, 调入单位接收, 任何一方不能单独决定
ASKED accept unit_admin@unit -> MOVED
ASKED refuse unit_admin@unit -> REFUSED with reason grave
# 无人办理的, 由主管部门终止
ASKED stop authority@office -> ENDED if stuck with reason basis optional grave
"""

MAINTENANCE = """
# 第十五条: 网络改造、前置机升级维护等, 提前告知; 只是告知, 不须核准 (SX-15-a)
NOTIFIED begin unit_admin@unit -> IN_PROGRESS
IN_PROGRESS complete unit_admin@unit -> DONE
# 改期的另行告知, 不再实施的说明理由取消
NOTIFIED change unit_admin@unit -> CHANGED if told_anew with optional
NOTIFIED cancel unit_admin@unit -> CANCELLED with reason optional grave
# 逾期或者无人可以办理的, 主管部门可以终止办理
{NOTIFIED IN_PROGRESS} stop authority@office -> ENDED if stuck with reason optional grave
"""

FAULT = """
# 第十五条: 出现故障的, 采取措施尽快恢复, 及时将故障情况和处理措施告知 (SX-15-b)
DETECTED report unit_admin@unit -> REPORTED
REPORTED recover unit_admin@unit -> RECOVERING
REPORTED restore unit_admin@unit -> RESTORED with optional
RECOVERING restore unit_admin@unit -> RESTORED
# 恢复之后由平台运维单位复核; 经核实不是故障的, 说明理由
RESTORED review operator@office -> REVIEWED with reason
{DETECTED REPORTED RECOVERING} dismiss operator@office -> DISMISSED with reason optional grave
# 逾期或者无人可以办理的, 主管部门可以终止办理
{DETECTED REPORTED RECOVERING RESTORED} stop authority@office -> ENDED if stuck with reason optional grave
"""

SERVER = """
# 第十三条: 前置机自行管理或者委托管理, 由本单位登记, 平台运维单位核验 (SX-13-a)
DRAFT submit unit_admin@unit -> SUBMITTED
SUBMITTED take_back unit_admin@unit -> DRAFT with optional
SUBMITTED approve operator@office -> ACTIVE with grave
SUBMITTED reject operator@office -> REJECTED with reason grave
DRAFT drop unit_admin@unit -> DROPPED with optional grave
ACTIVE retire unit_admin@unit -> RETIRED with reason optional grave
# 逾期或者无人可以办理的, 主管部门可以终止办理
{DRAFT SUBMITTED} stop authority@office -> ENDED if stuck with reason optional grave
"""

SERVER_CHANGE = """
# 第十四条: 提前提交书面申请, 说明变更原因、变更时间 (SX-14-b); 不能等待的即时变更, 即时告知 (P-10)
DRAFT submit unit_admin@unit -> SUBMITTED if planned
DRAFT submit unit_admin@unit -> EXECUTED if urgent self_managed
DRAFT submit unit_admin@unit -> IN_WINDOW if urgent entrusted
# 未经同意不得变更 (SX-14-a): 平台运维单位核准或者不予核准
SUBMITTED approve operator@office -> APPROVED
SUBMITTED reject operator@office -> REJECTED with reason grave
# 经核准后, 按规定时间进行变更 (SX-14-c)
APPROVED begin_window time -> IN_WINDOW if window_began
IN_WINDOW end_window time -> OUT_OF_WINDOW if planned window_over
{IN_WINDOW OUT_OF_WINDOW} execute unit_admin@unit -> EXECUTED if self_managed
{IN_WINDOW OUT_OF_WINDOW} execute operator@office -> EXECUTED if entrusted
# 未经核准、不在变更时间内的, 照样登记, 予以注明
{SUBMITTED APPROVED} execute unit_admin@unit -> EXECUTED if self_managed with optional
{SUBMITTED APPROVED} execute operator@office -> EXECUTED if entrusted with optional
# 由另一方核验
EXECUTED verify operator@office -> VERIFIED if self_managed
EXECUTED verify unit_admin@unit -> VERIFIED if entrusted
EXECUTED deny operator@office -> NOT_VERIFIED if self_managed with reason grave
EXECUTED deny unit_admin@unit -> NOT_VERIFIED if entrusted with reason grave
# 没有实施的取消; 逾期或者无人可以办理的, 主管部门可以终止办理
{DRAFT SUBMITTED APPROVED IN_WINDOW OUT_OF_WINDOW} cancel unit_admin@unit -> CANCELLED with reason optional grave
{DRAFT SUBMITTED IN_WINDOW OUT_OF_WINDOW EXECUTED} stop authority@office -> ENDED if stuck with reason optional grave
"""

SERVER_DRIFT = """
# 第十四条: 配置与登记不符又没有变更的, 由管理的一方说明, 另一方核实 (SX-14-a); 只列为线索, 不作认定
FOUND explain unit_admin@unit -> EXPLAINED if self_managed with reason
FOUND explain operator@office -> EXPLAINED if entrusted with reason
EXPLAINED clear operator@office -> CLEARED if self_managed with reason
EXPLAINED clear authority@office -> CLEARED if entrusted with reason
EXPLAINED refer operator@office -> REFERRED if self_managed with reason grave
EXPLAINED refer authority@office -> REFERRED if entrusted with reason grave
{FOUND EXPLAINED} stop authority@office -> ENDED if stuck with reason optional grave
"""

PLAN = """
# 第十一条: 建立应急处置和灾难恢复机制 (SX-11-c): 平台运维单位编制应急预案, 电子政务主管部门批准
DRAFT submit operator@office -> SUBMITTED
RETURNED submit operator@office -> SUBMITTED
SUBMITTED take_back operator@office -> DRAFT with optional
SUBMITTED adopt authority@office -> IN_FORCE with grave
SUBMITTED return authority@office -> RETURNED with reason
{DRAFT SUBMITTED RETURNED} drop operator@office -> DROPPED with optional grave
# 现行有效的按期演练; 演练日期临近的, 列入待办
IN_FORCE come_near time -> REHEARSAL_DUE if rehearsal_near
IN_FORCE rehearse operator@office -> IN_FORCE with reason optional
REHEARSAL_DUE rehearse operator@office -> IN_FORCE with reason
# 由新版本替代, 或者说明理由废止
{IN_FORCE REHEARSAL_DUE} replace authority@office -> REPLACED if succeeded with optional grave
{IN_FORCE REHEARSAL_DUE} rescind authority@office -> RESCINDED with reason optional grave
# 逾期或者无人可以办理的, 主管部门可以终止办理
{DRAFT SUBMITTED RETURNED} stop authority@office -> DROPPED if stuck with reason optional grave
"""

DRILL = """
# 备份与恢复 (W24): 安排, 备份, 校验, 恢复演练, 报告 (SX-11-a, SX-11-c)
PLANNED back_up operator@office -> BACKED_UP
BACKED_UP verify operator@office -> VERIFIED
VERIFIED drill operator@office -> RESTORE_DRILLED
RESTORE_DRILLED report operator@office -> REPORTED
REPORTED note authority@office -> NOTED
# 未能完成的, 说明原因, 同样报告
{PLANNED BACKED_UP VERIFIED} fail operator@office -> RESTORE_DRILLED with reason optional
# 尚未开始的可以取消; 逾期或者无人可以办理的, 主管部门可以终止办理
PLANNED cancel operator@office -> CANCELLED with reason optional grave
{PLANNED BACKED_UP VERIFIED RESTORE_DRILLED} stop authority@office -> ENDED if stuck with reason optional grave
"""


@dataclass(frozen=True)
class Expected:
    """One step as the regulation has it."""

    before: str
    action: str
    role: str
    party: str
    """In whose unit the role is held; `office` where in whichever, and where it is nobody's."""
    after: str
    when: tuple[str, ...]
    needs: frozenset[str]


def read(text: str) -> list[Expected]:
    """Return the steps that stand in a text: one for each state and each role."""
    found = []
    for line in text.replace("UNDER_WAY", UNDER_WAY).splitlines():
        if not line or line.startswith("#"):
            continue
        states, _, rest = line.removeprefix("{").partition("} ") if line.startswith("{") else line.partition(" ")
        step, _, needs = rest.partition(" with ")
        step, _, when = step.partition(" if ")
        action, who, _, after = step.split()
        named, _, party = who.partition("@")
        for before, role in product(states.split(), ENTITLED if named == "ENTITLED" else [named]):
            found.append(
                Expected(
                    before, action, role, party or "office", after, tuple(when.split()), frozenset(needs.split())
                )
            )
    return found


PROCEDURES = {
    "sharing.application": read(APPLICATION),
    "catalog.entry": read(ENTRY),
    "catalog.change": read(CHANGE),
    "registration.registration": read(REGISTRATION),
    "registration.renewal": read(RENEWAL),
    "notices.contact_change": read(CONTACT_CHANGE),
    "handovers.handover": read(HANDOVER),
    "handovers.transfer": read(TRANSFER),
    "notices.maintenance": read(MAINTENANCE),
    "notices.fault": read(FAULT),
    "nodes.server": read(SERVER),
    "nodes.change": read(SERVER_CHANGE),
    "nodes.drift": read(SERVER_DRIFT),
    "security.plan": read(PLAN),
    "security.drill": read(DRILL),
    "plane.grant": read(GRANT),
    "plane.suspension": read(SUSPENSION),
    "audit.purge": read(PURGE),
    "audit.hold": read(HOLD),
    "audit.witness": read(WITNESS),
    "audit.epoch": read(EPOCH),
    "audit.key": read(KEY),
}
"""Name of a lifecycle → the steps it is to have, and no other."""

SIDES = {
    "sharing.application": [
        ("lodge", "endorse"), ("lodge", "confirm"), ("lodge", "agree"), ("lodge", "file"), ("endorse", "confirm"),
        ("agree", "confirm"), ("negotiate", "agree"), ("lodge", "return"), ("lodge", "refuse"), ("lodge", "stop"),
        ("endorse", "return by authority"), ("agree", "refuse by authority"), ("coordinate", "reopen"),
        ("negotiate", "settle"), ("settle", "confirm"),
        ("draft", "endorse"), ("draft", "agree"), ("draft", "confirm"), ("draft", "file"), ("draft", "report_supply"),
        ("endorse", "agree"), ("endorse", "accept"), ("endorse", "file"), ("agree", "pass_on"),
        ("report_supply", "file"),
        ("confirm", "file"), ("accept", "verify"),
    ],
    "catalog.change": [
        ("submit", "publish"), ("register", "publish"), ("submit", "register"), ("submit", "return"),
        ("register", "return by authority"),
    ],
    "registration.registration": [
        ("apply", "check"), ("apply", "approve"), ("apply", "return"), ("apply", "reject"), ("apply", "stop"),
        ("accept_rules", "check"), ("accept_rules", "approve"), ("accept_rules", "return"),
        ("accept_rules", "reject"), ("accept_rules", "stop"),
    ],
    "nodes.server": [("draft", "approve"), ("submit", "reject"), ("submit", "stop")],
    "nodes.change": [
        ("draft", "approve"), ("submit", "approve"), ("submit", "reject"), ("submit", "stop"),
        ("execute", "verify by operator"), ("execute", "deny by operator"),
    ],
    "nodes.drift": [("explain", "clear"), ("explain", "refer"), ("explain", "stop")],
    "registration.renewal": [*product(("hand_in", "submit"), ("accept", "return", "stop"))],
    "security.plan": [*product(("draft", "submit"), ("adopt", "return", "stop"))],
    "security.drill": [("plan", "note"), ("drill", "note"), ("fail", "note"), ("report", "note"), ("plan", "stop")],
    "audit.purge": [("request", "approve")],
    "audit.epoch": [("request", "approve")],
    "audit.key": [("request", "approve")],
}  # fmt: skip
"""Steps on two sides of one case, which one person never both takes (D-24, SX-10-c)."""
