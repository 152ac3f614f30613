"""structlog set-up: readable in a terminal, JSON in production, on stderr."""

import logging
import sys

import structlog

from adapters.settings import Settings


def configure(settings: Settings) -> None:
    """Send log lines to stderr in the chosen form."""
    # A plain traceback: the usual one shows variables, and so what people wrote.
    renderer: structlog.typing.Processor = structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
    )
    as_json = settings.log_format == "json"
    if as_json:
        renderer = structlog.processors.JSONRenderer(ensure_ascii=False)
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *([structlog.processors.format_exc_info] if as_json else []),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
