"""What the invented places are called, and what people say of them: nobody's words."""

from collections.abc import Sequence
from random import Random

from domain.values import Kind

QUARTERS = (
    *("Havnekvarteret", "Skovparken", "Stationskvarteret", "Engvangen", "Midtbyen"),
    *("Søndermarken", "Nordkvarteret", "Møllebakken", "Åparken", "Vestergårdene"),
    *("Fjordvangen", "Ladegården", "Birkelunden", "Teglværket", "Hedemarken"),
    *("Østervangen", "Bakkegården", "Lærkeparken", "Kirkebakken", "Sluseholmen"),
)
TREES = (
    *("Ahorn", "Birke", "Bøge", "Elme", "Fyrre", "Hassel", "Kastanje", "Linde"),
    *("Pile", "Poppel", "Rønne", "Tjørne", "Ælle", "Ask", "Ege", "Hylde"),
)
ENDINGS = ("vej", "stræde", "allé", "stien", "parken", "toften", "vænget", "pladsen")
NEAR = ("ved", "bag", "over for", "på hjørnet af", "langs")
SEEN = {
    Kind.PHYSICAL: (
        "Det er værst efter mørkets frembrud.",
        "Flere går en omvej på grund af det.",
        "Det har været sådan siden foråret.",
        "Man kan ikke se, om der står nogen.",
        "Børnene går her på vej til skole.",
        "Det er blevet meldt før, men er der endnu.",
        "Det er svært at komme forbi med barnevogn.",
        "Kørestole kan ikke komme igennem.",
    ),
    Kind.SOCIAL: (
        "Flere undgår stedet om aftenen.",
        "Det sker mest i weekenden.",
        "Beboerne vil gerne inviteres med.",
        "De ældre i opgangen er blevet hjemme.",
        "Det larmer til ud på natten.",
        "Foreningen vil gerne hjælpe til.",
    ),
}
WEATHER = ("tørt", "let regn", "overskyet", "klart og koldt", "blæst")


def areas(count: int) -> list[str]:
    """Return the names of invented quarters; after the known ones they are numbered."""
    rounds = range(count // len(QUARTERS) + 1)
    names = [f"{one} {nth + 1}" if nth else one for nth in rounds for one in QUARTERS]
    return names[:count]


def street(chance: Random) -> str:
    """Return a street that could be anywhere, with a number."""
    return f"{chance.choice(TREES)}{chance.choice(ENDINGS)} {chance.randrange(1, 90)}"


def told(what: str, kind: Kind | None, chance: Random) -> str:
    """Return what somebody said on the walk."""
    said: Sequence[str] = SEEN[kind if kind in SEEN else Kind.SOCIAL]
    return f"{what}. {chance.choice(said)}"


def place(chance: Random) -> str:
    """Return where it is."""
    return f"{chance.choice(NEAR)} {street(chance)}"
