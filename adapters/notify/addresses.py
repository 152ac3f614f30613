"""Where a message goes: a unit's mail, a participant's mail or a postal address."""

from contextlib import closing
from dataclasses import dataclass
from typing import Literal

from adapters.persistence.contacts import Contact, Contacts
from adapters.settings import Settings
from adapters.system import Gadelys
from domain.delivery.events import DeliveryChannel
from domain.register.model import Register
from domain.values import Actor, Authority


@dataclass(frozen=True, slots=True)
class Destination:
    """How one recipient is reached; `address` has lines if it is a letter's."""

    channel: DeliveryChannel
    address: str
    lang: Literal["da", "en"]
    resident: bool = False

    @property
    def by_letter(self) -> bool:
        """Whether the message must be printed and posted."""
        return self.channel is DeliveryChannel.LETTER


def destination(recipient: Actor, system: Gadelys) -> Destination | None:
    """Return how `recipient` is reached; `None` when nobody knows (any more)."""
    if recipient.authority is Authority.PARTICIPANT and recipient.person:
        contact = _contact(recipient.person, system.settings)
        if contact is None:
            return None
        channel = DeliveryChannel(contact.channel)
        return Destination(channel, contact.address, contact.lang, resident=True)
    register = system.rules().register
    mail = address(recipient, register)
    return Destination(DeliveryChannel.MAIL, mail, system.settings.lang)


def address(recipient: Actor, register: Register) -> str:
    """Return the mail address of a unit, or of whoever answers for it."""
    fallback = register.coordinator(Authority.MUNICIPALITY)
    for actor in (recipient, register.behind(recipient), fallback):
        if register.lists(actor) and (mail := register.unit(actor).mail):
            return mail
    return register.unit(fallback).mail


def _contact(contact: str, settings: Settings) -> Contact | None:
    if not settings.contacts_file.exists():
        return None
    with closing(Contacts(settings.contacts_file)) as contacts:
        return contacts.get(contact)
