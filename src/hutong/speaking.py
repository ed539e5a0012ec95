"""The language of the command line: English where the environment asks for it, Chinese else."""

import os
from collections.abc import Mapping

from hutong.core.text import Language


def language(environ: Mapping[str, str] = os.environ) -> Language:
    """Return the language `LC_ALL`, `LC_MESSAGES` or `LANG` asks for."""
    spoken = next((environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(name)), "zh")
    return "en" if spoken.lower().startswith("en") else "zh"
