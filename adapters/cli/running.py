"""Processes that run on: everything in one command, or each part alone."""

import asyncio
import os
import time

from adapters import processes
from adapters import up as supervisor
from adapters.bootstrap import EVERY_QUEUE
from adapters.cli import saying
from adapters.cli.asking import read_options
from adapters.cli.operations import ready
from adapters.cli.playing import load
from adapters.cli.session import Session

NATIVE_THREADS_S = 0.3
"""Temporal's native threads need a moment, or Python may abort when it ends."""


def up(session: Session, *, demo: bool = False) -> None:
    """Run everything on this machine until told to stop."""
    if demo:
        os.environ["GADELYS_DEMO"] = "true"
        load(session)
    ready(session)
    texts = session.texts
    saying.note(texts.say("say.up_starting", path=session.settings.data))
    pages = f"http://{session.settings.web_address}"
    supervisor.run(
        session.settings,
        lambda address: saying.note(
            texts.say("say.up_ready", address=address, pages=pages)
        ),
    )
    saying.note(texts.say("say.up_stopped"))


def web(session: Session) -> None:
    """Answer browsers until told to stop."""
    # Whoever asks at a terminal need not wait for what only pages need.
    from adapters.web.serving import serve

    serve(session.settings)


def web_key(session: Session, name: str, by: str) -> None:
    """Print a new key for a program, and what is kept of it.

    Raises: Misused (bad_input).
    """
    from adapters.web.keys import ApiKey, digest_of, new_key

    key = new_key()
    kept = {"name": name, "actor": by, "sha256": digest_of(key)}
    read_options(ApiKey, kept)
    saying.say(key)
    saying.say()
    saying.say("[[keys]]")
    for field, value in kept.items():
        saying.say(f'{field} = "{value}"')
    saying.note(session.texts.say("say.web_key"))


def work(session: Session, queues: list[str] | None) -> None:
    """Do steps and deliveries until told to stop; of some queues or of all."""
    chosen = queues or list(EVERY_QUEUE)
    if unknown := [queue for queue in chosen if queue not in EVERY_QUEUE]:
        raise saying.bad_value(f"--queue {unknown[0]}: {', '.join(EVERY_QUEUE)}")
    asyncio.run(processes.work(session.settings, chosen))
    time.sleep(NATIVE_THREADS_S)


def dispatch(session: Session) -> None:
    """Tell Temporal what new facts mean until told to stop."""
    _run_part(session, "dispatch")


def project(session: Session) -> None:
    """Keep the read models up to date until told to stop."""
    _run_part(session, "project")


def ledger(session: Session) -> None:
    """Take facts into the ledger and sign it until told to stop."""
    _run_part(session, "ledger")


def redispatch(session: Session) -> None:
    """Send the plan of every open case to Temporal once."""
    count = asyncio.run(processes.redispatch(session.settings))
    time.sleep(NATIVE_THREADS_S)
    if session.as_json:
        saying.say_json({"redispatched": count})
    else:
        saying.say(session.texts.say("say.redispatched", count=count))


def _run_part(session: Session, name: str) -> None:
    asyncio.run(processes.PARTS[name](session.settings))
    time.sleep(NATIVE_THREADS_S)
