"""What LibreOffice saves of honest tables is taken with the values it shows: as a workbook, and as text in two ways."""

import shutil
import subprocess
from pathlib import Path

import program_files
import pytest
import truth
from honest import changed, taken

TABLES = {"residents": truth.RESIDENTS, "businesses": truth.BUSINESSES, "payments": truth.PAYMENTS}
UTF8, GB18030 = 76, 85
WAYS = {
    "workbook": "xlsx:Calc MS Excel 2007 XML",
    "office-open-xml": "xlsx:Calc Office Open XML",
    "quoted-utf-8": f"csv:Text - txt - csv (StarCalc):44,34,{UTF8},1,,0,true,true",
    "tabs-gb18030": f"csv:Text - txt - csv (StarCalc):9,34,{GB18030},1,,0,false,true",
}
"""How LibreOffice saves: the filter, and for text separator, quotation mark, encoding, and whether all is quoted."""


@pytest.fixture(scope="module", params=WAYS)
def saved(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The tables as LibreOffice saved them in one way."""
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not here: make foreign CI=1 installs it where it may")
    folder = tmp_path_factory.mktemp("office")
    sources = [program_files.xlsxwriter_of({})(folder / f"{name}.xlsx", table) for name, table in TABLES.items()]
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", WAYS[request.param], "--outdir", folder / "saved", *sources],
        check=True, capture_output=True,
    )  # fmt: skip
    return {path.stem: path for path in (folder / "saved").iterdir()}


@pytest.mark.full
@pytest.mark.parametrize("name", TABLES)
def test_what_libreoffice_saves_is_taken(name: str, saved: dict[str, Path]) -> None:
    table = TABLES[name]
    got = taken(saved[name], table.definition)
    assert (got.faults, changed(table, got.rows)) == ([], []), got.told
