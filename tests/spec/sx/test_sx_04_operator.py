"""Article 4: the operator builds, runs and maintains the platform; what is there is that it can be watched."""

import re

import httpx
import pytest
from gateway_county import Door

pytestmark = pytest.mark.clause("SX-04-b")


def test_the_operator_sees_whether_the_gateway_runs_and_what_it_has_answered(gate: Door):
    assert httpx.get(f"{gate.url}/health").json()["state"] == "ok"
    assert [gate.compare(number=number).status_code for number in (1, 2)] == [200, 200]
    assert gate.compare(purpose="other").status_code == 403
    text = httpx.get(f"{gate.url}/metrics").text
    counted = dict(re.findall(r'hutong_replies_total\{place="/v1/compare",status="(\d+)"\} (\S+)', text))
    assert counted == {"200": "2.0", "403": "1.0"}
