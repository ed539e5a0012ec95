"""What the gateway counts for Prometheus, one registry per process."""

from collections.abc import Iterator, Mapping
from typing import Any

from prometheus_client import CollectorRegistry, Counter, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from hutong.gateway.tick import Tick


class Measures:
    """Counters of one process."""

    def __init__(self, ticks: Mapping[str, Tick[Any, Any]]) -> None:
        self._registry = CollectorRegistry()
        self._replies = Counter(
            "hutong_replies", "Replies by place and status", ["place", "status"], registry=self._registry
        )
        self._ticks = ticks
        self._registry.register(self)  # type: ignore[arg-type]

    def answered(self, place: str, status: int) -> None:
        """Count one reply."""
        self._replies.labels(place, str(status)).inc()

    def collect(self) -> Iterator[Metric]:
        """Yield what the ticks know of themselves; prometheus-client asks."""
        waiting = GaugeMetricFamily("hutong_waiting", "Questions waiting to be taken", labels=["kind"])
        lists = CounterMetricFamily("hutong_lists", "Lists answered", labels=["kind"])
        questions = CounterMetricFamily("hutong_questions", "Questions answered", labels=["kind"])
        for kind, tick in self._ticks.items():
            waiting.add_metric([kind], tick.waiting)
            lists.add_metric([kind], tick.lists)
            questions.add_metric([kind], tick.questions)
        yield from (waiting, lists, questions)

    def text(self) -> bytes:
        """Return the metrics in Prometheus' text format."""
        return generate_latest(self._registry)
