"""Runs that were started by an earlier version still run.

The histories are recorded by `python -m tests.tools.histories`; see there.
"""

import json
import re
from base64 import b64decode
from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner
from typing_extensions import override

from adapters.temporal.worker import WORKFLOWS, runner
from tests.tools.histories import BUSY, HISTORIES, PLAYED, RELEASED
from workflows.delivery import Delivery, DeliveryRequest
from workflows.follow_up import FollowUp
from workflows.following import Plan
from workflows.handover import Handover

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(HISTORIES.glob("*.json"))
OURS: list[type] = list(WORKFLOWS)

follow_ups = pytest.mark.parametrize(
    "file", [f for f in FILES if f.stem.startswith("follow-up")], ids=lambda f: f.stem
)
every_history = pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)


@workflow.defn(name="follow-up")
class AsksTwice(FollowUp):
    """A change that must be seen: the plan is looked up twice."""

    @workflow.init
    def __init__(self, first: Plan) -> None:
        """Start as before."""
        super().__init__(first)

    @override
    @workflow.run
    async def run(self, first: Plan) -> int:
        """Ask, and ask again."""
        await self._current()
        return await super().run(first)


@workflow.defn(name="follow-up")
class NeverAsks(FollowUp):
    """A change that must be seen: the plan is not looked up at the start."""

    @workflow.init
    def __init__(self, first: Plan) -> None:
        """Start as before."""
        super().__init__(first)

    @override
    @workflow.run
    async def run(self, first: Plan) -> int:
        """Trust what came with the start."""
        while step := self.next_step:
            await self.wait_and_take(step)
        return self._taken


@workflow.defn(name="deliver")
class SendsTwice(Delivery):
    """A change that must be seen: a message is sent before its moment."""

    @override
    @workflow.run
    async def run(self, request: DeliveryRequest) -> int:
        """Send, and send again."""
        return await self._send(request) + await super().run(request)


@workflow.defn(name="handover")
class AsksAgain(Handover):
    """An unsafe edit: the facts are asked once more."""

    @workflow.init
    def __init__(self, offered: Plan) -> None:
        """Start as before."""
        super().__init__(offered)

    @override
    @workflow.run
    async def run(self, offered: Plan) -> int:
        """Wait as before, and look again."""
        await self.look()
        return await super().run(offered)


@workflow.defn(name="handover")
class AsksAgainFromNowOn(Handover):
    """The same edit, for new runs only."""

    @workflow.init
    def __init__(self, offered: Plan) -> None:
        """Start as before."""
        super().__init__(offered)

    @override
    @workflow.run
    async def run(self, offered: Plan) -> int:
        """Wait as before; look again if this run began after the edit."""
        if workflow.patched("asks-again"):
            await self.look()
        return await super().run(offered)


def history(file: Path) -> WorkflowHistory:
    return WorkflowHistory.from_json(file.stem, file.read_text("utf-8"))


async def replay(file: Path, workflows: list[type], *, sandboxed: bool = True) -> None:
    chosen: SandboxedWorkflowRunner | UnsandboxedWorkflowRunner = (
        runner() if sandboxed else UnsandboxedWorkflowRunner()
    )
    replayer = Replayer(
        workflows=workflows,
        data_converter=pydantic_data_converter,
        workflow_runner=chosen,
    )
    await replayer.replay_workflow(history(file))


def test_every_shape_has_a_history() -> None:
    shapes = {shape.name for shape in PLAYED} | set(BUSY) | set(RELEASED)

    assert {file.stem for file in FILES} == shapes


@every_history
async def test_a_run_of_any_shape_still_runs(file: Path) -> None:
    await replay(file, OURS)


@pytest.mark.parametrize("changed", [AsksTwice, NeverAsks])
@follow_ups
async def test_a_changed_follow_up_is_noticed(file: Path, changed: type) -> None:
    with pytest.raises(workflow.NondeterminismError):
        await replay(file, [changed], sandboxed=False)


@pytest.mark.parametrize(
    "file", [f for f in FILES if f.stem.startswith("delivery")], ids=lambda f: f.stem
)
async def test_a_changed_delivery_is_noticed(file: Path) -> None:
    with pytest.raises(workflow.NondeterminismError):
        await replay(file, [SendsTwice], sandboxed=False)


@pytest.mark.parametrize(
    "file", [f for f in FILES if f.stem.startswith("handover")], ids=lambda f: f.stem
)
async def test_an_unsafe_edit_is_noticed_and_a_patched_one_is_not(file: Path) -> None:
    with pytest.raises(workflow.NondeterminismError):
        await replay(file, [AsksAgain], sandboxed=False)

    await replay(file, [AsksAgainFromNowOn], sandboxed=False)


@every_history
async def test_a_run_cut_off_anywhere_still_runs(file: Path) -> None:
    """A run that waits today is a history without its end."""
    whole = json.loads(file.read_text("utf-8"))
    events = whole["events"]
    cuts = [
        nth
        for nth, event in enumerate(events, start=1)
        if event["eventType"] == "EVENT_TYPE_WORKFLOW_TASK_COMPLETED"
    ]
    replayer = Replayer(
        workflows=OURS,
        data_converter=pydantic_data_converter,
        workflow_runner=UnsandboxedWorkflowRunner(),
    )
    for cut in cuts[:-1]:
        part = json.dumps({"events": events[: cut - 1]})
        await replayer.replay_workflow(WorkflowHistory.from_json(file.stem, part))


def test_histories_carry_no_text_and_no_machine() -> None:
    told = ["Hækken", "Vokset", "halvt", str(ROOT), f"{Path.home()}/", "@"]
    found = [
        (file.name, word)
        for file in FILES
        for word in told
        if word in readable(file.read_text("utf-8"))
    ]

    assert found == []


def readable(text: str) -> str:
    """Return a history with its payloads as they were before they were packed."""
    packed = re.findall(r'"data": "([^"]*)"', text)
    return "\n".join([text, *(b64decode(one).decode() for one in packed)])
