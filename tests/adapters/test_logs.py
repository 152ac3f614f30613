"""Logs say what happened, never what people wrote."""

import json
from pathlib import Path
from typing import Literal

import pytest
import structlog

from adapters import logs
from adapters.persistence.row_engine import SqliteRows
from adapters.persistence.row_store import RowStore
from adapters.settings import Settings
from domain.finding.events import FindingEscalated
from projections.cases import CASES
from projections.notices import NOTICES
from tests import examples as ex
from tests.adapters.row_stores import Listed
from tests.projections.folding import recorded

SECRET = "Fru Jensens hæk"


@pytest.mark.parametrize("log_format", ["console", "json"])
def test_a_projection_that_stops_does_not_log_the_case(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    log_format: Literal["console", "json"],
) -> None:
    logs.configure(Settings(data=tmp_path, log_format=log_format))
    told = ex.REPORTED.model_copy(update={"text": SECRET})
    huge = FindingEscalated(stamp=ex.stamp(), level=10**30, run=1, to=(ex.LEADER,))

    store = RowStore(SqliteRows(tmp_path / "views.db"), [CASES, NOTICES])
    store.create()
    store.catch_up(Listed(recorded(told, ex.ASSIGNED, huge)))
    store.close()

    said = capsys.readouterr()
    assert said.out == ""
    assert "projection.stopped" in said.err
    assert "OverflowError" in said.err
    assert SECRET not in said.err


def test_json_lines_are_json(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(Settings(log_format="json"))

    structlog.get_logger().info("command.handled", stream="finding/Å-1")

    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["level"]) == ("command.handled", "info")
    assert line["stream"] == "finding/Å-1"


def test_quiet_settings_are_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(Settings(log_level="error"))

    structlog.get_logger().warning("command.refused")

    assert capsys.readouterr().err == ""
