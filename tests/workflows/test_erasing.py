"""What Temporal is told about a case holds no word that anybody wrote."""

import asyncio
from pathlib import Path

import pytest

from adapters import erasing
from adapters.bootstrap import activities_of, dispatcher_of
from adapters.system import Gadelys
from adapters.temporal.times import SameTime
from domain.finding.commands import AddNote
from domain.messages import Stamp, derived_id
from domain.subject.commands import ApproveErasure, RequestErasure
from domain.subject.events import ErasureBasis
from domain.values import ERASED
from tests import examples as ex
from tests.workflows.servers import OrdinaryServer, client_of, new_namespace, working_on

pytestmark = pytest.mark.timeout(120)

CANARY = "Kanariefugl i en arbejdsgang"


async def test_no_canary_is_in_the_file_of_the_server(
    system: Gadelys, tmp_path: Path
) -> None:
    server = OrdinaryServer(tmp_path)
    try:
        client = await client_of(server.address, new_namespace())
        report = ex.report(by=ex.COORDINATOR).model_copy(update={"text": CANARY})
        system.submit(report)
        system.submit(AddNote(number=ex.NUMBER, stamp=stamp(system, 1), text=CANARY))
        dispatcher = dispatcher_of(system, client, SameTime())
        async with working_on(client, activities_of(system, SameTime())):
            while await dispatcher.dispatch():
                pass
            await asyncio.to_thread(erase, system)
            while await dispatcher.dispatch():
                pass
    finally:
        server.stop()

    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    found = [file.name for file in files if CANARY.encode() in file.read_bytes()]
    assert any(file.name.startswith("temporal.db") for file in files)
    assert found == []
    assert {
        text
        for said in erasing.words_of(system, f"finding/{ex.NUMBER}")
        for text in said.words.values()
    } == {ERASED}


def erase(system: Gadelys) -> None:
    subject = erasing.known_subject(system, f"finding/{ex.NUMBER}")
    basis = ErasureBasis.NO_LONGER_NEEDED
    system.submit(RequestErasure(ref=subject.ref, stamp=stamp(system, 2), basis=basis))
    approval = stamp(system, 3).model_copy(update={"by": ex.POLICE})
    system.submit(ApproveErasure(ref=subject.ref, stamp=approval))
    erasing.erase(system, subject)


def stamp(system: Gadelys, nth: int) -> Stamp:
    return Stamp(
        by=ex.COORDINATOR, at=system.now(), command_id=derived_id("canary", nth)
    )
