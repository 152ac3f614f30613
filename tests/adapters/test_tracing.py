"""Traces leave when they are wanted; names, ids and codes, never a text."""

import sys
import time
from uuid import uuid4

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
)
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import Tracer

from adapters import tracing
from adapters.system import Gadelys
from adapters.tracing import SentSpans, spans_of, tracer_to
from domain.errors import Code, Refused
from domain.finding.commands import ReportFinding, VerifyFix
from domain.messages import Stamp
from domain.values import CITIZEN
from tests.adapters.conftest import GADELYS, Line, run
from tests.adapters.web_receiver import WebReceiver, receiving

SECRET = "Fru Jensens hæk"
PATIENCE_S = 30
SOON_MS = "20"


@pytest.fixture
def kept() -> InMemorySpanExporter:
    """Return where spans go in these tests."""
    return InMemorySpanExporter()


@pytest.fixture
def tracer(kept: InMemorySpanExporter, monkeypatch: pytest.MonkeyPatch) -> Tracer:
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", SOON_MS)
    return tracer_to(kept)


def sent(kept: InMemorySpanExporter, count: int) -> list[ReadableSpan]:
    """Wait until so many spans have left; return them."""
    deadline = time.monotonic() + PATIENCE_S
    while len(spans := kept.get_finished_spans()) < count:
        assert time.monotonic() < deadline, spans
        time.sleep(0.01)
    return list(spans)


def report(system: Gadelys) -> None:
    stamp = Stamp(by=CITIZEN, at=system.now(), command_id=uuid4())
    system.submit(
        ReportFinding(stamp=stamp, number="1", category="VEG-HEDGE", text=SECRET)
    )


def test_commands_and_pages_become_spans(
    system: Gadelys, tracer: Tracer, kept: InMemorySpanExporter
) -> None:
    system.spans = SentSpans(tracer)
    report(system)
    stamp = Stamp(by=CITIZEN, at=system.now(), command_id=uuid4())
    with pytest.raises(Refused) as caught:
        system.submit(VerifyFix(stamp=stamp, number="1"))
    system.catch_up()
    spans = sent(kept, 3)

    assert [(span.name, dict(span.attributes or {})) for span in spans] == [
        (
            "command",
            {
                "gadelys.command": "report",
                "gadelys.outcome": "handled",
                "gadelys.stream": "finding/1",
                "gadelys.position": 2,
            },
        ),
        (
            "command",
            {"gadelys.command": "verify", "gadelys.outcome": str(caught.value.code)},
        ),
        ("projections.page", {"gadelys.position": 2}),
    ]
    assert all(
        span.start_time and span.end_time and span.start_time < span.end_time
        for span in spans
    )
    assert SECRET not in "".join(span.to_json() for span in spans)


def test_of_an_exception_only_its_type_leaves(
    tracer: Tracer, kept: InMemorySpanExporter
) -> None:
    with (
        pytest.raises(ValueError, match=SECRET),
        tracer.start_as_current_span("library"),
    ):
        raise ValueError(SECRET)
    [span] = sent(kept, 1)

    assert not span.status.is_ok
    assert [dict(event.attributes or {}) for event in span.events] == [
        {"exception.type": "ValueError"}
    ]
    assert SECRET not in span.to_json()


def test_a_program_sends_its_traces_to_where_it_is_told(line: Line) -> None:
    receiver = WebReceiver(answers=[200])
    with receiving(receiver):
        told = {
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{receiver.port}",
            "GADELYS_TRACING": "true",
        }
        answer = run(
            GADELYS,
            *("report", "2026-01", "--category", "VEG-HEDGE", "--text", SECRET),
            *("--by", "citizen", "--checked"),
            env=line.environment({}) | told,
        )

    assert answer.code == 0, answer.err
    assert {posted.path for posted in receiver.posted} == {"/v1/traces"}
    assert SECRET.encode() not in b"".join(posted.body for posted in receiver.posted)
    assert [
        attribute.value.string_value
        for span in spans_in(receiver)
        for attribute in span.attributes
        if attribute.key == "gadelys.command"
    ] == ["report"]


def spans_in(receiver: WebReceiver) -> list[Span]:
    """Return the spans that were posted."""
    return [
        span
        for posted in receiver.posted
        for resource in ExportTraceServiceRequest.FromString(posted.body).resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]


def test_without_the_extra_it_says_what_to_install(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    tracing.tracer.cache_clear()
    exporter = "opentelemetry.exporter.otlp.proto.http.trace_exporter"
    monkeypatch.setitem(sys.modules, exporter, None)
    answer = line("worklist", "--json", tracing="true")

    assert answer.problem["code"] == Code.EXTRA_MISSING
    assert "requirements/otel.txt" in answer.problem["do"]
    assert line("worklist").code == 0


def test_nobody_who_does_not_ask_needs_the_library(system: Gadelys) -> None:
    assert not isinstance(spans_of(system.settings), SentSpans)
