"""What is wrong with a lifecycle as a table: states without an end, steps without a limit, words it does not have."""

from collections.abc import Collection, Iterator, Set

from hutong.core.lifecycle import STUCK, TIME, Clock, Counting, Lifecycle, Move, ends, names, waiting_states


def faults(life: Lifecycle, *, roles: Collection[str]) -> Iterator[str]:
    """Yield what is wrong with a lifecycle as a table, in English: a sound one yields nothing."""
    named = [(move.before, move.after) for move in life.moves]
    for state in sorted({each for pair in named for each in pair} - life.states.keys()):
        yield f"{state} is no state"
    for state in sorted(life.states.keys() - _reached(named, life.start)):
        yield f"{state} is never reached"
    for state in sorted(life.states.keys() - _leading(named, ends(life))):
        yield f"no end is reached from {state}"
    for move in life.moves:
        yield from _faults_of(life, move, roles)
    limited = {state for clock in life.clocks for state in clock.states}
    for state in sorted(waiting_states(life) - limited):
        if not life.states[state].no_limit:
            yield f"{state} waits without a limit, and without the words why there is none"
    for clock in life.clocks:
        yield from _faults_of_clock(life, clock)
    for first, then in life.paired:
        yield from _faults_of_pair(life, first, then)
    yield from _unknown(life, roles)


def _faults_of_pair(life: Lifecycle, first: str, then: str) -> Iterator[str]:
    """Yield what keeps two steps from being taken by one click: a word to be read or written, or another officer."""
    pair = f"{first} and {then}"
    both = [(one, other) for one in life.moves for other in life.moves if one.after == other.before]
    meant = [(one, other) for one, other in both if (one.action, other.action) == (first, then)]
    if not meant:
        yield f"{pair}: the second never follows the first"
    for one, other in meant:
        if one.role != other.role:
            yield f"{pair}: {other.role} takes what follows {one.role}'s step"
        if any(each.reason or each.basis or each.grave or each.optional or each.hands for each in (one, other)):
            yield f"{pair}: one of them asks for a reason, a basis, hands or a second look, or waits for nobody"


def _faults_of_clock(life: Lifecycle, clock: Clock) -> Iterator[str]:
    for state in sorted({*clock.states, *clock.pauses} - life.states.keys()):
        yield f"the clock {clock.name} names {state}, which is no state"
    for word in sorted(set(clock.when) - life.conditions.keys()):
        yield f"the clock {clock.name} asks for {word}, which is no condition"
    if bool(clock.date) != (clock.counting in (Counting.LEAD, Counting.ORDER)):
        yield f"the clock {clock.name} counts {clock.counting} and looks at the date {clock.date or 'of nothing'}"
    if bool(clock.limit) == (clock.counting is Counting.ORDER):
        yield f"the clock {clock.name} counts {clock.counting} and has the limit {clock.limit or 'of nothing'}"


def _unknown(life: Lifecycle, roles: Collection[str]) -> Iterator[str]:
    """Yield what stands beside the moves and has no meaning for them: it would do nothing, in silence."""
    taking = {move.role for move in life.moves}
    actions = {name for move in life.moves for name in names(life, move.action, before=move.before)} | life.writing
    for role in sorted({*life.homes, *life.instead} - taking):
        yield f"{role} has a home or a stand-in and takes no step"
    for role in sorted({life.rescuer, *life.instead.values()} - set(roles)):
        yield f"{role} is no role"
    for action in sorted({each for apart in life.apart for each in apart.one | apart.other} - actions):
        yield f"{action} is kept apart and is no step"
    for state in sorted(life.editable - life.states.keys()):
        yield f"{state} is editable and is no state"


def _faults_of(life: Lifecycle, move: Move, roles: Collection[str]) -> Iterator[str]:
    where = f"{move.before} {move.action}"
    if move.role not in roles and move.role != TIME:
        yield f"{where}: {move.role} is no role"
    told_by = {move.otherwise[0]} - {""}
    for word in sorted({*move.when, *told_by} - life.conditions.keys()):
        yield f"{where}: {word} is no condition"
    if move.role == TIME and not move.when:
        yield f"{where}: happens by time and does not say when"
    if move.basis and not move.reason:
        yield f"{where}: a legal basis without a reason"
    if STUCK in move.when and not move.optional:
        yield f"{where}: ends what is stuck and waits for somebody all the same"
    if STUCK in move.when and not move.aftermath:
        yield f"{where}: ends what is stuck and does not say what becomes of what was opened or promised"


def _reached(pairs: list[tuple[str, str]], start: str) -> set[str]:
    found = {start}
    while more := {after for before, after in pairs if before in found} - found:
        found |= more
    return found


def _leading(pairs: list[tuple[str, str]], wanted: Set[str]) -> set[str]:
    found = set(wanted)
    while more := {before for before, after in pairs if after in found} - found:
        found |= more
    return found
