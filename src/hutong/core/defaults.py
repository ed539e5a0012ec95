"""The rulebook as the platform is delivered: the one file that has the numbers of days, years, tries and shares.

A limit stands here by name, value, unit and source. `proposed` marks what no source gives: 建议值, to be settled by the
authority. The bounds are the source's where it has any: what a regulation promises may be done sooner, never later.
"""

from collections.abc import Mapping

from hutong.core.labels import Both
from hutong.core.limits import CountedIn, Limit, LimitUnknown, Value

WD, DAYS, YEARS, COUNT = CountedIn.WORKING_DAYS, CountedIn.DAYS, CountedIn.YEARS, CountedIn.COUNT
MIB = 1 << 20

_LIMITS = (
    # An application, from lodging to filing
    Limit("sharing.endorse_days", 2, WD, "SX-08-a",
          Both("县直主管部门审核申请", "The competent department endorses"), most=60, proposed=True),
    Limit("sharing.compliance_days", 2, WD, "B.1.6",
          Both("电子政务主管部门合规性审查", "The authority checks compliance"), most=60),
    Limit("sharing.provider_days", 5, WD, "B.1.6",
          Both("提供方答复（数据已在平台）", "The provider answers, data held already"),
          most=60, within="sharing.conditional_days"),
    Limit("sharing.provider_unsupplied_days", 10, WD, "B.1.6",
          Both("提供方答复（数据尚未在平台）", "The provider answers, data not held yet"),
          most=60, within="sharing.conditional_days"),
    Limit("sharing.confirm_days", 2, WD, "SX-08-b",
          Both("电子政务主管部门确认", "The authority confirms"), most=60, proposed=True),
    Limit("sharing.conditional_days", 10, WD, "B.1.5",
          Both("有条件共享的申请，答复总期限", "A conditional application is answered, in all"), most=10),
    Limit("sharing.supply_days", 20, WD, "B.1.5", Both("提供方供数", "The provider supplies the data"), most=20),
    Limit("sharing.filing_days", 5, WD, "SX-08-f",
          Both("运维单位核实用途并备案", "The operator verifies the purpose and files"), most=5),
    Limit("sharing.supplement_days", 15, WD, "SX-08-e",
          Both("申请单位补正", "The applicant supplements its application"), most=120, proposed=True),
    Limit("sharing.negotiate_days", 10, WD, "B.1.6",
          Both("双方协商", "The two units negotiate"), most=120, proposed=True),
    Limit("sharing.coordinate_days", 10, WD, "B.1.6",
          Both("电子政务主管部门协调", "The authority coordinates"), most=120, proposed=True),
    Limit("sharing.most_quota", 10_000_000, COUNT, "SX-08-d",
          Both("一项授权每日的次数上限", "Claims or questions a day under one grant, at most"),
          most=1_000_000_000, proposed=True),
    Limit("sharing.most_guesses", 100, COUNT, "D-25",
          Both("一项授权每日对同一对象的比对次数上限", "Claims a day about one subject under one grant, at most"),
          most=1000, proposed=True),
    Limit("sharing.most_yearly_records", 1_000_000, COUNT, "D-25",
          Both("一项授权每年查询的不同记录数上限", "Distinct records a year that are queried under one grant, at most"),
          most=1_000_000_000, proposed=True),
    Limit("sharing.most_days", 5 * 366, DAYS, "SX-08-d",
          Both("授权的最长期限", "A grant runs, at most"), most=3660, proposed=True),
    # An entry of the catalogue
    Limit("catalog.registration_days", 5, WD, "SX-05-a",
          Both("目录登记审核", "An entry is registered"), most=60, proposed=True),
    Limit("catalog.publication_days", 5, WD, "SX-04-a",
          Both("目录发布", "An entry is published"), most=60, proposed=True),
    Limit("catalog.supplement_days", 15, WD, "SX-05-a",
          Both("目录补正", "A returned entry is supplemented"), most=120, proposed=True),
    Limit("catalog.change_days", 10, WD, "B.1.5",
          Both("情况变化后更新目录", "An entry follows what has changed"), most=10),
    # A registration of a system, user or device
    Limit("registration.review_days", 5, WD, "PS-09-2",
          Both("登记审核", "A registration is reviewed"), most=60, proposed=True),
    Limit("registration.supplement_days", 15, WD, "PS-09-2",
          Both("登记补正", "A returned registration is supplemented"), most=120, proposed=True),
    # The emergency plan, and restore drills
    Limit("plan.adoption_days", 5, WD, "SX-11-c",
          Both("电子政务主管部门审批应急预案", "The authority decides on an emergency plan"), most=60, proposed=True),
    Limit("plan.revision_days", 15, WD, "SX-11-c",
          Both("应急预案退回后修改", "A returned emergency plan is revised"), most=120, proposed=True),
    Limit("plan.rehearsal_days", 365, DAYS, "SX-11-c",
          Both("应急预案演练一次后，至下次演练", "An emergency plan is rehearsed again after a rehearsal"),
          most=731, proposed=True),
    Limit("plan.near_days", 30, DAYS, "SX-11-c",
          Both("下次演练日期前，列入待办", "A rehearsal is the operator's turn ahead of its day"),
          most=366, proposed=True, within="plan.rehearsal_days"),
    Limit("drill.report_days", 5, WD, "SX-11-c",
          Both("恢复演练结束后报告", "A restore drill is reported once it is over"), most=60, proposed=True),
    Limit("drill.note_days", 5, WD, "SX-11-c",
          Both("电子政务主管部门阅知演练报告", "The authority takes note of a drill's report"), most=60, proposed=True),
    Limit("drill.again_days", 30, DAYS, "SX-11-c",
          Both("恢复演练未通过的，再次演练", "A drill is held again after one that failed"),
          most=366, proposed=True, within="plan.rehearsal_days"),
    # A former version beside a newer one
    Limit("version.end_days", 20, WD, "P-6",
          Both("新版本发布后，旧版本继续答复", "A former version is answered from after a newer one was published"),
          most=250, proposed=True),
    Limit("version.first_reminder_days", 10, WD, "P-6",
          Both("旧版本最后答复日前，首次指名提醒",
               "Who has not moved from a former version is named ahead of its last day"),
          most=250, proposed=True, within="version.end_days"),
    Limit("version.last_reminder_days", 3, WD, "P-6",
          Both("旧版本最后答复日前，再次指名提醒", "And is named once more"),
          most=250, proposed=True, within="version.first_reminder_days"),
    # What is announced ahead
    Limit("contact.lead_days", 5, WD, "SX-12-b",
          Both("变更联系人，提前通知", "A change of contact is announced ahead"), least=5, most=60),
    Limit("node.change_lead_days", 5, WD, "SX-14-b",
          Both("变更前置机配置，提前申请", "A change of a front-end node is applied for ahead"), least=5, most=60),
    Limit("maintenance.lead_days", 2, WD, "SX-15-a",
          Both("网络改造、前置机维护，提前告知", "Work on network or node is announced ahead"), least=2, most=60),
    Limit("lead.rule", "A", CountedIn.RULE, "D-7",
          Both(
              "“提前n个工作日”：A 通知之后第n个工作日起可以实施；B 中间须有n个完整工作日",
              "“n working days ahead”: A, from the n-th working day after the notice; B, n full working days between",
          )),
    # Deliveries and feeds
    Limit("delivery.deleted_percent", 20, CountedIn.PERCENT, "D-8",
          Both("全量交付删除超过此比例的，须提供方确认",
               "A snapshot that deletes more than this share waits for the provider's word"),
          least=0, most=100, proposed=True, regional=False),
    Limit("delivery.deleted_rows", 10, COUNT, "D-8",
          Both("删除不超过此条数的，不须确认", "As many rows or fewer are deleted without asking"),
          least=0, proposed=True, regional=False),
    Limit("delivery.upload_minutes", 60, CountedIn.MINUTES, "D-8",
          Both("上传的文件等待交付人核对的时间", "An uploaded file waits for its officer to look at what was read"),
          most=60, proposed=True, regional=False),
    Limit("delivery.uploads", 3, COUNT, "D-8",
          Both("每名交付人同时待核对的上传文件", "Uploaded files of one officer that wait at a time"),
          most=20, proposed=True, regional=False),
    Limit("delivery.upload_bytes", 1024 * MIB, CountedIn.BYTES, "D-8",
          Both("每名交付人待核对的上传文件总量", "Bytes of uploaded files of one officer that wait"),
          least=MIB, most=1 << 40, proposed=True, regional=False),
    Limit("feed.kept_days", 30, DAYS, "D-8",
          Both("订阅的变更保存", "Changes are kept for subscribers"), most=3660, proposed=True, regional=False),
    Limit("withdrawn.kept_days", 30, DAYS, "D-8",
          Both("目录撤销后，数据清空前保留", "Rows of a withdrawn resource stay before they go"),
          least=0, most=366, proposed=True, regional=False),
    Limit("spent.kept_days", 7, DAYS, "D-25",
          Both("每日次数的计数保存", "Counts of what was spent on a day stay"),
          most=366, proposed=True, regional=False),
    # What a comparison may guess, and a query disclose
    Limit("compare.value_records", 10, COUNT, "D-25",
          Both("同一信息项的同一个值，最多可与多少个不相符的对象比对（同一出生日期的身份证号亦同）",
               "The same value may fail to match for so many records of a resource, or numbers of a birth date"),
          most=10_000, proposed=True, regional=False),
    Limit("compare.value_days", 366, DAYS, "D-25",
          Both("比对不相符的值保存", "Values that did not match are remembered"),
          most=3660, proposed=True, regional=False),
    Limit("compare.share_percent", 20, CountedIn.PERCENT, "D-25",
          Both("一个单位最近的比对中，不相符的最多占（其一年内比对的对象亦同）",
               "Of a unit's last claims, those that do not match, at most; and of the records it claimed in a year"),
          most=100, proposed=True, regional=False),
    Limit("compare.share_claims", 10_000, COUNT, "D-25",
          Both("计算不相符比例的最近比对条数", "The claims of a unit of which that share is taken"),
          least=100, proposed=True, regional=False),
    Limit("compare.share_from", 1000, COUNT, "D-25",
          Both("一个单位比对满多少条后，开始计算不相符的比例", "Claims of a unit after which that share is looked at"),
          proposed=True, regional=False, within="compare.share_claims"),
    Limit("query.records_least", 100, COUNT, "D-25",
          Both("一个单位每年可查询一项个人信息资源的不同记录，不少于",
               "A unit may query so many distinct records a year of a resource about people in any case"),
          most=1_000_000_000, proposed=True, regional=False),
    Limit("query.records_percent", 5, CountedIn.PERCENT, "D-25",
          Both("一个单位每年可查询的不同记录占该资源全部记录的比例",
               "A unit may query so many of all records of a resource about people a year"),
          least=0, most=100, proposed=True, regional=False),
    Limit("query.daily_records", 1000, COUNT, "D-25",
          Both("一个单位每日可查询一项个人信息资源的不同记录",
               "A unit may query so many distinct records a day of a resource about people"),
          most=1_000_000_000, proposed=True, regional=False),
    Limit("query.counted_days", 366, DAYS, "D-25",
          Both("查询过的记录在此期间不再计数", "A record that was queried is not counted anew"),
          most=3660, proposed=True, regional=False),
    Limit("query.alarm_percent", 50, CountedIn.PERCENT, "D-25",
          Both("其他资源被一个单位查询的不同记录达到全部的此比例时，提请查看",
               "When a unit has queried so many of all records of another resource, an alarm opens"),
          most=100, proposed=True, regional=False),
    Limit("raised.most_days", 92, DAYS, "D-25",
          Both("为一个单位提高上限，最长", "A limit is raised for one unit, at most"),
          most=366, proposed=True, regional=False),
    Limit("system.protection_level", 2, CountedIn.LEVEL, "SX-09",
          Both("接入系统的网络安全等级保护级别不低于", "A connected system has a protection level (MLPS) of at least"),
          least=2, most=5, regional=False),
    # Attachments
    Limit("attachments.file_bytes", 20 * MIB, CountedIn.BYTES, "D-8",
          Both("单个附件", "One attachment, at most"),
          least=MIB, most=200 * MIB, proposed=True, regional=False, within="attachments.case_bytes"),
    Limit("attachments.case_bytes", 100 * MIB, CountedIn.BYTES, "D-8",
          Both("一件事项的附件合计", "All attachments of a case, at most"),
          least=MIB, most=2000 * MIB, proposed=True, regional=False),
    Limit("attachments.case_files", 100, COUNT, "D-8",
          Both("一件事项的附件个数", "Attachments of a case, at most"), most=1000, proposed=True, regional=False),
    # Logging in
    Limit("login.attempts", 8, COUNT, "SX-11-a",
          Both("同一账号在同一来源或设备登录失败，达到即放慢",
               "Failed logins of an account from one source or device after which pauses begin"),
          most=100, proposed=True, regional=False),
    Limit("login.pause_minutes", 1, CountedIn.MINUTES, "SX-11-a",
          Both("两次登录之间放慢的最长间隔", "The longest pause between two attempts to log in"),
          most=60, proposed=True, regional=False),
    Limit("login.stranger_attempts", 100, COUNT, "SX-11-a",
          Both("同一账号一日内在从未使用过的来源和设备登录失败，达到即放慢",
               "Failed logins of an account in a day, wherever it was never used, after which pauses begin there"),
          most=10_000, proposed=True, regional=False),
    Limit("login.idle_minutes", 30, CountedIn.MINUTES, "SX-11-a",
          Both("登录后未操作，达到即退出", "A login that is not used ends"), most=480, proposed=True, regional=False),
    Limit("login.codes", 10, COUNT, "SX-11-a",
          Both("同一账号动态口令输错，达到即暂停", "Wrong codes of an account after which none is looked at"),
          most=100, proposed=True, regional=False),
    Limit("login.within_minutes", 15, CountedIn.MINUTES, "SX-11-a",
          Both("登录失败和输错口令的计数时段", "Failed logins and wrong codes count"),
          most=1440, proposed=True, regional=False),
    Limit("login.recovery_codes", 10, COUNT, "SX-11-a",
          Both("发给每个账号的恢复码", "Recovery codes given to an account"), most=20, proposed=True, regional=False),
    # What is warned of before it fails
    Limit("watch.disk_percent", 10, CountedIn.PERCENT, "SX-11-a",
          Both("磁盘剩余空间低于此比例时提醒", "A disk is warned of when a smaller share of it is free"),
          least=0, most=100, proposed=True, regional=False),
    Limit("watch.disk_bytes", 2048 * MIB, CountedIn.BYTES, "SX-11-a",
          Both("磁盘剩余空间低于此数时提醒", "A disk is warned of when less of it is free"),
          least=0, most=1 << 50, proposed=True, regional=False),
    Limit("watch.certificate_days", 30, DAYS, "SX-11-a",
          Both("证书到期前提醒", "A certificate is warned of ahead of its last day"),
          most=3660, proposed=True, regional=False),
    Limit("watch.clock_seconds", 2, CountedIn.SECONDS, "SX-10-b",
          Both("时钟与其他时钟相差超过此数时提醒", "A clock is warned of when it is further off another one"),
          most=3600, proposed=True, regional=False),
    # Backups
    Limit("backup.sets", 7, COUNT, "IS-4.3",
          Both("备份存放处保留的备份集数", "Backup sets that are kept at the backup place"),
          least=2, most=1000, proposed=True, regional=False),
    Limit("backup.hours", 26, CountedIn.CLOCK_HOURS, "IS-4.3",
          Both("最新备份集早于此时间时提醒", "It is warned of when the newest backup set is older"),
          most=24 * 31, proposed=True, regional=False),
    Limit("backup.read_days", 7, DAYS, "IS-4.3",
          Both("每个备份集至少隔多久读回核对一次", "Each backup set is read back at least so often"),
          most=366, proposed=True, regional=False),
    Limit("backup.behind_minutes", 10, CountedIn.MINUTES, "SX-11-a",
          Both("备份存放处落后超过此时间时提醒", "It is warned of when the backup place is further behind"),
          most=24 * 60, proposed=True, regional=False),
    Limit("backup.waiting_bytes", 8192 * MIB, CountedIn.BYTES, "SX-11-a",
          Both("备份存放处不可用时，数据库日志最多保留多少等待送达",
               "So much of the database's log waits for a backup place that is away, at most"),
          least=32 * MIB, most=1 << 50, proposed=True, regional=False),
    # How long records are kept
    Limit("audit.usage_years", 5, YEARS, "SX-10-c",
          Both("使用日志保存", "Usage logs are kept"), least=5, most=100, regional=False),
    Limit("audit.operation_years", 5, YEARS, "SX-10-c",
          Both("运行日志保存", "Operation logs are kept"), least=5, most=100, proposed=True, regional=False),
    Limit("audit.administration_years", 10, YEARS, "SX-10-c",
          Both("管理日志保存", "Administration logs are kept"), least=10, most=100, proposed=True, regional=False),
    Limit("audit.security_years", 5, YEARS, "SX-10-c",
          Both("安全日志保存", "Security logs are kept"), least=5, most=100, proposed=True, regional=False),
    # What whoever verifies the log insists on: the numbers as delivered, which may be lowered and never raised
    Limit("audit.transaction_minutes", 60, CountedIn.MINUTES, "SX-10-b",
          Both("从发生到写入日志的最长时间", "What happens is entered, at the latest"),
          most=60, proposed=True, regional=False),
    Limit("audit.placing_days", 7, DAYS, "SX-10-b",
          Both("从写入日志到列入签名检查点的最长时间", "An entry comes under a signed checkpoint, at the latest"),
          most=7, proposed=True, regional=False),
    Limit("audit.witness_hours", 24, CountedIn.CLOCK_HOURS, "SX-10-b",
          Both("见证方联署落后于最新检查点的最长时间", "A witness has cosigned what was signed before, at the latest"),
          most=24, proposed=True, regional=False),
    Limit("audit.witness_quorum", 1, COUNT, "SX-10-b",
          Both("检查点经几个见证方联署方为足数", "A checkpoint counts as cosigned by so many witnesses"),
          most=20, proposed=True, regional=False),
    Limit("audit.record_bytes", MIB, CountedIn.BYTES, "SX-10-b",
          Both("一条日志记录的最大长度", "A record of the log is no longer than"),
          least=MIB, most=MIB, proposed=True, regional=False),
    Limit("audit.aside_leaves", 1_000, COUNT, "SX-10-b",
          Both("搁置的不得入树的叶子最多保存几片", "Leaves that nobody may place are kept aside, at most"),
          most=1_000, proposed=True, regional=False),
    Limit("audit.aside_days", 30, DAYS, "SX-10-b",
          Both("搁置的叶子记入日志后保存", "Leaves that lie aside are kept once the log tells of them"),
          least=30, most=30, proposed=True, regional=False),
    # How keys are changed
    Limit("keys.overlap_days", 30, DAYS, "IS-4.1-b",
          Both("更换密钥时新旧并用", "Old and new key stand beside each other when a key is changed"),
          most=365, proposed=True, regional=False),
    Limit("keys.warning_days", 14, DAYS, "IS-4.1-b",
          Both("旧密钥停用前几天开始提示", "Days before a key's last one from which on that is told"),
          most=90, proposed=True, regional=False),
)  # fmt: skip

_HANDS = (
    ("sharing.application", "refuse", Both("不予同意共享申请", "Refusing an application")),
    ("catalog.change", "publish", Both("发布目录", "Publishing an entry")),
    ("catalog.change", "stop", Both("终止目录变更的办理", "Ending what is stuck of an entry")),
    ("catalog.entry", "withdraw", Both("撤销目录", "Withdrawing an entry")),
    ("registration.registration", "reject", Both("不予登记", "Rejecting a registration")),
)
"""Steps for which an office may ask for several hands, one after another: lifecycle, action, words."""

LIMITS: Mapping[str, Limit] = {
    limit.name: limit
    for limit in (
        *_LIMITS,
        *(
            Limit(
                f"hands.{life}.{action}", False, CountedIn.SWITCH, "D-8",
                Both(f"{step.zh}须经拟办、审核、签发", f"{step.en} takes three hands: drafting, reviewing, signing"),
                proposed=True,
            )
            for life, action, step in _HANDS
        ),
    )
}  # fmt: skip
"""Name → limit, in the order in which they are shown."""


def limit(name: str) -> Limit:
    """Return the limit called `name`; raises LimitUnknown."""
    found = LIMITS.get(name)
    if found is None:
        raise LimitUnknown(parameter=name)
    return found


def number(name: str, values: Mapping[str, Value] | None = None) -> int:
    """Return the number called `name` among `values`, and where they have none as delivered; raises LimitUnknown."""
    known = limit(name)
    found = (values or {}).get(name, known.value)
    assert type(found) is int, f"{name} is no number"
    return found
