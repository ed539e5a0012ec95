"""Other people's tools, and where they are: what cannot be had fails, but for what is excused."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from deployed import Site

import proxies

HERE = Path(__file__).parent
PLACE = HERE.parent.parent / ".venv-foreign"
NODE = PLACE / "node"

NEEDED = ("go", "java", "keytool", "node", "openssl", "curl", "sh", "python", "aics-tlog")
"""The tools asked here; python is that of `.venv-foreign`."""

EXCUSED: dict[str, str] = {
    "aics-tlog": "pip has no such program; the reference implementation in Go is asked what it would be",
}
"""A tool that a machine may be without → why."""


def tool(name: str) -> str:
    """Return where a tool is; fails where it cannot be had, and skips only what is excused."""
    if name == "python":
        found = str(PLACE / "bin" / "python") if (PLACE / "bin" / "python").exists() else None
    else:
        found = shutil.which(name)
    if found is None and name in EXCUSED:
        pytest.skip(EXCUSED[name])
    if found is None:
        pytest.fail(f"{name} is not here: make foreign CI=1 installs it")
    return found


def ask(
    name: str, *arguments: str, given: object = None, folder: Path | None = None, **environment: str
) -> tuple[bool, str]:
    """Run a tool in a folder, with JSON on its standard input, and return whether it agreed and what it printed."""
    text = None if given is None else json.dumps(given)
    done = subprocess.run(
        [tool(name), *arguments], input=text, capture_output=True, text=True, check=False,
        cwd=folder, env={**os.environ, **environment},
    )  # fmt: skip
    return done.returncode == 0, done.stdout + done.stderr


def finding(site: Site, folder: Path) -> dict[str, str]:
    """Return the environment in which each language finds a site's name on this machine and trusts its authority."""
    name, authority, store = proxies.GATEWAY, site.authority.path, folder / "authorities"
    (folder / "hosts").write_text(f"127.0.0.1 {name}\n")
    (folder / ".curlrc").write_text(f"resolve = {name}:{site.port}:127.0.0.1\ncacert = {authority}\n")
    (folder / "hosts.cjs").write_text(
        'const dns = require("dns"), { lookup } = dns;\n'
        f'dns.lookup = (host, ...rest) => lookup(host === "{name}" ? "127.0.0.1" : host, ...rest);\n'
    )
    (folder / "sitecustomize.py").write_text(
        "import socket\nfound = socket.getaddrinfo\n"
        f"socket.getaddrinfo = lambda host, *rest, **named: "
        f"found('127.0.0.1' if host == {name!r} else host, *rest, **named)\n"
    )
    password = "authorities"
    imported = ["-importcert", "-noprompt", "-alias", "tests", "-file", str(authority)]
    subprocess.run([tool("keytool"), *imported, "-keystore", str(store), "-storepass", password], check=True)
    trusted = f"-Djavax.net.ssl.trustStore={store} -Djavax.net.ssl.trustStorePassword={password}"
    return {
        "CURL_HOME": str(folder), "NODE_EXTRA_CA_CERTS": str(authority), "NODE_OPTIONS": f"-r {folder}/hosts.cjs",
        "SSL_CERT_FILE": str(authority), "PYTHONPATH": str(folder),
        "JAVA_TOOL_OPTIONS": f"-Djdk.net.hosts.file={folder}/hosts {trusted}",
    }  # fmt: skip
