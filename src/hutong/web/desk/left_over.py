"""What was typed into a form of a case that is offered no more, since a colleague moved the case meanwhile."""

from collections.abc import Collection, Mapping

from django.utils.translation import gettext, gettext_noop

from hutong.web.facts import Fact, fact

WORDS = {
    "reason": gettext_noop("理由"),
    "basis": gettext_noop("法律依据"),
    "opinion": gettext_noop("意见"),
    "words": gettext_noop("说明"),
    "looked_at": gettext_noop("核实了什么"),
    "conclusion": gettext_noop("核实意见"),
}
"""Field in which words are typed → what it is called."""


def facts(typed: Mapping[str, str], *, steps: Collection[str], acts: Collection[str]) -> tuple[Fact, ...]:
    """Return the words that were typed, where no form of the page shows them again.

    `steps` and `acts` are the steps and the handlings that the page has a form for.
    """
    act, step = typed.get("act", ""), typed.get("action", "")
    if act in acts or (act in ("", "step") and step in steps):
        return ()
    return tuple(fact(gettext(label), typed[name]) for name, label in WORDS.items() if typed.get(name, "").strip())
