"""What the administrator of a foreign database is given to carry out, once, before the platform can live there."""

from psycopg.conninfo import conninfo_to_dict

from hutong.core.errors import Invalid
from hutong.db import logins
from hutong.installation import keys, opening
from hutong.settings import Settings


class NoDatabaseNamed(Invalid):
    """HUTONG_DATABASE_URL names no database to print the roles and logins of."""


def script(settings: Settings) -> str:
    """Return the SQL that makes roles, logins and the rights to the database; nothing is asked of the database itself.

    The passwords are made and kept in the folder of the keys; the SQL holds of them what PostgreSQL keeps. Raises
    NoDatabaseNamed, DatabaseNameTooLong and LogNamed.
    """
    database = conninfo_to_dict(settings.database_url or "").get("dbname")
    if not database:
        raise NoDatabaseNamed
    settings = opening.prepare_folder(settings)
    return logins.script(keys.logins(settings), database=str(database))
