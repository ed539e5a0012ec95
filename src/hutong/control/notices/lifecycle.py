"""W8: what a change of a unit's contact can be, and every step of it.

A unit tells of a change, and nobody approves it: on its day the new contact is the contact. Whether it was told as many
working days ahead as the regulation asks is what its clock says; too short a notice is taken all the same (P-10). What is
not in this table cannot happen.
"""

from hutong.core.lifecycle import TIME, Clock, Counting, Lifecycle, Move, State, Tone

LEAD_DAYS = "contact.lead_days"
"""Name in the rulebook of how many working days ahead a change is told."""

CONTACT_CHANGE = Lifecycle(
    name="notices.contact_change",
    title="联系人变更通知",
    start="NOTICED",
    states={
        "NOTICED": State("已通知，未到生效日", no_limit="到生效日自行生效，不须核准。"),
        "EFFECTIVE": State("已生效，按期通知", Tone.GOOD),
        "LATE": State("已生效，未按期通知", Tone.WARN),
        "TAKEN_BACK": State("已撤回", Tone.QUIET),
    },
    conditions={
        "replaces": "此前已有联系人",
        "day_came": "生效日已到",
        "in_time": "已提前规定的工作日通知，或者此前没有联系人",
        "too_late": "通知未提前规定的工作日",
    },
    homes={"unit_admin": "unit"},
    writing=frozenset({"notify"}),
    moves=(
        Move("take_effect", "按期生效", "NOTICED", "EFFECTIVE", TIME, "SX-12-a", when=("day_came", "in_time")),
        Move("take_effect", "未按期通知，仍生效", "NOTICED", "LATE", TIME, "SX-12-b", when=("day_came", "too_late")),
        Move("take_back", "撤回通知", "NOTICED", "TAKEN_BACK", "unit_admin", "SX-12-b", reason=True, optional=True,
             grave=True, aftermath="联系人没有变更；可以另行通知。"),
    ),    clocks=(
        # the first contact of a unit changes nobody: nothing had to be told ahead
        Clock("lead", "通知联系人变更", Counting.LEAD, LEAD_DAYS, ("NOTICED",), "SX-12-b", when=("replaces",),
              date="effective"),
    ),
)
