"""How a notice comes into a state in the county, and how a step of it is taken there."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

import telling
from acting import NOW
from bringing import InProcedure, Refused

from hutong.control.notices import passes
from hutong.control.notices.models import ContactChange
from hutong.core import beijing
from hutong.core.lifecycle import TIME

DAY = timedelta(days=1)


class OfContactChange(InProcedure):
    """A change of the civil affairs bureau's contact; its day is a week ahead, told in time or a day too late."""

    besides = ("unit_admin",)

    def prepare(self) -> None:
        telling.staffed(self.county)
        telling.named(self.county)
        self.number = self.bring()

    def bring(self) -> str:
        early = "too_late" in self.step.when
        day = telling.IN_TIME - timedelta(days=3 if early else 0)
        return telling.told(self.county, "second", effective_date=day)

    @property
    def _day_came(self) -> datetime:
        return NOW + (ContactChange.objects.get(no=self.number).effective_date - beijing.day(NOW))

    def act(self, by: str, **grounds: str) -> str:
        if self.step.role == TIME:
            passes.take_effect(now=self._day_came, calendar=self.county.calendar)
        else:
            telling.take(self.county, self.number, self.step.action, by=by, **grounds)
        return telling.state(self.number)

    def refused(self) -> Iterator[Refused]:
        if self.step.role == TIME:
            yield partial(passes.take_effect, now=self._day_came - DAY, calendar=self.county.calendar), ()
        yield from super().refused()
