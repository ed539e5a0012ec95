"""A gateway that is asked to stop leaves nothing undone."""

import asyncio
import time
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from gateway_county import County, now

from hutong import doors
from hutong.gateway import app, config


def test_a_slow_body_is_given_up_before_the_stop_is() -> None:
    (longest,) = [each.default for each in fields(config.GatewayConfig) if each.name == "body_seconds"]
    assert longest + config.Bounds().seconds <= doors.STOP_SECONDS


def test_refusals_being_written_when_it_stops_are_written_once(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[int] = []

    def write(db: Any, *, counts: dict[tuple[str, datetime], Any], now: datetime) -> None:
        if counts:
            tried.append(sum(codes.total() for codes in counts.values()))
            time.sleep(0.5)
            if len(tried) == 1:
                raise OSError("PostgreSQL went away")

    monkeypatch.setattr(app.refusals, "write", write)
    monkeypatch.setattr(app, "FLUSH_SECONDS", 0.01)

    async def work() -> None:
        gateway = app.Gateway(replace(county.given, now=now))
        gateway.refusals.count(source="192.0.2.1", code="NOT_SIGNED", at=now() - timedelta(minutes=2))
        gateway.open(asyncio.get_running_loop())
        await asyncio.sleep(0.2)
        await gateway.close()

    asyncio.run(work())
    assert tried == [1, 1]
