"""How an emergency plan and a restore drill come into a state in the county, and how a step of them is taken there."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import securing
from acting import NOW
from bringing import InProcedure, Refused

from hutong.control.security import passes
from hutong.control.security.models import Drill, EmergencyPlan
from hutong.core import beijing

RECORDED = ("back_up", "verify", "drill")
"""Steps of a drill that ask for what was found."""
NEAR = timedelta(days=30)
"""How far ahead of its day a rehearsal is the operator's turn."""


class OfPlan(InProcedure):
    """The emergency plan of the county; it is replaced with the adopting of its next version."""

    def bring(self) -> str:
        action, before = self.step.action, self.step.before
        if before in ("IN_FORCE", "REHEARSAL_DUE"):
            number = securing.in_force(self.county)
            if action == "replace":
                self.next = securing.drafted(self.county)
                securing.attached(self.county, self.next)
                securing.take(self.county, self.next, "submit", by="operator")
            return number
        number = securing.drafted(self.county)
        if action in ("submit", "adopt"):
            securing.attached(self.county, number)
        return number

    def act(self, by: str, **grounds: str) -> str:
        if self.step.action == "come_near":
            passes.bring_rehearsals_near(now=self._near(), calendar=self.county.calendar)
        elif self.step.action == "replace":
            securing.take(self.county, self.next, "adopt", by=by, **grounds)
        else:
            securing.take(self.county, self.number, self.step.action, by=by, **grounds)
        return EmergencyPlan.objects.get(no=self.number).state

    def refused(self) -> Iterator[Refused]:
        if self.step.action == "come_near":
            day_before = self._near() - timedelta(microseconds=1)
            yield partial(passes.bring_rehearsals_near, now=day_before, calendar=self.county.calendar), ()
        if self.step.action == "replace":  # nobody takes it but with the next version
            yield partial(securing.take, self.county, self.number, "replace", by="authority"), self.refusing
        yield from super().refused()

    def _near(self):
        return beijing.midnight(securing.REHEARSAL - NEAR)


class OfDrill(InProcedure):
    """A restore drill of the county."""

    def bring(self) -> str:
        number = securing.planned(self.county)
        carried_out = {"passed": False, "failed_with": "备份无法读取"} if "DRILLED" in self.step.before else {}
        if self.step.before == "REPORTED":
            carried_out = {"passed": False, "failed_with": "备份无法读取", "reported_at": NOW}
        backed_up = {"set_number": 12, "set_ended_at": securing.FAULT - timedelta(hours=5)}
        read_back = {"read_back_at": securing.FAULT}
        known = {
            "VERIFIED": {**backed_up, **read_back}, "BACKED_UP": backed_up,
        }.get(self.step.before, {})  # fmt: skip
        Drill.objects.filter(no=number).update(**known, **carried_out)
        return number

    def act(self, by: str, **grounds: str) -> str:
        if self.step.action in RECORDED:
            return securing.record(self.county, self.number, self.step.action, by=by)
        return securing.step(self.county, self.number, self.step.action, by=by, **grounds)
