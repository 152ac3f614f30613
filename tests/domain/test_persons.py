"""What looks like a person, and what does not; all of it is invented."""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from time import process_time

import pytest

import domain
from domain.persons import Mark, PersonKind, cpr_like, persons

ROOT = Path(domain.__file__).parent.parent
CPR, PHONE, PLATE, ADDRESS, MAIL, NAME = PersonKind

FOUND: tuple[tuple[PersonKind, str], ...] = (
    # in each text, what is marked stands between [ and ]
    (CPR, "Hans nummer er [010190-1234]."),
    (CPR, "Beboeren [0101901234] har klaget."),
    (CPR, "cpr [311299 0042], siger naboen"),
    (CPR, "CPR[150575-9876]"),
    (CPR, "cpr-nr.: [290200-4321]"),
    (CPR, "([240368–1111])"),
    (CPR, "nummer [010190 - 1234] stod på døren"),
    (CPR, "[01.01.90-1234] på sedlen"),
    (CPR, "[01 01 90-1234]"),
    (CPR, "født [01011990-1234]"),
    (CPR, "Et nummer fra Udlændingestyrelsen: [610190-1234]"),
    (CPR, "the number [120385-0007] was on the wall"),
    (CPR, "To numre: [010190-1234]"),
    (PHONE, "Ring til naboen på [20 12 34 56]."),
    (PHONE, "tlf. [20123456]"),
    (PHONE, "Mobil [+45 20 12 34 56]"),
    (PHONE, "[+4520123456]"),
    (PHONE, "[0045 98 12 34 56]"),
    (PHONE, "[98 12 34 56] efter kl. 16"),
    (PHONE, "Kontakt: [9812 3456]."),
    (PHONE, "[20-12-34-56]"),
    (PHONE, "[61.23.45.67]"),
    (PHONE, "telefonnummer [20261122]"),
    (PHONE, "tlf. [2026 1122]"),
    (PHONE, "ring [201 23 456]"),
    (PHONE, "Han har nummeret på en lap: mobil [20 123 456]"),
    (PHONE, "call her on [+46 70 123 45 67]"),
    (PHONE, "phone: [31234567]"),
    (PLATE, "En bil, [AB 12 345], holder på stien."),
    (PLATE, "[AB12345] kører for stærkt."),
    (PLATE, "Scooteren [DX 12345] larmer."),
    (PLATE, "Varevognen [BK-12-345] spærrer."),
    (PLATE, "nummerplade [ab 12 345]"),
    (PLATE, "a van with number plate [cd12345]"),
    (PLATE, "[CV12 345] again"),
    (ADDRESS, "Støj fra Fyrkildevej [104, 2. tv]."),
    (ADDRESS, "Fyrkildevej [104, st. th]."),
    (ADDRESS, "Fyrkildevej [104 2. mf]"),
    (ADDRESS, "Fyrkildevej [104B, st.tv]"),
    (ADDRESS, "Fyrkildevej [104 2 tv]"),
    (ADDRESS, "Fyrkildevej [104,2.tv]"),
    (ADDRESS, "Ravnkildevej [12, 3. dør 4]"),
    (ADDRESS, "[Ravnkildevej 12, 1. sal] har lys hele natten."),
    (ADDRESS, "[Humlebakken 7, stuen]"),
    (ADDRESS, "[Smedegade 9, lejl. 12]"),
    (ADDRESS, "[Smedegade 9, 2nd floor]"),
    (ADDRESS, "[Smedegade 9, flat 12]"),
    (ADDRESS, "Beboeren på [2. tv]. råber."),
    (ADDRESS, "Det er [st. th]. igen"),
    (MAIL, "Skriv til [nabo.oest@post.example]."),
    (MAIL, "[bekymret-beboer+lys@mail.example.org]"),
    (MAIL, "her mail is <[x1@y.example]>"),
    (NAME, "[Mette Holmgren] har klaget."),
    (NAME, "Det er [Mohammed Farahsen], siger de."),
    (NAME, "[Hans-Peter Kjær] bor der."),
    (NAME, "Naboen [Fatima Al-Karim] så det."),
    (NAME, "[Ahmed al Rashidi] sælger fra bilen."),
    (NAME, "[Søren K. Bækgaard] ejer skuret."),
    (NAME, "[METTE HOLMGREN] står der på muren."),
    (NAME, "den der [mette hansen] igen"),
    (NAME, "[Bo Hansen] parkerer på stien."),
    (NAME, "[Xenobia Hansen] parkerer på stien."),
    (NAME, "hr. [Bruun] fra nr. 12"),
    (NAME, "fru [Åkjær] er bange"),
    (NAME, "familien [Toftegren] larmer"),
    (NAME, "Familien [Yildirim] larmer"),
    (NAME, "Vi talte med [Mette] om lampen."),
    (NAME, "Drengen hedder [Yusuf]."),
    (NAME, "naboen [Ali] så det"),
    (NAME, "[Ahmed] bor i nr. 12."),
    (NAME, "navn: [Zeynep]"),
    (NAME, "viceværten [Jensen] har nøglen"),
    (NAME, "[Kirsten Lund] har ringet."),
    (NAME, "[Nguyen Van Tran] saw it."),
    (NAME, "The boy is called [Omar]."),
    (NAME, "We spoke with [Agnieszka] about it."),
    (NAME, "Mr. [Smith] complains."),
    (NAME, "[Peter Hansens] cykel er væk."),
    (NAME, "[Mette Søndergård] ringede."),
    (NAME, "Spørg [Anne Marie Skovly]."),
)

CLEAR: tuple[str, ...] = (
    "Fyrkildevej 104",
    "Lampen ved Fyrkildevej 104 er slukket.",
    "Trekanten, Sebbersundvej 2A",
    "Sag 2026-04 er den samme.",
    "Case 2026-0412 follows it.",
    "Fra 2026 til 2027.",
    "2026 2027",
    "Budgettet for 2026-2027 er 20.000 kr.",
    "Den 2026-11-22 kl. 20.15",
    "Den 22.11.2026 kl. 20.15-21.30",
    "20261122",
    "22112026",
    "57.02812, 10.00118",
    "57.0281234567, 10.0011812345",
    "561008, 6320712",
    "Ring 112. Politi i øvrigt: 114.",
    "Åbent 10-12 og 14-16, hver dag.",
    "20 12 lamper og 34 56 watt",
    "Det koster 12345678 kr.",
    "CVR 12345678",
    "CVR-nr. 31234567",
    "Lampe nr. 30412345 er slukket.",
    "mast 20123456",
    "P-nr. 1003388394",
    "konto 0101901234",
    "EAN 5798001234567",
    "990190-1234 er ikke en dag",
    "019990-1234 er ikke en dag",
    "300200-1234 var aldrig",
    "1234567890123",
    "5d0f8a52-6f0c-5b43-9d0e-3f6f1f2f5c11",
    "b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c",
    "Lyset følger EN 13201.",
    "DS 12345 gælder for stien.",
    "Der er 12 345 cyklister om dagen, på 12 345 kan man ikke se.",
    "Opgangen på 2. sal er mørk.",
    "Der mangler lys på 1. sal i parkeringshuset.",
    "Elevatoren i stuen virker ikke.",
    "The light on the 2nd floor is broken.",
    "In the 4th week",
    "No. 07, merged into 03 on the 12th",
    "33005725-d8c3-5966-a1b2-0f1e2d3c4b5a",
    "Kl. 20 til 22.",
    "Skriv til kommunen.",
    "@kommunen",
    "Peter Freuchens Vej 12",
    "Hans Egedes Vej er mørk.",
    "Ved Anna Anchers Plads",
    "Karen Blixens plads",
    "Anne Kirkegade er spærret.",
    "Niels Bohrs Allé",
    "Sankt Hans aften på pladsen",
    "Vi mødes til Skt. Hans.",
    "Dronning Ingrids Park",
    "Sofie Rifbjerg Skole",
    "Ali Baba Kebab holder længe åbent.",
    "Det er bag café Sofie.",
    "Maria Kirke har intet lys.",
    "Mette var her.",
    "Hans lampe er slukket.",
    "Hans Cykelsti er mørk.",
    "Bo trygt i Aalborg Øst.",
    "Per lampe er prisen den samme.",
    "Ask og birk skygger for lampen.",
    "Storm har væltet hegnet.",
    "Mark 4 er oversvømmet.",
    "Max Hastighed 30 km/t står der på skiltet.",
    "Will Police come?",
    "Line Two of the bus stops here.",
    "Politiet og Aalborg Kommune ser på det.",
    "Vandringsleder tildelte sagen til Vejbelysning.",
    "Samrådet i Vejgaard, Helhedsplanen og Tryg Aalborg",
    "Trappen ved Trekanten, tre trin fra Astrupstien",
    "Jensen er et almindeligt navn.",
    "Familien i opgangen larmer.",
    "Fruens Bøge",
    "Hr. og fru Danmark",
    "KL og DI, BUPL og 3F",
    "The Danish Road Directorate",
)


def spans(marked: str) -> tuple[str, tuple[int, int]]:
    """Return a text without [ and ], and what stood between them."""
    start, end = marked.index("["), marked.index("]") - 1
    return marked.replace("[", "").replace("]", ""), (start, end)


def test_there_are_enough_examples() -> None:
    assert len(FOUND) >= 60
    assert len(CLEAR) >= 60


@pytest.mark.parametrize(("kind", "marked"), FOUND)
def test_a_person_is_found(kind: PersonKind, marked: str) -> None:
    text, (start, end) = spans(marked)

    assert persons(text) == (Mark(kind, start, end),)


@pytest.mark.parametrize("text", CLEAR)
def test_nothing_is_found_where_nobody_is(text: str) -> None:
    assert persons(text) == ()


def test_several_are_found_in_order() -> None:
    text = "Mette Holmgren, 20 12 34 56, og 010190-1234 i nr. 4, 2. tv"

    assert [mark.kind for mark in persons(text)] == [NAME, PHONE, CPR, ADDRESS]


def test_a_mark_never_holds_the_text() -> None:
    [mark] = persons("Kære Mette Holmgren")

    assert "Mette" not in repr(mark)


def test_of_two_that_overlap_the_number_counts() -> None:
    assert [one.kind for one in persons("mette.hansen@post.example")] == [MAIL]
    assert [one.kind for one in persons("01 01 90-1234")] == [CPR]


@pytest.mark.parametrize("text", ["", " ", "\n", "(", "2", "A", "@", "Mette", "-1234"])
def test_short_texts_are_read_too(text: str) -> None:
    assert persons(text) == ()


# ---- our own texts name nobody ----


def strings(found: object) -> Iterator[str]:
    if isinstance(found, str):
        yield found
    elif isinstance(found, dict):
        for key, value in found.items():
            # How to reach a unit or a contact is an address, and meant to be one.
            if key not in {"mail", "address"}:
                yield from strings(value)
    elif isinstance(found, list):
        for value in found:
            yield from strings(value)


def own_texts() -> Iterator[tuple[str, str]]:
    for path in ROOT.glob("examples/walks/*.json"):
        yield from ((path.name, one) for one in strings(json.loads(path.read_text())))
    for folder in ("examples/registers", "adapters/texts"):
        for path in (ROOT / folder).glob("*.toml"):
            table = tomllib.loads(path.read_text("utf-8"))
            yield from ((path.name, one) for one in strings(table))
    for path in (ROOT / "README.md", *ROOT.glob("docs/**/*.md")):
        if path.name != "persons.md":
            yield path.name, path.read_text("utf-8")


def test_our_own_texts_name_nobody() -> None:
    alarms = [
        (name, mark.kind, text[mark.start : mark.end])
        for name, text in own_texts()
        for mark in persons(text)
    ]

    # A function at a municipality that does not exist is no false alarm.
    assert {alarm for alarm in alarms if not alarm[2].endswith(".example")} == set()


# ---- what it costs ----

LONG = (
    "Hækken langs stien mod Trekanten er vokset ud over belægningen og skjuler de "
    "sidste 20 meter. Flere går udenom, når det er mørkt. Lampen ved Fyrkildevej 104 "
    "er slukket siden 2026-11-04, og Samrådet melder, at to af beboerne i Aalborg Øst "
    "har ringet til Vejbelysning den 12. november. Det er samme sag."
)[:300]
GENEROUS_S = 0.001
"""Twenty times what it takes: a busy machine is no fault of the text."""


@pytest.mark.parametrize(
    "text", [LONG, "1" * 4000, "1 " * 2000, "A" * 4000, "Aa " * 1300, "a@" * 2000]
)
def test_a_text_is_read_in_no_time(text: str) -> None:
    began = process_time()
    persons(text)

    assert process_time() - began < GENEROUS_S * max(1, len(text) / 100)


def test_cpr_numbers_are_found_alone() -> None:
    text = "Mette Holmgren, 010190-1234"

    assert list(cpr_like(text)) == [(16, 27)]
