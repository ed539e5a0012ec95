"""Write the software bill of materials (CycloneDX 1.6): each pin with its licence, its hashes and what it needs.

What is installed is told by cyclonedx-py, whose file is the argument; `make sbom` does both. Addresses are left out:
the file says the same wherever it is made. What only tests need has the scope "excluded".
"""

import json
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

Pins = Mapping[str, tuple[str, list[str]]]
"""Name → version, and the SHA-256 of each file it may come as."""
ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "sbom.cdx.json"
PLATFORM = ROOT / "requirements-platform.txt"
"""Of requirements.txt what an operator's machine needs."""
BUILDS = frozenset({"setuptools"})
"""What installs Hutong itself."""
_HEAD = "# What runs the platform, of requirements.txt: made by make sbom"
UNTOLD: Mapping[str, str] = {"axe-playwright-python": "MIT", "colorama": "BSD-3-Clause"}
"""Licences that a distribution's metadata do not tell, or that are not installed on every system; read in its files."""
_PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^ ;\\]+)")
_HASH = re.compile(r"--hash=sha256:(?P<hash>[0-9a-f]{64})")


def pins(text: str) -> dict[str, tuple[str, list[str]]]:
    """Return what a file of requirements pins."""
    found: dict[str, tuple[str, list[str]]] = {}
    name = ""
    for line in text.splitlines():
        if pin := _PIN.match(line):
            name = canonicalize_name(pin["name"])
            found[name] = (pin["version"], [])
        if name:
            found[name][1].extend(each["hash"] for each in _HASH.finditer(line))
    return found


def needed(requirements: Sequence[str], *, extras: frozenset[str] = frozenset()) -> Iterator[str]:
    """Yield the names of what requirements name under `extras`, and of what that needs, on any system."""
    for each in map(Requirement, requirements):
        if "extra" in str(each.marker or "") and not any(f'"{extra}"' in str(each.marker) for extra in extras):
            continue
        yield canonicalize_name(each.name)
        try:
            yield from needed(_asked(each.name), extras=frozenset(each.extras))
        except metadata.PackageNotFoundError:  # of another system
            continue


def _asked(name: str) -> list[str]:
    """Return what a distribution requires: ours as its sources say, whatever was installed of it before."""
    if name != "hutong":
        return metadata.requires(name) or []
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found = list(project["dependencies"])
    for extra, listed in project["optional-dependencies"].items():
        for each in map(Requirement, listed):
            own = f'extra == "{extra}"'
            each.marker = Marker(f"({each.marker}) and {own}" if each.marker else own)
            found.append(str(each))
    return found


def bill(told: Mapping[str, Any], pinned: Pins, *, runs: frozenset[str]) -> dict[str, Any]:
    """Return the bill of what is `pinned`, of which `runs` are needed to run; `told` is what cyclonedx-py found."""
    found = {canonicalize_name(each["name"]): each for each in told["components"]}
    of = {each["ref"]: each.get("dependsOn", []) for each in told["dependencies"]}
    named = {each["bom-ref"]: name for name, each in found.items()}
    root = told["metadata"]["component"]
    components, dependencies = [], []
    for name, (version, hashes) in sorted(pinned.items()):
        each = found.get(name, {})
        components.append(
            {
                "bom-ref": name,
                "type": "library",
                "name": name,
                "version": version,
                "scope": "required" if name in runs else "excluded",
                "hashes": [{"alg": "SHA-256", "content": content} for content in hashes],
                "licenses": each.get("licenses") or [{"license": {"id": UNTOLD[name]}}],
                "purl": f"pkg:pypi/{name}@{version}",
            }
        )
        after = sorted({named[ref] for ref in of.get(each.get("bom-ref", ""), []) if named.get(ref) in pinned})
        dependencies.append({"ref": name, "dependsOn": after})
    direct = sorted({named[ref] for ref in of.get(root["bom-ref"], []) if named.get(ref) in pinned})
    component = {key: root[key] for key in ("bom-ref", "type", "name", "version", "description", "licenses")}
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": component},
        "components": components,
        "dependencies": [{"ref": root["bom-ref"], "dependsOn": direct}, *dependencies],
    }


def part(text: str, names: frozenset[str]) -> str:
    """Return of a file of requirements what pins these names, with the hashes, as it stands there."""
    kept, wanted = [_HEAD], False
    for line in text.splitlines():
        if pin := _PIN.match(line):
            wanted = canonicalize_name(pin["name"]) in names
        if wanted and not line.startswith("#"):
            kept.append(line)
    return "\n".join(kept) + "\n"


def main(arguments: Sequence[str]) -> None:
    """Write the bill, and beside it the pins of what is needed to run, and to install that."""
    told = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    whole = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    pinned, runs = pins(whole), frozenset(needed(["hutong[platform]"]))
    PLATFORM.write_text(part(whole, runs | BUILDS), encoding="utf-8")
    text = json.dumps(bill(told, pinned, runs=runs), indent=1, ensure_ascii=False)
    FILE.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
