"""What a person who reviews a template looks for, line by line and sentence by sentence."""

import re
from itertools import pairwise

LONGEST = 120
"""Characters of a line."""
MADE_OF_PARTS = ("table", "input", "select", "textarea", "label", "time")
"""Elements that are written in `parts/` and nowhere else."""
INLINE = {"a", "b", "br", "code", "img", "small", "span", "time", "button", "input", "option", "label"}
"""Elements of which several may stand on a line: they are in a sentence, or in one field."""
_TAG = re.compile(r"<([a-z][a-z0-9]*)\b", re.I)
_COMMENT = re.compile(r"{% comment %}.*?{% endcomment %}|{#.*?#}", re.S)
_SAID = re.compile(r"""{% trans (['"])((?:(?!\1).)*)\1 %}|{% blocktrans\b[^%]*%}.*?{% endblocktrans %}""", re.S)
_WORD = re.compile(r"\w")
_ENDED = re.compile(r"[。！？](?:['\"] (?:as \w+ )?%}|\s*{% endblocktrans %})$")


def _bare(text: str) -> str:
    """Return a template without its comments, as many lines as it was."""
    return _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), text)


def too_long(text: str) -> list[int]:
    """Return the lines that are longer than a line of code."""
    return [number for number, line in enumerate(text.splitlines(), start=1) if len(line) > LONGEST]


def crowded(text: str) -> list[int]:
    """Return the lines on which a second element begins that is not part of a sentence."""
    lines = enumerate(_bare(text).splitlines(), start=1)
    return [number for number, line in lines if len([tag for tag in _TAG.findall(line) if tag not in INLINE]) > 1]


def own_elements(text: str) -> list[str]:
    """Return the elements that the template writes itself though `parts/` has them."""
    return sorted({tag for tag in _TAG.findall(_bare(text)) if tag in MADE_OF_PARTS})


def glued(text: str) -> list[int]:
    """Return the lines where a translation is put together with a value, or is no word at all.

    A translation and a value that follow each other with nothing between them but space, punctuation, or the beginning
    of an element inside a sentence, are one sentence to who reads the page, and to who translates it two. What ends
    with a full stop is whole.
    """
    text = _bare(text)
    found = []
    said = [(m.start(), m.end(), True, m) for m in _SAID.finditer(text)]
    inside = [(start, end) for start, end, _, _ in said]
    values = [
        (m.start(), m.end(), False, m)
        for m in re.finditer(r"{{.*?}}|{% include .*?%}", text, re.S)
        if not any(start <= m.start() < end for start, end in inside)
    ]
    for start, _, is_said, match in said:
        if is_said and match[2] is not None and not _WORD.search(match[2]):
            found.append(start)
    for (start, end, first, _), (begin, _, second, _) in pairwise(sorted([*said, *values], key=_place)):
        before = text[start:end]
        if (first or second) and not _ENDED.search(before) and _sticks(text[end:begin], before, text[begin:]):
            found.append(start)
    return sorted({text.count("\n", 0, place) + 1 for place in found})


def _place(stretch: tuple) -> int:
    return stretch[0]


def _sticks(between: str, before: str, after: str) -> bool:
    if before.startswith("{% include") or after.startswith("{% include"):
        return bool(re.fullmatch(r"[：，。,:;；]?", between.strip(" ")))
    return bool(re.fullmatch(r"\s*[：，。,:;；#]?\s*(<(?:b|code|a)\b[^<>]*>)?\s*", between))
