"""The ladder compare < query < subscribe (SX-07-e): the least mode that serves a need, nothing above it.

Pure, and without any override: who needs more states a reason that the table below knows, and the reason is
kept with the grant, so that the same function decides at lodging, at confirming, at opening a grant and at
every call.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from hutong.core.errors import Refused
from hutong.plane.definition import Definition, Form, Mode


class Reason(StrEnum):
    """Why the mode below does not serve the need."""

    VALUE_NOT_AT_HAND = "value_not_at_hand"  # the consumer has no value it could put forward for comparison
    VALUE_TO_BE_RECORDED = "value_to_be_recorded"  # the law wants the value itself in the decision or certificate
    CHANGE_TO_BE_FOLLOWED = "change_to_be_followed"  # a duty begins with a change nobody would ask about
    SUBJECTS_NOT_KNOWN = "subjects_not_known"  # whom it concerns cannot be known before the data are there
    SERVICE_WHEN_CUT_OFF = "service_when_cut_off"  # the service must go on while the platform cannot be reached


PASSES: dict[Mode, frozenset[Reason]] = {
    Mode.COMPARE: frozenset({Reason.VALUE_NOT_AT_HAND, Reason.VALUE_TO_BE_RECORDED}),
    Mode.QUERY: frozenset({Reason.CHANGE_TO_BE_FOLLOWED, Reason.SUBJECTS_NOT_KNOWN, Reason.SERVICE_WHEN_CUT_OFF}),
}
"""The reasons that pass over a mode. Subscription takes one of each row: no reason passes over two modes."""

MODES: dict[Form, tuple[Mode, ...]] = {
    Form.TABLE: (Mode.COMPARE, Mode.QUERY, Mode.SUBSCRIBE),
    Form.FILE: (Mode.COMPARE, Mode.QUERY, Mode.SUBSCRIBE),
    Form.INTERFACE: (Mode.COMPARE, Mode.QUERY),
}
"""What each form of a resource can be used for (P-3).

A file is compared by its digest, given out by a query, and followed by subscription as rows with digests. Of an
interface nothing is held: there is nothing to begin a subscription with, and no change is seen that could be passed on.
"""

ORDER: dict[Mode, int] = {mode: place for place, mode in enumerate(Mode)}


class CompareSuffices(Refused):
    """A comparison serves the stated need for {items}; what can be compared is not opened for {mode}."""

    clause = "SX-07-e"
    at = ("need",)


class QuerySuffices(Refused):
    """A query serves the stated need for {items}; what can be queried is not opened for {mode}."""

    clause = "SX-07-e"
    at = ("need",)


class ItemNotOffered(Refused):
    """The provider does not offer {items} of {code} for {mode}."""

    clause = "SX-07-e"


class ModeNotOfForm(Refused):
    """{code} is of the form {form}, which is used for {modes} and never for {mode}."""

    clause = "SX-07-a"


class InterfaceNotCalled(Refused):
    """{code} is the interface {service} of {provider}, and the platform cannot call interfaces yet."""

    clause = "SX-08-d"


class FileNotGiven(Refused):
    """{items} of {code} carry files; the platform can compare their digests and cannot give them out by {mode} yet."""

    clause = "SX-08-d"


class ItemUnknown(Refused):
    """{code} version {version} has no items {items}."""


_SUFFICES: dict[Mode, type[Refused]] = {Mode.COMPARE: CompareSuffices, Mode.QUERY: QuerySuffices}


@dataclass(frozen=True, slots=True)
class RungTested:
    """One rung that was tested. `reason` says why it does not suffice; the rung that does has none."""

    mode: Mode
    sufficient: bool
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """The lowest sufficient mode, and how it was found."""

    mode: Mode
    rungs: tuple[RungTested, ...]


def lowest(items: Iterable[str], *, definition: Definition, need: Iterable[str] = ()) -> Decision:
    """Return the lowest mode that serves `need`, a set of `Reason` codes, with the rungs tested.

    No reason recorded means that comparison suffices (D-6). Raises ItemUnknown, ItemNotOffered where the provider
    does not offer every one of `items` for the mode found, and ModeNotOfForm where the resource cannot have that mode.
    """
    decision = _climb(frozenset(need))
    offered(items, definition=definition, mode=decision.mode)
    return decision


def require(mode: Mode, items: Iterable[str], *, definition: Definition, need: Iterable[str] = ()) -> Decision:
    """Refuse `mode` where a lower one serves `need`, or where an item is not offered for it; SX-07-e.

    Less than the need may always be asked for. Raises CompareSuffices, QuerySuffices, ModeNotOfForm,
    ItemNotOffered, ItemUnknown.
    """
    items = tuple(items)
    decision = needed(mode, items, need=need)
    offered(items, definition=definition, mode=mode)
    return decision


def needed(mode: Mode, items: Iterable[str], *, need: Iterable[str] = ()) -> Decision:
    """Refuse `mode` where a lower one serves `need`, whichever `items` it is for; SX-07-e.

    Raises CompareSuffices and QuerySuffices, which name no items where none are said yet.
    """
    decision = _climb(frozenset(need))
    if ORDER[mode] > ORDER[decision.mode]:
        listed = ", ".join(items)
        raise _SUFFICES[decision.mode](**({"items": listed} if listed else {}), mode=str(mode))
    return decision


def _climb(need: frozenset[str]) -> Decision:
    rungs: list[RungTested] = []
    for mode, reasons in PASSES.items():
        reason = next((reason for reason in Reason if reason in reasons and reason in need), None)
        rungs.append(RungTested(mode, reason is None, reason))
        if reason is None:
            return Decision(mode, tuple(rungs))
    return Decision(Mode.SUBSCRIBE, (*rungs, RungTested(Mode.SUBSCRIBE, True)))


def offered(items: Iterable[str], *, definition: Definition, mode: Mode) -> None:
    """Return if every one of `items` is there and offered for `mode`, which the resource's form has.

    Raises ModeNotOfForm, ItemUnknown and ItemNotOffered.
    """
    if mode not in MODES[definition.form]:
        modes = ", ".join(MODES[definition.form])
        raise ModeNotOfForm(code=definition.code, form=str(definition.form), modes=modes, mode=str(mode))
    known = {item.code: ORDER[item.offered] for item in definition.items}
    items = tuple(items)
    if unknown := [code for code in items if code not in known]:
        raise ItemUnknown(code=definition.code, version=definition.version, items=", ".join(unknown))
    if withheld := [code for code in items if known[code] < ORDER[mode]]:
        raise ItemNotOffered(code=definition.code, mode=str(mode), items=", ".join(withheld))


def answered(items: Iterable[str], *, definition: Definition, mode: Mode) -> None:
    """Return if the platform can answer `mode` of `items` by now (P-3); asked wherever a use is applied for or opened.

    Raises InterfaceNotCalled, and FileNotGiven where an item carries a file and more than its digest is asked for.
    """
    if definition.form is Form.INTERFACE:
        raise InterfaceNotCalled(code=definition.code, service=definition.service, provider=definition.provider)
    files = [code for code in items if code in definition.files]
    if files and mode is not Mode.COMPARE:
        raise FileNotGiven(code=definition.code, items=", ".join(files), mode=str(mode))
