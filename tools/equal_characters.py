#!/usr/bin/env python3
"""Write the characters that are one character under several code points: src/hutong/core/equal_characters.tsv.

Usage: tools/equal_characters.py; `--check` writes nothing and fails where the file says something else. It needs Perl,
whose module Unicode::UCD has the property Equivalent_Unified_Ideograph of Unicode, and the codecs of Python.

- Radicals (Kangxi Radicals, CJK Radicals Supplement) and strokes: Equivalent_Unified_Ideograph.
- GB 18030: its first edition and GBK kept what Unicode did not have yet in the private area, cell after cell from
  U+E766 on. Where a cell lay is counted from the cells that the codec `gbk` does not know; what it is today the codec
  `gb18030` says, and for the cells that it leaves in the private area the lists below: those that the editions of
  2005 and 2022 moved, and six that have been in Unicode since its version 3.1.

A character stands in the file from the version of the normal form on that takes it as equal; such a line never changes.
"""

import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

TABLE = Path(__file__).resolve().parent.parent / "src/hutong/core/equal_characters.tsv"
FORM = 2
FIRST_PRIVATE = 0xE766

MOVED_IN_2005 = {0xE7C7: 0x1E3F}
MOVED_IN_2022 = {
    0xE78D: 0xFE10, 0xE78E: 0xFE12, 0xE78F: 0xFE11, 0xE790: 0xFE13, 0xE791: 0xFE14, 0xE792: 0xFE15,
    0xE793: 0xFE16, 0xE794: 0xFE17, 0xE795: 0xFE18, 0xE796: 0xFE19, 0xE81E: 0x9FB4, 0xE826: 0x9FB5,
    0xE82B: 0x9FB6, 0xE82C: 0x9FB7, 0xE832: 0x9FB8, 0xE843: 0x9FB9, 0xE854: 0x9FBA, 0xE864: 0x9FBB,
}  # fmt: skip
IN_PLANE_2 = {
    0xE816: 0x20087, 0xE817: 0x20089, 0xE818: 0x200CC, 0xE831: 0x215D7, 0xE83B: 0x2298F, 0xE855: 0x241FE,
}  # fmt: skip

ASKED = r"""
use Unicode::UCD qw(prop_invmap);
my ($starts, $equal, $format) = prop_invmap("Equivalent_Unified_Ideograph");
for my $i (0 .. $#$starts - 1) {
    next unless $equal->[$i];
    for my $code ($starts->[$i] .. $starts->[$i + 1] - 1) {
        printf "%X %X\n", $code, $equal->[$i] + ($format =~ /^a/ ? $code - $starts->[$i] : 0);
    }
}
"""


def radicals() -> dict[int, int]:
    """Return the unified ideograph of each radical and stroke that has one."""
    said = subprocess.run(["perl", "-e", ASKED], check=True, capture_output=True, text=True).stdout  # noqa: S607
    return {int(one, 16): int(other, 16) for one, other in map(str.split, said.splitlines())}


def private_cells() -> Iterator[tuple[int, bytes]]:
    """Yield the code point in the private area that each cell without a character of GBK had, in order."""
    code = FIRST_PRIVATE
    for lead in range(0xA1, 0xFF):
        for trail in [*range(0x40, 0x7F), *range(0x80, 0xFF)]:
            cell = bytes((lead, trail))
            users = (trail < 0xA1 and 0xA1 <= lead <= 0xA7) or (
                trail >= 0xA1 and (0xAA <= lead <= 0xAF or 0xF8 <= lead <= 0xFE)
            )
            if users or _in_gbk(cell):
                continue
            yield code, cell
            code += 1


def _in_gbk(cell: bytes) -> bool:
    try:
        cell.decode("gbk")
    except UnicodeDecodeError:
        return False
    return True


def moved() -> dict[int, int]:
    """Return what each code point of the private area that GB 18030 once used is today."""
    found: dict[int, int] = {}
    for private, cell in private_cells():
        today = ord(cell.decode("gb18030"))
        if not 0xE000 <= today <= 0xF8FF:
            found[private] = today
        elif today != private:
            raise SystemExit(f"cell {cell.hex()} is U+{today:04X} by the codec and U+{private:04X} by counting")
    for private, real in {**MOVED_IN_2005, **MOVED_IN_2022, **IN_PLANE_2}.items():
        if found.setdefault(private, real) != real:
            raise SystemExit(f"U+{private:04X} is U+{found[private]:04X} by the codec and U+{real:04X} by the list")
    return found


def lines() -> list[str]:
    """Return the lines of the table: code point, what it is equal to, from which version on, and why."""
    equal, private = radicals(), moved()
    kinds = dict.fromkeys(equal, "radical") | dict.fromkeys(private, "gb18030")
    found = []
    for code in sorted(kinds):
        target = {**equal, **private}[code]
        target = equal.get(target, target)  # a radical that was in the private area
        if unicodedata.normalize("NFKC", chr(target)) != chr(target) and kinds[code] == "radical":
            raise SystemExit(f"U+{target:04X} stands for another character itself")
        kind = "stroke" if 0x31C0 <= code <= 0x31EF else kinds[code]
        found.append(f"{code:04X}\t{target:04X}\t{FORM}\t{kind}")
    return found


def main() -> None:
    """Write the table, or compare it."""
    text = "\n".join(["code\tequal\tform\twhy", *lines(), ""])
    if "--check" in sys.argv[1:]:
        if TABLE.read_text() != text:
            raise SystemExit(f"{TABLE.name} says something else; run {sys.argv[0]}")
    else:
        TABLE.write_text(text)


if __name__ == "__main__":
    main()
