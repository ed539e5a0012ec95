"""Whether a delivery for one version of a resource is carried to a former one as well (P-6)."""

from hutong.plane import subjects
from hutong.plane.definition import Definition, Item, QualityRule


def hindrances(former: Definition, *, newest: Definition) -> tuple[str, ...]:
    """Return what keeps a delivery for `newest` from being one for `former`; with none, every delivery reaches both.

    All of this has to hold:

    - both are sealed with the same suite (`suite`), and a record has the same key: the same items in the same order,
      each of them as below (`key`);
    - whom a row is about is kept by `newest` in the same way, where `former` keeps it (`subject`);
    - every item of `former` is in `newest` under the same code, of the same type and held in the same way (sealed,
      protected or plain, with a blind index where it has one), and what `newest` takes for it `former` would have
      taken too: it is required if it was, no longer than it was, and every rule that rejected a row rejects it still
      (the item's code).

    What the provider offers an item for, its name, its place and what only warns make no difference, and `newest` may
    have more items.
    """
    found = ["suite"] if former.suite != newest.suite else []
    if former.key != newest.key:
        found.append("key")
    if subjects.kept(former) and _about(former) != _about(newest):
        found.append("subject")
    there = {item.code: item for item in newest.items}
    return (*found, *(item.code for item in former.items if not _carried(item, there.get(item.code))))


def _about(definition: Definition) -> tuple[bool, list[tuple[int, bytes]]]:
    return subjects.kept(definition), subjects.naming(definition)


def _carried(item: Item, newer: Item | None) -> bool:
    return (
        newer is not None
        and (item.type, item.holding) == (newer.type, newer.holding)
        and (newer.has_blind_index or not item.has_blind_index)
        and (newer.required or not item.required)
        and (not item.length or 0 < newer.length <= item.length)
        and _rejecting(item) <= _rejecting(newer)
    )


def _rejecting(item: Item) -> frozenset[QualityRule]:
    return frozenset(rule for rule in item.rules if not rule.warn)
