"""What everybody can read, in a real browser, without scripts and without a login.

Screenshots lie in `build/screenshots` afterwards, to be looked at.
"""

import pytest
from playwright.sync_api import Browser

from domain.publication.events import PublicationKind
from tests.web import test_browser
from tests.web.publishing import WALK, publish, publish_minutes, withdraw
from tests.web.test_browser import LANGUAGES, Served, looking, named

driven = test_browser.driven
served = test_browser.served


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_page_for_everybody_can_be_used_by_everybody(
    driven: Browser, served: Served, lang: str
) -> None:
    number = publish_minutes(served.system)
    old = publish(served.system, PublicationKind.PLAN, title="Handlingsplan")
    publish(served.system, PublicationKind.PLAN, title="Ny plan", supersedes=old)
    gone = publish(served.system, PublicationKind.MESSAGE, title="Om stien")
    withdraw(served.system, gone)
    publish(
        served.system,
        PublicationKind.LEARNING,
        title="Sådan fik vi skriften væk",
        finding="2026-05",
    )
    pages = (
        *("", "vandringer", f"vandringer/{WALK}", "udgivelser", "erfaringer"),
        *(f"udgivelser/{number}", f"udgivelser/{old}", f"udgivelser/{gone}"),
        *("strategi", "tilgaengelighed", "privatliv", "vandringer/V-2026-99"),
    )
    with looking(driven, served, lang) as look:
        page = look.watched.page
        for place, path in enumerate(pages):
            look.watched.open(f"/offentlig/{path}")
            look.at(f"public-{place:02}-{named(path)}")
        assert page.context.cookies() == []

        look.watched.open(f"/offentlig/vandringer/{WALK}")
        other = "English" if lang == "da" else "Dansk"
        page.click(f"text={other}")
        assert page.url.endswith(f"/offentlig/vandringer/{WALK}")
        assert page.get_attribute("html", "lang") != lang
        assert [one["name"] for one in page.context.cookies()] == ["gadelys-lang"]
