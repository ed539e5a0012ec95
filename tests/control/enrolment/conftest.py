"""A platform with nobody in it, to enrol people on."""

from dataclasses import replace

import pytest
from acting import NOW, point_django_at

from hutong import settings
from hutong.installation import opening


@pytest.fixture
def platform(django_db, tmp_path, monkeypatch) -> opening.Installation:
    """A platform with nobody in it."""
    for name in ("HUTONG_DATABASE_URL", "HUTONG_WEB_SECRET"):
        monkeypatch.setenv(name, "")  # given back afterwards: a door sets them
    given = replace(settings.read({}), data=tmp_path)
    opening.prepare_folder(given)
    point_django_at(django_db, role="control")
    return opening.Installation(given, django_db, lambda: NOW, False)
