"""Messages that did not reach anybody by themselves, and what people do about them."""

from dataclasses import asdict

from adapters.cli import saying
from adapters.cli.asking import ask_about
from adapters.cli.session import Session
from adapters.cli.views import new_table
from adapters.notify.letters import Letters
from adapters.notify.mail import message_id
from adapters.standing import messages_in, whose_task
from adapters.system import Gadelys
from domain.delivery.decide import ConfirmDelivery, RetryDelivery, SettleDelivery
from domain.delivery.events import DeliveryChannel
from domain.errors import Code, NotFound
from domain.messages import derived_id
from projections.deliveries import DELIVERIES, DeliveryRow, DeliveryState

NOT_OVER = (DeliveryState.PENDING, DeliveryState.LETTER, DeliveryState.GIVEN_UP)


def listed(session: Session, *, failed: bool) -> None:
    """Print the messages that are on their way, to be posted or given up."""
    with session.system() as system:
        wanted = (DeliveryState.GIVEN_UP,) if failed else NOT_OVER
        rows = messages_in(system, *wanted)
        if session.as_json:
            answer = [_as_json(row, system) for row in rows]
            saying.say_json({"schema": "deliveries/1", "rows": answer})
            return
        texts = session.texts
        if not rows:
            saying.say(texts.say("say.deliveries_empty"))
            return
        table = new_table(
            texts.say("say.deliveries_title", count=len(rows)),
            *("key", "recipient", "status", "attempts", "since", "reason", "answering"),
            texts=texts,
        )
        for row in rows:
            table.add_row(
                row.key,
                texts.show(row.recipient),
                texts.show(row.state),
                str(row.attempts),
                texts.show(row.since),
                texts.show(row.reason),
                texts.show(whose_task(row, system)),
            )
        saying.console().print(table)


def retry(session: Session, key: str, **given: object) -> None:
    """Let a message that was given up be tried again."""
    delivery, batch = parts(key)
    ask_about(session, RetryDelivery, key, {**given, "key": delivery, "batch": batch})


def settle(session: Session, key: str, **given: object) -> None:
    """Note that the recipient was told in another way."""
    delivery, batch = parts(key)
    ask_about(session, SettleDelivery, key, {**given, "key": delivery, "batch": batch})
    _remove_letter(session, delivery, batch)


def letters(session: Session) -> None:
    """Print the letters that lie ready, and where."""
    with session.system() as system:
        rows = messages_in(system, DeliveryState.LETTER)
        folder = Letters(system.settings.letters)
        places = [(row, folder.path(_identity(row))) for row in rows]
        if session.as_json:
            answer = [
                {**_as_json(row, system), "file": str(path)} for row, path in places
            ]
            saying.say_json({"schema": "letters/1", "rows": answer})
            return
        texts = session.texts
        if not rows:
            saying.say(texts.say("say.letters_empty"))
            return
        table = new_table(
            texts.say("say.letters_title", count=len(rows)),
            *("key", "recipient", "since", "file"),
            texts=texts,
        )
        for row, path in places:
            table.add_row(
                row.key, texts.show(row.recipient), texts.show(row.since), str(path)
            )
        saying.console().print(table)


def posted(session: Session, key: str, **given: object) -> None:
    """Note that a letter was posted; its file, which has an address, goes."""
    delivery, batch = parts(key)
    with session.system() as system:
        system.catch_up([DELIVERIES.name])
        row = system.rows.row(DELIVERIES, key)
        if row is None or row.channel is not DeliveryChannel.LETTER:
            raise NotFound(Code.UNKNOWN_DELIVERY, key=key)
    identity = derived_id("message", delivery, batch)
    told = {"key": delivery, "batch": batch, "message_id": message_id(identity)}
    ask_about(session, ConfirmDelivery, key, {**given, **told})
    _remove_letter(session, delivery, batch)


def parts(key: str) -> tuple[str, int]:
    """Return the stream key and the number of the message that `key` names.

    Raises: NotFound (unknown_delivery) when it has no number at its end.
    """
    delivery, _, batch = key.rpartition("/")
    if not delivery or not batch.isascii() or not batch.isdigit():
        raise NotFound(Code.UNKNOWN_DELIVERY, key=key)
    return delivery, int(batch)


def _as_json(row: DeliveryRow, system: Gadelys) -> dict[str, object]:
    return {"key": row.key, **asdict(row), "answering": whose_task(row, system)}


def _identity(row: DeliveryRow) -> object:
    return derived_id("message", row.delivery, row.batch)


def _remove_letter(session: Session, delivery: str, batch: int) -> None:
    folder = Letters(session.settings.letters)
    folder.remove(derived_id("message", delivery, batch))
