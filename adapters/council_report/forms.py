"""All forms of one report, as files."""

from adapters.council_report.document import document
from adapters.council_report.making import REPORT, Made
from adapters.council_report.page import page
from adapters.council_report.sheets import sheets
from adapters.texts import Texts

PAGE, REPORT_FILE = "rapport.html", "rapport.json"


def as_json(made: Made) -> bytes:
    """Return the typed report itself; its pins make it again."""
    return REPORT.dump_json(made.report, indent=1) + b"\n"


def files_of(made: Made, lang: str) -> dict[str, bytes]:
    """Return every form of a report by file name; the same pins give the same bytes."""
    texts = Texts(lang, made.register)
    written = document(made.report, texts)
    return {
        PAGE: page(written, texts).encode(),
        REPORT_FILE: as_json(made),
        **sheets(made.report, texts),
    }
