"""Comparison 6: the quality rules alone, beside frictionless validating the same rules on the same file.

Type, required, length, pattern, enumeration, range and uniqueness. Both read the CSV file; nothing is written.
"""

import json
import subprocess
import time
from pathlib import Path

import pyarrow as pa

from benchmarks import county
from hutong.plane.definition import Definition, Item, QualityRule, Rule, Type
from hutong.plane.delivery import quality, reading

DEFINITION = Definition(
    code="bench/rules",
    version=1,
    name="质量规则",
    provider=county.PROVIDER,
    key=("resident_number",),
    items=(
        Item(
            "resident_number",
            "公民身份号码",
            length=18,
            required=True,
            rules=(QualityRule(Rule.PATTERN, "[0-9]{17}[0-9X]"),),
        ),
        Item("name", "姓名", length=50, required=True),
        Item("sex", "性别", length=1, required=True, rules=(QualityRule(Rule.ONE_OF, "男|女"),)),
        Item(
            "birth_date",
            "出生日期",
            type=Type.DATE,
            required=True,
            rules=(QualityRule(Rule.MINIMUM, "1900-01-01"), QualityRule(Rule.MAXIMUM, "2026-12-31")),
        ),
        Item("address", "住址", length=200),
        Item("street", "所属街道(乡镇)", length=50),
        Item("household", "户号", length=20, rules=(QualityRule(Rule.PATTERN, "[0-9]{14}"),)),
    ),
)
_WORDS = {Rule.PATTERN: "pattern", Rule.MINIMUM: "minimum", Rule.MAXIMUM: "maximum", Rule.ONE_OF: "enum"}


def schema(definition: Definition) -> dict[str, object]:
    """Return the same rules as a Table Schema, which frictionless reads."""
    fields = []
    for item in definition.items:
        constraints: dict[str, object] = {"required": item.required}
        if item.length:
            constraints["maxLength"] = item.length
        if item.code in definition.key:
            constraints["unique"] = True
        for rule in item.rules:
            constraints[_WORDS[rule.rule]] = (
                rule.argument.split("|") if rule.rule is Rule.ONE_OF else rule.argument
            )
        kind = "date" if item.type is Type.DATE else "string"
        fields.append({"name": item.code, "type": kind, "constraints": constraints})
    return {"fields": fields}


def damage(table: pa.Table) -> tuple[pa.Table, int]:
    """Return rows with one fault of each kind among them, and how many faults that makes."""
    faults = {
        "resident_number": ["123", table.column("resident_number")[9].as_py()],
        "name": ["", "长" * 51],
        "sex": ["他"],
        "birth_date": ["1870-01-01", "2200-01-01", "2001-02-30"],
        "household": ["abc"],
    }
    columns = {name: [str(v) for v in table.column(name).to_pylist()] for name in table.column_names}
    row = 10
    for name, values in faults.items():
        for value in values:
            columns[name][row] = value
            row += 1
    return pa.table(columns), row - 10


def ours(source: Path) -> tuple[float, int, int]:
    """Check `source` and return seconds, rows and faults."""
    began = time.perf_counter()
    rows = faults = 0
    seen: list[pa.Array] = []
    for block in reading.open_(source, definition=DEFINITION, format="csv").blocks():
        checked = quality.check(block.batch, DEFINITION)
        seen.append(checked.columns["resident_number"].normal.drop_null())
        rows += block.batch.num_rows
        faults += len(checked.faults)
    keys = pa.chunked_array(seen)
    faults += len(keys) - len(keys.unique())
    return time.perf_counter() - began, rows, faults


def frictionless(python: Path, source: Path, folder: Path) -> tuple[float, int, int]:
    """Let frictionless validate `source` and return seconds, rows and faults."""
    described = folder / "schema.json"
    described.write_text(json.dumps(schema(DEFINITION), ensure_ascii=False))
    script = Path(__file__).parent / "peers" / "frictionless_rules.py"
    command = [python, script, source.name, described.name]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    found = json.loads(next(line for line in done.stdout.splitlines() if line.startswith("RESULT"))[7:])
    return found["seconds"], found["rows"], found["faults"]
