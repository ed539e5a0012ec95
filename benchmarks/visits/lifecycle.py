"""Two lifecycles: one whose first step has no limit, one whose steps all have."""

from hutong.core.lifecycle import STUCK, Clock, Counting, Lifecycle, Move, State, Tone

_STUCK = {STUCK: "已逾期，或者没有可以办理的人员"}
_HOMES = {"provider_editor": "provider"}

INSPECTION = Lifecycle(
    name="visits.inspection",
    title="检查",
    start="PLANNED",
    states={
        "PLANNED": State("已列入计划", no_limit="何时检查由主管部门决定。"),
        "ANSWERING": State("待单位说明"),
        "SUMMARISING": State("待汇总"),
        "CLOSED": State("已办结", Tone.GOOD),
    },
    conditions=_STUCK,
    homes=_HOMES,
    moves=(
        Move("open", "开始检查", "PLANNED", "ANSWERING", "authority", "SX-17"),
        Move("answer", "说明情况", "ANSWERING", "SUMMARISING", "provider_editor", "SX-17"),
        Move("close", "办结", "SUMMARISING", "CLOSED", "operator", "SX-17"),
    ),
    clocks=(
        Clock("answer", "开始检查", Counting.WORKING_DAYS, "catalog.change_days", ("ANSWERING",), "SX-17"),
        Clock("summary", "说明情况", Counting.WORKING_DAYS, "sharing.filing_days", ("SUMMARISING",), "SX-17"),
    ),
)

RECTIFICATION = Lifecycle(
    name="visits.rectification",
    title="整改",
    start="NOTED",
    states={
        "NOTED": State("已登记", no_limit="登记之后随即转出。"),
        "RECTIFYING": State("整改中"),
        "REVIEWING": State("待复核"),
        "DONE": State("已整改", Tone.GOOD),
    },
    conditions=_STUCK,
    homes=_HOMES,
    moves=(
        Move("order", "责令整改", "NOTED", "RECTIFYING", "authority", "SX-17"),
        Move("report", "报告整改结果", "RECTIFYING", "REVIEWING", "provider_editor", "SX-17"),
        Move("accept", "复核通过", "REVIEWING", "DONE", "authority", "SX-17"),
        Move("return", "重新整改", "REVIEWING", "RECTIFYING", "authority", "SX-17", reason=True),
    ),
    clocks=(
        Clock("rectify", "责令整改", Counting.WORKING_DAYS, "catalog.change_days", ("RECTIFYING",), "SX-17"),
        Clock("review", "报告整改结果", Counting.WORKING_DAYS, "sharing.filing_days", ("REVIEWING",), "SX-17"),
    ),
)
