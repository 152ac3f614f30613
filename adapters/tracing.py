"""Traces: what took how long, for who has somewhere to send them.

The library is an extra: without `GADELYS_TRACING=true` nothing of it is imported.
Where to is said by its own variables (`OTEL_*`). Names of commands, ids and codes
leave, never a text: of an exception only its type.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from typing import TYPE_CHECKING, Protocol

from typing_extensions import override

from adapters.settings import Settings
from domain.errors import Code, Refused

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Tracer

Value = str | int
Tell = Callable[..., None]
"""Is told what became known of a span, by name: ids, codes and counts."""

EXTRA = "otel"
EXCEPTION_TYPE = "exception.type"


class Spans(Protocol):
    """Where spans go."""

    def around(self, name: str, /, **known: Value) -> AbstractContextManager[Tell]:
        """Let the block be a span; it may tell more about itself."""
        ...

    def took(self, name: str, began_ns: int, /, **known: Value) -> None:
        """Note a span that began at `began_ns` (Unix time) and is over now."""
        ...


class NoSpans:
    """Nobody wants to know."""

    @contextmanager
    def around(self, _name: str, /, **_known: Value) -> Iterator[Tell]:
        """Let the block run."""
        yield _nothing

    def took(self, _name: str, _began_ns: int, /, **_known: Value) -> None:
        """Do nothing."""


class SentSpans:
    """Spans that `tracer` sends."""

    def __init__(self, tracer: "Tracer") -> None:
        """Send by `tracer`."""
        self._tracer = tracer

    @contextmanager
    def around(self, name: str, /, **known: Value) -> Iterator[Tell]:
        """Let the block be a span; it may tell more about itself."""
        with self._tracer.start_as_current_span(
            name,
            attributes=_named(known),
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            yield lambda **more: span.set_attributes(_named(more))

    def took(self, name: str, began_ns: int, /, **known: Value) -> None:
        """Note a span that is over."""
        self._tracer.start_span(
            name, attributes=_named(known), start_time=began_ns
        ).end()


def spans_of(settings: Settings) -> Spans:
    """Return where the spans of this process go.

    Raises: Refused (extra_missing) when they are wanted and the library is not there.
    """
    return SentSpans(tracer()) if settings.tracing else NoSpans()


@cache
def tracer() -> "Tracer":
    """Return what makes the spans of this process; it sends them in the background.

    Raises: Refused (extra_missing).
    """
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
            OTLPSpanExporter,
        )
    except ImportError as problem:
        raise Refused(
            Code.EXTRA_MISSING, extra=EXTRA, field="GADELYS_TRACING"
        ) from problem
    return tracer_to(OTLPSpanExporter())


def tracer_to(exporter: "SpanExporter") -> "Tracer":
    """Return what makes spans and hands them to `exporter`, without any text."""
    from opentelemetry.sdk.resources import SERVICE_NAME, Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    is_named = "OTEL_SERVICE_NAME" in os.environ
    resource = Resource.create({} if is_named else {SERVICE_NAME: "gadelys"})
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(BatchSpanProcessor(_silent(exporter)))
    return provider.get_tracer("gadelys")


def _silent(exporter: "SpanExporter") -> "SpanExporter":
    """Return an exporter that keeps the messages of exceptions to itself.

    People's words can stand in them, and libraries note them on their own.
    """
    from opentelemetry.sdk.trace import Event, ReadableSpan  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import (  # noqa: PLC0415
        SpanExporter,
        SpanExportResult,
    )
    from opentelemetry.trace import Status  # noqa: PLC0415

    def told(span: ReadableSpan) -> ReadableSpan:
        events = [
            Event(
                event.name,
                {EXCEPTION_TYPE: str((event.attributes or {}).get(EXCEPTION_TYPE))},
                event.timestamp,
            )
            for event in span.events
        ]
        return ReadableSpan(
            name=span.name,
            context=span.context,
            parent=span.parent,
            resource=span.resource,
            attributes=span.attributes,
            events=events,
            links=span.links,
            kind=span.kind,
            status=Status(span.status.status_code),
            start_time=span.start_time,
            end_time=span.end_time,
            instrumentation_scope=span.instrumentation_scope,
        )

    class Silent(SpanExporter):
        @override
        def export(self, spans: "Sequence[ReadableSpan]") -> SpanExportResult:
            return exporter.export([told(span) for span in spans])

        @override
        def shutdown(self) -> None:
            exporter.shutdown()

    return Silent()


def _named(known: dict[str, Value]) -> dict[str, Value]:
    return {f"gadelys.{name}": value for name, value in known.items()}


def _nothing(**_: Value) -> None:
    return
