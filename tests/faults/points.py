"""Named points at which a worker can be killed, or made to fail.

They lie around everything that leaves a trace: a command, a mail, an answer to
the server.
"""

import re
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory
from temporalio.worker import (
    ActivityInboundInterceptor,
    ExecuteActivityInput,
    Interceptor,
)
from typing_extensions import override

from adapters.notify.smtp import Mailer
from adapters.system import Gadelys
from domain.handling import AnyCommand
from domain.ports import Receipt

Passed = Callable[[str], None]
"""Is told the name of a point that is passed."""

Once = tuple[str, str, str]
"""A run, an activity of it, and which of several of that name."""


class WatchedSystem(Gadelys):
    """An installation that says when a command is about to be stored, and is."""

    passed: Passed

    @classmethod
    def of(cls, system: Gadelys, passed: Passed) -> "WatchedSystem":
        """Watch `system`, sharing its files."""
        watched = cls(
            system.settings, system.store, system.rules, system.vault, system.now
        )
        watched.passed = passed
        return watched

    @override
    def submit(
        self,
        command: AnyCommand,
        *,
        expected: int | None = None,
        time_matters: bool = False,
    ) -> Receipt:
        what = _command(command)
        self.passed(f"{what}: about to submit")
        receipt = super().submit(command, expected=expected, time_matters=time_matters)
        self.passed(f"{what}: submitted")
        return receipt


class WatchedMailer:
    """Says when a mail is about to be sent, and when it is not yet confirmed."""

    def __init__(self, mailer: Mailer, passed: Passed) -> None:
        """Send through `mailer`."""
        self._mailer = mailer
        self._passed = passed

    def send(self, message: EmailMessage) -> None:
        """Send `message`."""
        self._passed("mail: about to send")
        self._mailer.send(message)
        self._passed("mail: sent, not confirmed")


class WatchedActivities(Interceptor):
    """Says when an activity begins, and when its answer is not yet on its way."""

    def __init__(self, passed: Passed) -> None:
        """Tell `passed`."""
        self._passed = passed

    @override
    def intercept_activity(
        self, next: ActivityInboundInterceptor
    ) -> ActivityInboundInterceptor:
        return _Watched(super().intercept_activity(next), self._passed)


class _Watched(ActivityInboundInterceptor):
    def __init__(self, then: ActivityInboundInterceptor, passed: Passed) -> None:
        super().__init__(then)
        self._passed = passed

    @override
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        name = activity.info().activity_type
        self._passed(f"{name}: begun")
        answer = await super().execute_activity(input)
        self._passed(f"{name}: done, not answered")
        return answer


class FailingOnce(Interceptor):
    """Lets every activity fail once, after it has done what it does."""

    def __init__(self) -> None:
        """Begin with nothing failed."""
        self.failed: set[Once] = set()

    @override
    def intercept_activity(
        self, next: ActivityInboundInterceptor
    ) -> ActivityInboundInterceptor:
        return _FailingOnce(super().intercept_activity(next), self.failed)


class _FailingOnce(ActivityInboundInterceptor):
    def __init__(
        self,
        then: ActivityInboundInterceptor,
        failed: set[Once],
    ) -> None:
        super().__init__(then)
        self._failed = failed

    @override
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        answer = await super().execute_activity(input)
        info = activity.info()
        once = (info.workflow_run_id or "", info.activity_type, info.activity_id)
        if once not in self._failed:
            self._failed.add(once)
            raise _lost()
        return answer


class LosingMailer:
    """Hands every mail over, and says the first time that it does not know."""

    def __init__(self, mailer: Mailer) -> None:
        """Send through `mailer`."""
        self._mailer = mailer
        self._lost: set[str] = set()

    def send(self, message: EmailMessage) -> None:
        """Send `message`.

        Raises: ApplicationError for each message once, when it has left.
        """
        self._mailer.send(message)
        name = str(message["Message-ID"])
        if name not in self._lost:
            self._lost.add(name)
            raise _lost()


def _lost() -> ApplicationError:
    return ApplicationError(
        "the answer got lost", category=ApplicationErrorCategory.BENIGN
    )


def _command(command: AnyCommand) -> str:
    """Name a command, and of a step its kind: `walk escalate`, `handover undecided`."""
    key = getattr(command, "key", "") if command.NAME == "take_step" else ""
    if not key:
        return command.NAME
    subject = command.stream.partition("/")[0]
    words = re.findall(r"[a-z][a-z_-]+", key)
    kind = words[-1] if words[0] == "handover" and len(words) > 1 else words[0]
    return f"{subject} {words[0]} {kind}" if kind != words[0] else f"{subject} {kind}"
