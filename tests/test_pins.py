"""What is installed is pinned by the hashes of the files it may come as; the bill of materials names every pin."""

import json
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tools"))
import sbom

OTHER_SYSTEMS = {"colorama"}
"""What is needed on other systems than that of constraints.txt."""


def pins(name: str) -> dict[str, tuple[str, list[str]]]:
    return sbom.pins((ROOT / name).read_text(encoding="utf-8"))


def test_each_version_that_is_pinned_has_the_hashes_of_its_files():
    given, hashed = pins("constraints.txt"), pins("requirements.txt")
    assert {name: version for name, (version, _) in hashed.items() if name not in OTHER_SYSTEMS} == {
        name: version for name, (version, _) in given.items()
    }
    for name in ("requirements.txt", "tools/requirements.txt"):
        found = pins(name)
        assert {each for each, (_, hashes) in found.items() if not hashes} == set()
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        assert len(found) == sum(not line.startswith((" ", "#")) for line in lines)  # nothing stands there unpinned


def test_all_that_is_asked_for_is_pinned():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["platform"]]
    asked += project["optional-dependencies"]["test"]
    pinned = pins("requirements.txt")
    for each in map(Requirement, asked):
        version = pinned[canonicalize_name(each.name)][0]
        assert each.specifier.contains(version), each
    tools = (ROOT / "tools" / "requirements.in").read_text(encoding="utf-8").splitlines()
    assert {each for each in tools if not each.startswith("#")} <= pins("tools/requirements.txt").keys()


def test_what_runs_these_tests_is_what_is_pinned():
    pinned = {name: version for name, (version, _) in pins("requirements.txt").items()}
    installed = {
        name: each.version for each in metadata.distributions() if (name := canonicalize_name(each.name)) in pinned
    }
    assert installed == {name: pinned[name] for name in installed}
    assert {"django", "psycopg", "cryptography"} <= installed.keys()


def test_an_operators_machine_is_given_what_runs_with_the_same_hashes_and_no_tools_of_tests():
    whole, runs = pins("requirements.txt"), frozenset(sbom.needed(["hutong[platform]"])) | sbom.BUILDS
    given = (ROOT / "requirements-platform.txt").read_text(encoding="utf-8")
    assert given == sbom.part((ROOT / "requirements.txt").read_text(encoding="utf-8"), runs), "run make sbom"
    assert sbom.pins(given) == {name: each for name, each in whole.items() if name in runs}
    assert {"pytest", "ruff", "mypy", "playwright"} & sbom.pins(given).keys() == set()


@pytest.mark.parametrize("target", ["install", "demo", "test", "quick", "platform"])
def test_nothing_is_installed_whose_hash_is_not_known(target: str):
    told = subprocess.run(
        ["make", "--dry-run", "--always-make", target, "CI="], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.replace("\\\n", " ")
    # A target that goes on in a further make tells what that would install anew.
    commands = [*dict.fromkeys(line for line in told.splitlines() if "pip install" in line)]
    assert len(commands) == 2
    first, own = commands
    assert "--require-hashes" in first and "--only-binary :all:" in first and "-r requirements" in first
    assert "--no-index" in own and "--no-deps" in own and "--no-build-isolation" in own


def test_the_bill_of_materials_names_each_pin_with_licence_and_hashes():
    bill = json.loads(sbom.FILE.read_text(encoding="utf-8"))
    found = {each["name"]: each for each in bill["components"]}
    pinned = pins("requirements.txt")
    assert {name: (each["version"], [one["content"] for one in each["hashes"]]) for name, each in found.items()} == (
        pinned
    ), "run make sbom"
    assert {name for name, each in found.items() if not each["licenses"]} == set()
    assert {each["ref"] for each in bill["dependencies"]} == {*found, bill["metadata"]["component"]["bom-ref"]}
    assert bill["metadata"]["component"]["version"] == metadata.version("hutong")
    text = sbom.FILE.read_text(encoding="utf-8").replace(bill["$schema"], "")
    assert "://" not in text  # no address of where it was made, or of where it was fetched


def test_the_bill_tells_what_runs_from_what_only_tests_need():
    bill = json.loads(sbom.FILE.read_text(encoding="utf-8"))
    scopes = {each["name"]: each["scope"] for each in bill["components"]}
    runs = frozenset(sbom.needed(["hutong[platform]"]))
    assert {name for name, scope in scopes.items() if scope == "required"} == runs & scopes.keys()
    assert {"django", "psycopg-binary", "psycopg-pool", "granian", "cryptography"} <= runs
    assert {"pytest", "ruff", "mypy", "playwright"} & runs == set()


def test_a_bill_is_made_of_what_is_pinned_alone():
    told = {
        "metadata": {
            "component": {
                "bom-ref": "root", "type": "application", "name": "hutong", "version": "1", "description": "d",
                "licenses": [{"license": {"id": "Apache-2.0"}}],
            }
        },
        "components": [
            {"bom-ref": "Valve==1", "name": "Valve", "licenses": [{"license": {"id": "MIT"}}]},
            {"bom-ref": "stray==1", "name": "stray", "licenses": [{"license": {"id": "MIT"}}]},
        ],
        "dependencies": [{"ref": "root", "dependsOn": ["Valve==1", "stray==1"]}, {"ref": "Valve==1"}],
    }  # fmt: skip
    hashes = " \\\n".join(f"    --hash=sha256:{letter * 64}" for letter in "ab")
    pinned = sbom.pins(f"valve==1 ; sys_platform != 'win32' \\\n{hashes}\n")
    bill = sbom.bill(told, pinned, runs=frozenset({"valve"}))
    (valve,) = bill["components"]
    assert (valve["name"], valve["scope"], len(valve["hashes"])) == ("valve", "required", 2)
    assert bill["dependencies"] == [{"ref": "root", "dependsOn": ["valve"]}, {"ref": "valve", "dependsOn": []}]
