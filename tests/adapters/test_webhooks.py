"""Webhooks to a real server: signed, once each, and never to a private address."""

import asyncio
import base64
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
import trustme
from hypothesis import given as for_any
from hypothesis import strategies as st
from standardwebhooks import Webhook as Oracle
from standardwebhooks import WebhookVerificationError

from adapters.notify import webhooks
from adapters.notify.failures import PermanentFailure, TemporaryFailure
from adapters.notify.public_network import checked_address, is_public
from adapters.notify.receivers import Receiver, read_receivers
from adapters.notify.webhook_deliverer import WebhookDeliverer, receivers
from adapters.notify.webhooks import Webhook, envelope, signature
from adapters.settings import Settings
from adapters.system import Gadelys
from adapters.temporal.server import free_port
from domain.delivery.decide import RetryDelivery
from domain.delivery.events import (
    DeliveryAttempted,
    DeliveryChannel,
    DeliveryGivenUp,
    DeliverySent,
    GiveUpReason,
)
from domain.errors import Code, Refused
from domain.messages import Event, Recorded, derived_id
from domain.values import Authority
from projections.deliveries import DELIVERIES, DeliveryState
from tests import examples as ex
from tests.adapters.web_receiver import WebReceiver, receiving
from tests.conftest import StandingClock
from tests.domain.golden_facts import FACTS
from tests.projections.folding import recorded

SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()
NOW = datetime(2026, 11, 22, 11, tzinfo=UTC)
IDENTITY = derived_id("webhook test")


def configured(url: str, **more: Any) -> str:
    given = {"name": "esdh", "url": url, "secret_env": "ESDH_SECRET"}
    given |= {"topics": ["finding.*"], "authority": "municipality"} | more
    lines = [f"{key} = {json.dumps(value)}" for key, value in given.items()]
    return "\n".join(["[[receiver]]", *lines, ""])


def receiver_at(url: str, tmp_path: Path, **more: Any) -> Receiver:
    path = tmp_path / "webhooks.toml"
    path.write_text(configured(url, **more), "utf-8")
    [made] = read_receivers(path, {"ESDH_SECRET": SECRET}, allow_private=True)
    return made


@pytest.fixture
def web() -> Iterator[WebReceiver]:
    made = WebReceiver()
    with receiving(made):
        yield made


# --- What is said ---------------------------------------------------------------


def test_an_envelope_is_a_cloud_event_without_any_text() -> None:
    told = ex.reported(by=ex.LAMP_ANNA)
    [fact] = recorded(told, first=7)

    event = json.loads(envelope(fact, "urn:gadelys"))

    assert event["specversion"] == "1.0"
    assert event["id"] == str(fact.event_id)
    assert event["source"] == "urn:gadelys"
    assert event["type"] == "dk.tryghedsvandring.finding.reported.v1"
    assert event["subject"] == "finding/2026-04"
    assert datetime.fromisoformat(event["time"]) == told.stamp.at
    assert event["datacontenttype"] == "application/json"
    assert event["data"]["category"] == "LGT-FAIL"
    assert event["data"]["fix_due"] == str(told.fix_due)
    assert event["data"]["by"] == "municipality/street-lighting"
    assert "text" not in event["data"]


def texts_of(value: object) -> Iterator[str]:
    match value:
        case dict():
            for inner in value.values():
                yield from texts_of(inner)
        case list():
            for inner in value:
                yield from texts_of(inner)
        case str():
            yield value
        case _:
            return


@pytest.mark.parametrize("event", FACTS, ids=lambda event: str(event.TOPIC))
def test_no_envelope_holds_words(event: Event) -> None:
    [fact] = recorded(event)

    told = json.loads(envelope(fact, "urn:gadelys"))

    assert all(" " not in text for text in texts_of(told))
    assert "@" not in json.dumps(told)


def test_an_envelope_names_no_person() -> None:
    [fact] = recorded(ex.assigned(ex.LAMP_ANNA))

    assert b"a17" not in envelope(fact, "urn:gadelys")


# --- How it is signed -----------------------------------------------------------


def by_the_specification(headers: dict[str, str], body: bytes) -> str:
    """Return the signature that Standard Webhooks asks for; HMAC by RFC 2104."""
    key = base64.b64decode(SECRET[len("whsec_") :]).ljust(64, b"\0")
    signed = b".".join(
        [headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body]
    )
    inner = sha256(bytes(byte ^ 0x36 for byte in key) + signed).digest()
    outer = sha256(bytes(byte ^ 0x5C for byte in key) + inner).digest()
    return "v1," + base64.b64encode(outer).decode()


def test_a_signature_is_verified_by_others(web: WebReceiver, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    Webhook(lambda: now, allow_private=True).send(
        receiver_at(web.url(), tmp_path), IDENTITY, b'{"a": 1}'
    )

    [posted] = web.posted
    assert posted.headers["webhook-id"] == str(IDENTITY)
    assert posted.headers["webhook-timestamp"] == str(int(now.timestamp()))
    assert posted.headers["webhook-signature"] == by_the_specification(
        posted.headers, posted.body
    )
    assert Oracle(SECRET).verify(posted.body, posted.headers) == {"a": 1}
    assert posted.headers["content-type"].startswith("application/cloudevents+json")
    assert posted.path == "/hooks?from=gadelys"
    assert posted.headers["host"] == f"127.0.0.1:{web.port}"


def test_a_body_that_was_touched_is_not_verified() -> None:
    now = int(datetime.now(UTC).timestamp())
    headers = {
        "webhook-id": "1",
        "webhook-timestamp": str(now),
        "webhook-signature": signature(SECRET, "1", now, b'{"a": 1}'),
    }

    with pytest.raises(WebhookVerificationError):
        Oracle(SECRET).verify(b'{"a": 2}', headers)


# --- Where it may go ------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.8.9.1", "10.0.0.1", "172.16.0.1", "192.168.1.1"),
        *("169.254.169.254", "100.64.0.1", "224.0.0.1", "0.0.0.0", "255.255.255.255"),
        *("192.0.2.1", "198.18.0.1", "240.0.0.1"),
        *("::", "::1", "fe80::1", "fc00::1", "ff02::1", "2001:db8::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254"),
        *("64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "2002:a00:1::"),
    ],
)
def test_what_is_not_on_the_open_internet_is_blocked(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    "address", ["9.9.9.9", "193.163.102.1", "2620:fe::fe", "::ffff:9.9.9.9"]
)
def test_what_is_on_the_open_internet_is_not_blocked(address: str) -> None:
    assert is_public(ip_address(address))


@for_any(st.ip_addresses(v=4))
def test_an_address_is_as_public_as_what_hides_it(address: Any) -> None:
    mapped = ip_address(f"::ffff:{address}")

    assert is_public(mapped) == is_public(address)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]"]
)
def test_a_private_address_is_never_connected_to(
    web: WebReceiver, tmp_path: Path, host: str
) -> None:
    receiver = receiver_at(web.url(host), tmp_path)

    with pytest.raises(PermanentFailure) as failure:
        Webhook(lambda: NOW, allow_private=False).send(receiver, IDENTITY, b"{}")

    assert failure.value.reason is GiveUpReason.BLOCKED
    assert web.posted == []


def test_one_private_address_among_public_ones_is_enough(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Names are looked up by the system; what it answers is ours to judge."""

    def answers(*_: object, **__: object) -> list[Any]:
        found = ("9.9.9.9", "10.0.0.1")
        return [(socket.AF_INET, 1, 6, "", (one, 443)) for one in found]

    monkeypatch.setattr(socket, "getaddrinfo", answers)

    with pytest.raises(PermanentFailure):
        asyncio.run(checked_address("rebound.example", 443, allow_private=False))


def test_a_name_is_looked_up_once_and_its_address_is_held_on_to(
    web: WebReceiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    real = socket.getaddrinfo

    def answers(host: str, *more: Any, **named: Any) -> Any:
        asked.append(host)
        return real("127.0.0.1", *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", answers)
    receiver = receiver_at(web.url("hooks.example"), tmp_path)

    Webhook(lambda: NOW, allow_private=True).send(receiver, IDENTITY, b"{}")

    assert asked.count("hooks.example") == 1
    assert web.posted[0].headers["host"] == f"hooks.example:{web.port}"


def test_a_redirect_is_not_followed(web: WebReceiver, tmp_path: Path) -> None:
    inside = WebReceiver()
    with receiving(inside):
        web.answers, web.headers = [302], {"Location": inside.url()}
        with pytest.raises(PermanentFailure) as failure:
            Webhook(lambda: NOW, allow_private=True).send(
                receiver_at(web.url(), tmp_path), IDENTITY, b"{}"
            )

    assert failure.value.reason is GiveUpReason.REFUSED
    assert inside.posted == []


def test_the_certificate_is_that_of_the_name_not_of_the_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    secure = WebReceiver()
    webhook = Webhook(lambda: NOW, allow_private=True)
    with receiving(secure, context):
        named = receiver_at(secure.url("localhost", "https"), tmp_path)
        other = receiver_at(secure.url("127.0.0.1", "https"), tmp_path)
        webhook.send(named, IDENTITY, b"{}")
        with pytest.raises(TemporaryFailure):
            webhook.send(other, IDENTITY, b"{}")

    assert len(secure.posted) == 1


# --- What is answered -----------------------------------------------------------


@pytest.mark.parametrize("status", [200, 202, 204])
def test_an_answer_is_enough(web: WebReceiver, tmp_path: Path, status: int) -> None:
    web.answers = [status]

    Webhook(lambda: NOW, allow_private=True).send(
        receiver_at(web.url(), tmp_path), IDENTITY, b"{}"
    )

    assert len(web.posted) == 1


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_later_may_be_better(web: WebReceiver, tmp_path: Path, status: int) -> None:
    web.answers = [status]

    with pytest.raises(TemporaryFailure, match=str(status)):
        Webhook(lambda: NOW, allow_private=True).send(
            receiver_at(web.url(), tmp_path), IDENTITY, b"{}"
        )


@pytest.mark.parametrize("status", [301, 304, 307, 400, 401, 403, 404, 413])
def test_a_refusal_is_for_good(web: WebReceiver, tmp_path: Path, status: int) -> None:
    web.answers = [status]

    with pytest.raises(PermanentFailure) as failure:
        Webhook(lambda: NOW, allow_private=True).send(
            receiver_at(web.url(), tmp_path), IDENTITY, b"{}"
        )

    assert failure.value.reason is GiveUpReason.REFUSED


def test_a_receiver_that_is_away_is_tried_again(tmp_path: Path) -> None:
    away = receiver_at(f"http://127.0.0.1:{free_port()}/", tmp_path)

    with pytest.raises(TemporaryFailure):
        Webhook(lambda: NOW, allow_private=True).send(away, IDENTITY, b"{}")


def test_a_name_that_does_not_exist_is_tried_again(tmp_path: Path) -> None:
    nowhere = receiver_at("https://hooks.invalid/", tmp_path)

    with pytest.raises(TemporaryFailure):
        Webhook(lambda: NOW, allow_private=False).send(nowhere, IDENTITY, b"{}")


def test_a_receiver_that_does_not_answer_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "TIMEOUT_S", 0.2)
    slow = WebReceiver(silent=threading.Event())
    with receiving(slow), pytest.raises(TemporaryFailure):
        Webhook(lambda: NOW, allow_private=True).send(
            receiver_at(slow.url(), tmp_path), IDENTITY, b"{}"
        )


# --- Deliveries -----------------------------------------------------------------


@pytest.fixture
def reported(system: Gadelys, now: StandingClock) -> Recorded:
    """Return the fact that a case was reported."""
    command = ex.report()
    now.moment = command.stamp.at.astimezone(UTC)
    system.submit(command)
    [fact] = system.store.load(command.stream)
    return fact


def deliverer_of(
    system: Gadelys, web: WebReceiver, tmp_path: Path, **more: Any
) -> WebhookDeliverer:
    allowed = system.settings.model_copy(update={"webhook_allow_private": True})
    system.settings = allowed
    return WebhookDeliverer(system, [receiver_at(web.url(), tmp_path, **more)])


def delivered(system: Gadelys) -> list[Event]:
    return [
        fact.event
        for fact in system.store.after(0, 100)
        if fact.stream.startswith("delivery/webhook/esdh/")
    ]


def test_a_fact_is_told_once(
    system: Gadelys, reported: Recorded, web: WebReceiver, tmp_path: Path
) -> None:
    deliverer = deliverer_of(system, web, tmp_path)

    assert deliverer.wanted(reported) == ("esdh",)
    assert deliverer.deliver("esdh", reported.position) == 1
    assert deliverer.deliver("esdh", reported.position) == 0

    [posted] = web.posted
    begun, sent = delivered(system)
    assert isinstance(begun, DeliveryAttempted)
    assert isinstance(sent, DeliverySent)
    assert begun.channel is DeliveryChannel.WEBHOOK
    assert sent.message_id == posted.headers["webhook-id"]
    assert json.loads(posted.body)["id"] == str(reported.event_id)


def test_a_receiver_that_stumbles_gets_the_same_message_again(
    system: Gadelys, reported: Recorded, web: WebReceiver, tmp_path: Path
) -> None:
    web.answers = [500, 200]
    deliverer = deliverer_of(system, web, tmp_path)

    with pytest.raises(TemporaryFailure):
        deliverer.deliver("esdh", reported.position)
    assert deliverer.pending() == (("esdh", reported.position),)
    assert deliverer.deliver("esdh", reported.position) == 1

    first, second = web.posted
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    assert [type(event) for event in delivered(system)] == [
        *(DeliveryAttempted, DeliveryAttempted, DeliverySent)
    ]
    assert deliverer.pending() == ()


def test_a_receiver_that_is_gone_is_left_alone_until_it_is_configured_anew(
    system: Gadelys,
    now: StandingClock,
    reported: Recorded,
    web: WebReceiver,
    tmp_path: Path,
) -> None:
    web.answers = [410, 200]
    deliverer = deliverer_of(system, web, tmp_path)
    system.submit(ex.assign(day="2026-10-21 12:05"))
    later = system.store.load(reported.stream)[-1]

    assert deliverer.deliver("esdh", reported.position) == 0
    assert deliverer.deliver("esdh", later.position) == 0
    assert deliverer.deliver("esdh", reported.position) == 0

    given_up = delivered(system)[-1]
    assert isinstance(given_up, DeliveryGivenUp)
    assert given_up.reason is GiveUpReason.GONE
    assert given_up.answering == ex.COORDINATOR
    assert len(web.posted) == 1

    anew = deliverer_of(system, web, tmp_path, secret_env="ESDH_SECRET", topics=["*"])
    assert anew.deliver("esdh", later.position) == 1


def test_a_person_can_have_it_tried_again(
    system: Gadelys, reported: Recorded, web: WebReceiver, tmp_path: Path
) -> None:
    web.answers = [404, 200]
    deliverer = deliverer_of(system, web, tmp_path)
    deliverer.deliver("esdh", reported.position)
    system.catch_up([DELIVERIES.name])
    [row] = system.rows.rows(DELIVERIES)
    assert row.state is DeliveryState.GIVEN_UP

    system.submit(
        RetryDelivery(
            stamp=ex.stamp(day="2026-10-22"), key=row.delivery, batch=row.batch
        )
    )

    assert deliverer.pending() == (("esdh", reported.position),)
    assert deliverer.deliver("esdh", reported.position) == 1
    assert len({posted.headers["webhook-id"] for posted in web.posted}) == 1


def test_what_cannot_be_told_for_days_is_given_up(
    system: Gadelys, reported: Recorded, web: WebReceiver, tmp_path: Path
) -> None:
    web.answers = [503]
    deliverer = deliverer_of(system, web, tmp_path)
    with pytest.raises(TemporaryFailure):
        deliverer.deliver("esdh", reported.position)

    deliverer.give_up("esdh", reported.position)
    deliverer.give_up("esdh", reported.position)

    last = delivered(system)[-1]
    assert isinstance(last, DeliveryGivenUp)
    assert last.reason is GiveUpReason.UNREACHABLE


def test_only_what_was_asked_for_is_told(
    system: Gadelys, reported: Recorded, web: WebReceiver, tmp_path: Path
) -> None:
    deliverer = deliverer_of(system, web, tmp_path, topics=["walk.*", "delivery.*"])

    assert deliverer.wanted(reported) == ()
    assert deliverer.deliver("esdh", reported.position) == 0
    assert deliverer.deliver("nobody", reported.position) == 0
    assert deliverer.deliver("esdh", 10_000) == 0
    assert web.posted == []


def test_what_became_of_messages_is_never_told(
    web: WebReceiver, tmp_path: Path
) -> None:
    receiver = receiver_at(web.url(), tmp_path, topics=["*"])
    facts = [fact for event in FACTS for fact in recorded(event)]

    told = {fact.event.TOPIC for fact in facts if receiver.wants(fact)}

    assert "finding.reported.v1" in told
    assert not any(topic.startswith("delivery.") for topic in told)


# --- Configuration --------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"url": "http://hooks.example/"}, "https"),
        ({"url": "ftp://hooks.example/"}, "https"),
        ({"url": "https://"}, "https"),
        ({"url": "https://me:secret@hooks.example/"}, "no login"),
        ({"name": "Big Name"}, "receiver.0.name"),
        ({"authority": "nobody"}, "authority"),
        ({"secret_env": "MISSING"}, "MISSING"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_what_makes_no_sense_is_refused(
    tmp_path: Path, more: dict[str, Any], problem: str
) -> None:
    path = tmp_path / "webhooks.toml"
    given: dict[str, Any] = {"url": "https://hooks.example/"}
    path.write_text(configured(**given | more), "utf-8")

    with pytest.raises(Refused) as refusal:
        read_receivers(path, {"ESDH_SECRET": SECRET})

    assert refusal.value.code is Code.BAD_FILE
    assert problem in str(refusal.value.context["problem"])
    assert "secret@" not in str(refusal.value)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_AAAA", SECRET[6:], "whsec_æ"])
def test_a_secret_is_a_secret(tmp_path: Path, secret: str) -> None:
    path = tmp_path / "webhooks.toml"
    path.write_text(configured("https://hooks.example/"), "utf-8")

    with pytest.raises(Refused, match="whsec_"):
        read_receivers(path, {"ESDH_SECRET": secret})


def test_a_name_is_used_once(tmp_path: Path) -> None:
    path = tmp_path / "webhooks.toml"
    path.write_text(configured("https://hooks.example/") * 2, "utf-8")

    with pytest.raises(Refused, match="twice"):
        read_receivers(path, {"ESDH_SECRET": SECRET})


@pytest.mark.parametrize("text", ["[[receiver", "\0", "receiver = 7"])
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "webhooks.toml"
    path.write_text(text, "utf-8")

    with pytest.raises(Refused):
        read_receivers(path, {})
    with pytest.raises(Refused):
        read_receivers(tmp_path / "missing.toml", {})


def test_the_secret_never_shows(tmp_path: Path) -> None:
    receiver = receiver_at("https://hooks.example/", tmp_path)

    assert SECRET not in repr(receiver) + str(receiver)
    assert "0123456789abcdef" not in repr(receiver)
    assert receiver.authority is Authority.MUNICIPALITY
    assert receiver.actor == "municipality/esdh"


def test_without_a_file_nobody_is_told(tmp_path: Path) -> None:
    path = tmp_path / "webhooks.toml"
    path.write_text(configured("https://hooks.example/"), "utf-8")

    assert receivers(Settings()) == ()
    [one] = receivers(Settings(webhooks=path), {"ESDH_SECRET": SECRET})
    assert one.name == "esdh"
