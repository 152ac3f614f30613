"""What came of a story: what the clock did, and the mails that left."""

from collections import Counter
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import TypeVar

from adapters.system import Gadelys
from domain.delivery.events import DeliveryAttempted, DeliverySent
from domain.messages import Recorded
from domain.values import CLOCK

ATTEMPT = "X-Gadelys-Attempt"
EVERYTHING = 1_000_000
T = TypeVar("T")

Deed = tuple[str, str, str, str]
"""The stream, the stored name, the local day, and all that the fact says."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What two runs of one story have in common, or not.

    `deeds` are the facts of the clock as often as they were recorded; `told` each
    message that was confirmed, with its notices; `mails` the words of what lies in
    the mailbox, by `Message-ID`, without the number of the attempt and the marks
    between its parts, which are drawn by chance. Both are sorted: steps that are due
    in the same moment are taken side by side, so even in quiet runs a digest tells
    them in this order or that. `attempts` is the only thing that may differ.
    """

    deeds: Counter[Deed]
    told: Counter[tuple[str, str]]
    mails: dict[str, str]
    attempts: dict[str, int] = field(compare=False)

    def differences(self, other: "Outcome") -> list[str]:
        """Return in words what this one has too much or too little of."""
        return [
            *_unequal("deed", self.deeds, other.deeds),
            *_unequal("told", self.told, other.told),
            *_unequal("mail", Counter(list(self.mails)), Counter(list(other.mails))),
            *(
                f"mail {name} says something else"
                for name in self.mails.keys() & other.mails.keys()
                if self.mails[name] != other.mails[name]
            ),
        ]


def outcome(system: Gadelys) -> Outcome:
    """Return what came of the story that was played on `system`."""
    facts = system.store.after(0, EVERYTHING)
    sent = [fact.event for fact in facts if isinstance(fact.event, DeliverySent)]
    mails = _mails(system)
    assert len(mails) == len(list(system.settings.mailbox.glob("*.eml")))
    return Outcome(
        deeds=Counter(
            _deed(fact, system)
            for fact in facts
            if fact.event.stamp.by == CLOCK and not fact.stream.startswith("delivery/")
        ),
        told=Counter(
            (one.message_id, " ".join(sorted(map(str, one.notices)))) for one in sent
        ),
        mails={name: _content(mail) for name, mail in mails.items()},
        attempts={
            f"{fact.stream}/{fact.event.batch}": fact.event.attempt
            for fact in facts
            if isinstance(fact.event, DeliveryAttempted)
        },
    )


def _deed(fact: Recorded, system: Gadelys) -> Deed:
    days = system.rules().register.working_days
    says = fact.event.model_dump_json(exclude={"stamp"})
    day = days.local_day(fact.event.stamp.at)
    return (fact.stream, fact.event.TOPIC, day.isoformat(), says)


def _mails(system: Gadelys) -> dict[str, EmailMessage]:
    read = (
        message_from_bytes(file.read_bytes(), policy=SMTP)
        for file in system.settings.mailbox.glob("*.eml")
    )
    return {str(mail["Message-ID"]): mail for mail in read}


def _content(mail: EmailMessage) -> str:
    heads = [
        f"{name}: {value}"
        for name, value in mail.items()
        if name not in {ATTEMPT, "Content-Type"}
    ]
    parts = [
        f"{part.get_content_type()} {part.get_filename()}\n{part.get_content()}"
        for part in mail.walk()
        if not part.is_multipart()
    ]
    return " ".join(sorted("\n".join([*heads, *parts]).replace("<", " <").split()))


def _unequal(what: str, ours: Counter[T], theirs: Counter[T]) -> list[str]:
    return [
        *(f"{what} too much: {one}" for one in (ours - theirs).elements()),
        *(f"{what} missing: {one}" for one in (theirs - ours).elements()),
    ]
