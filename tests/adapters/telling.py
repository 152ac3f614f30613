"""Facts that participants hear of, stored as they are."""

from contextlib import closing
from typing import Literal

from adapters.persistence.contacts import Contacts
from adapters.system import Gadelys
from domain.messages import Event, Recorded, derived_id
from domain.ports import Decision
from domain.values import Actor, StreamId
from tests import examples as ex

POSTAL = "Anna Andersen\nKirkegade 4, 2. tv\n9000 Aalborg"
MAIL = "anna@beboer.example"


def contact(
    system: Gadelys,
    channel: Literal["mail", "letter"] = "mail",
    lang: Literal["da", "en"] = "da",
    address: str = "",
) -> Actor:
    """Keep one participant's address, and return who they are in facts."""
    where = address or (POSTAL if channel == "letter" else MAIL)
    with closing(Contacts(system.settings.contacts_file)) as contacts:
        return Actor(f"participant/residents/{contacts.add(channel, where, lang)}")


def erase(system: Gadelys, participant: Actor) -> None:
    """Forget the address of a participant."""
    assert participant.person is not None
    with closing(Contacts(system.settings.contacts_file)) as contacts:
        contacts.erase(participant.person)


def stored(
    system: Gadelys, *events: Event, stream: str = f"finding/{ex.NUMBER}"
) -> Recorded:
    """Store facts without asking any rule; return the last."""
    name = StreamId(stream)
    after = len(system.store.load(name))
    decision = Decision(
        stream=name,
        after=after,
        command_id=derived_id("stored as they are", stream, after),
        asked="",
        register=1,
        events=events,
    )
    system.store.append([decision], system.now())
    return system.store.load(name)[-1]
