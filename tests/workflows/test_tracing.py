"""What Temporal does becomes traces as well: calls, workflows, activities."""

import time

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from adapters.system import Gadelys
from adapters.temporal import client as connecting
from adapters.temporal.client import connect
from adapters.temporal.skipping import PlayedTimes
from adapters.tracing import SentSpans, tracer_to
from tests.workflows.month import COORDINATOR, NUMBER, OPERATIONS, told
from tests.workflows.servers import client_of, new_namespace

SECRET = "Fru Jensens hæk"
PATIENCE_S = 30


async def test_a_reminder_is_one_trace_from_the_fact_to_the_step(
    skipping_address: str,
    played_system: Gadelys,
    times: PlayedTimes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "20")
    kept = InMemorySpanExporter()
    tracer = tracer_to(kept)
    monkeypatch.setattr(connecting, "tracer", lambda: tracer)
    played_system.spans = SentSpans(tracer)
    namespace = new_namespace()
    await client_of(skipping_address, namespace)
    client = await connect(skipping_address, namespace, tracing=True)
    async with told(played_system, client, times, weekly=False) as month:
        await month.happens(
            "2026-10-09", COORDINATOR, "report", category="VEG-HEDGE", text=SECRET
        )
        await month.happens("2026-10-12", COORDINATOR, "assign", to=OPERATIONS)
        await month.passes(until="2026-10-23")
    spans = sent_by(kept, "RunActivity:take-step")

    assert len(month.reminded()) == 1
    [step] = [span for span in spans if span.name == "RunActivity:take-step"]
    whole = [span for span in spans if span.context.trace_id == step.context.trace_id]
    attributes = step.attributes or {}
    [command] = [span for span in whole if span.name == "command"]
    assert {span.name for span in whole} >= {
        "SignalWithStartWorkflow:follow-up",
        "StartActivity:take-step",
    }
    assert attributes["temporalWorkflowID"] == f"finding/{NUMBER}"
    assert (command.attributes or {})["gadelys.command"] == "take_step"
    assert command.parent == step.context
    assert SECRET not in "".join(span.to_json() for span in spans)


def sent_by(kept: InMemorySpanExporter, name: str) -> list[ReadableSpan]:
    """Wait until a span of that name has left; return all."""
    deadline = time.monotonic() + PATIENCE_S
    while name not in {span.name for span in kept.get_finished_spans()}:
        assert time.monotonic() < deadline, kept.get_finished_spans()
        time.sleep(0.01)
    return list(kept.get_finished_spans())
