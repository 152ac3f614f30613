"""Participants who asked: the address is kept apart, the fact holds a number."""

import re
from dataclasses import asdict

from adapters.cli import saying
from adapters.cli.asking import _built, _say, _stamp
from adapters.cli.session import Session
from adapters.persistence.contacts import ContactChannel, ContactLang, Contacts
from domain.errors import DomainError
from domain.free_text import refuse_cpr_in
from domain.walk.commands import AskForAnswer

MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
LONGEST = 500
"""How many characters a name and a postal address may have."""


def ask_answer(
    session: Session,
    number: str,
    group: str,
    mail: str | None,
    letter: str | None,
    **told: str | None,
) -> None:
    """Keep how to reach a participant, then note that they want an answer."""
    session.number = number
    channel, address = _address(mail, letter)
    with session.system() as system:
        stamp = _stamp(dict(told), system)
        contacts = Contacts(system.settings.contacts_file)
        try:
            lang: ContactLang = "en" if session.texts.lang == "en" else "da"
            identity = contacts.add(channel, address, lang)
            contact = f"participant/{group}/{identity}"
            body = {"number": number, "stamp": stamp, "contact": contact}
            try:
                command = _built(AskForAnswer, {**body, "channel": channel})
                receipt = system.ask(command)
            except DomainError:
                contacts.erase(identity)
                raise
        finally:
            contacts.close()
        if session.as_json:
            kept = {"number": number, "contact": contact}
            saying.say_json(kept | asdict(receipt))
            return
        _say(session, system, number, receipt)
        saying.say(session.texts.say("say.contact_kept", contact=contact))


def _address(mail: str | None, letter: str | None) -> tuple[ContactChannel, str]:
    """Return the one way that was given.

    Raises: Misused (bad_input) when it is none, both, or no address at all;
        Refused (cpr_number).
    """
    if (mail is None) == (letter is None):
        raise saying.bad_value("--mail, --letter")
    if mail is not None:
        if len(mail) > LONGEST or not MAIL.fullmatch(mail):
            raise saying.bad_value("--mail")
        refuse_cpr_in("mail", mail)
        return "mail", mail
    lines = (letter or "").replace("\\n", "\n").strip()
    if not lines or len(lines) > LONGEST or not lines.replace("\n", "").isprintable():
        raise saying.bad_value("--letter")
    refuse_cpr_in("letter", lines)
    return "letter", lines
