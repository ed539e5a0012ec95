"""How each door is opened: in this process, or all of them as children that are looked after."""

import os
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from hutong import installation as installations
from hutong import settings as settings_room
from hutong.installation import Installation
from hutong.supervise import Doors

COMMANDS = {"web": ["serve"], "gateway": ["gateway"], "worker": ["work"]}


def open_all(installation: Installation, *, names: Iterable[str] = COMMANDS) -> Doors:
    """Start web, gateway and worker, or those of `names`, as children of this process and return them.

    Children learn the installation from their environment, so that each can also be started alone.
    """
    settings = installation.settings
    environ = {
        "HUTONG_DATA": str(settings.data),
        "HUTONG_DATABASE_URL": installation.database_url,
        "HUTONG_HOST": settings.host,
        "HUTONG_PORT": str(settings.port),
        "HUTONG_GATEWAY_PORT": str(settings.gateway_port),
        "HUTONG_LOG_NAME": settings.log_name,
        "HUTONG_COUNTY": settings.county,
    }
    running = Doors(commands={name: COMMANDS[name] for name in names}, environ=environ)
    running.start()
    return running


def inherited() -> Installation:
    """Return the installation this process was told of by its environment; nothing is prepared or migrated.

    What the process before left in the spool when it was killed goes.
    """
    from hutong.plane import spool_folder

    installation = installations.told(settings_room.read())
    spool_folder.sweep(installation.settings.spool)
    return installation


def serve(installation: Installation) -> None:
    """Serve the pages until asked to stop."""
    from granian import Granian
    from granian.constants import Interfaces

    settings = installation.settings
    os.environ["DJANGO_SETTINGS_MODULE"] = "hutong.web.conf"
    os.environ["HUTONG_WEB_SECRET"] = installation.web_secret
    os.environ["HUTONG_CLOCK_SHIFT"] = str(shift(installation).total_seconds())
    os.environ["HUTONG_LOG_VKEY"] = installation.log_signer.verifier
    Granian(
        "hutong.web.wsgi:application",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        blocking_threads=4,
        log_access=False,
        log_level="warning",
        workers_kill_timeout=30,
    ).serve()


def gateway(installation: Installation) -> None:
    """Answer machines until asked to stop."""
    from granian import Granian
    from granian.constants import Interfaces

    from hutong.gateway import config

    settings = installation.settings
    given = config.GatewayConfig(
        database_url=installation.database_url,
        keyring_path=installation.keyring_path,
        log_name=settings.log_name,
        log_vkey=installation.log_signer.verifier,
        reply_key_path=installation.reply_key_path,
        spool=settings.spool,
        authorities=_authorities(settings.host, settings.gateway_port),
    )
    os.environ[config.VARIABLE] = given.dump(shift=shift(installation))
    Granian(
        "hutong.gateway.app:from_environment",
        factory=True,
        address=settings.host,
        port=settings.gateway_port,
        interface=Interfaces.ASGI,
        log_access=False,
        log_level="warning",
        workers_kill_timeout=30,
    ).serve()


def work(installation: Installation) -> None:
    """Do what moments bring until asked to stop."""
    from hutong.worker import app

    app.run(installation)


def shift(installation: Installation) -> timedelta:
    """Return how far the installation's clock runs from the real one, in whole seconds."""
    return timedelta(seconds=round((installation.clock() - datetime.now(UTC)).total_seconds()))


def _authorities(host: str, port: int) -> tuple[str, ...]:
    named = os.environ.get("HUTONG_GATEWAY_NAMES")
    if named:
        return tuple(named.split(","))
    return (f"{host}:{port}", f"localhost:{port}")
