"""What processes say of themselves: one event a line. Of a fault it says where it happened, never with which values."""

import sys

import structlog

# structlog's own way of showing a fault prints every local variable: the very claims and records that were asked about.
structlog.configure(
    processors=[
        *structlog.get_config()["processors"][:-1],
        structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty(), exception_formatter=structlog.dev.plain_traceback),
    ]
)
logger = structlog.get_logger()
