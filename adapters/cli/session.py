"""One call of the program: its settings, its language, its open installation."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from pydantic import ValidationError

from adapters import logs, system
from adapters.cli import saying
from adapters.settings import Settings
from adapters.system import Gadelys
from adapters.texts import Texts
from adapters.viewing import Viewer
from domain.access import Purpose
from domain.errors import Code, DomainError, NotFound
from domain.register.model import Register
from domain.values import Actor

Answer = TypeVar("Answer")


@dataclass
class Session:
    """What every verb needs: how to answer, and whom to ask."""

    as_json: bool = False
    lang: str | None = None
    quiet_logs: bool = True
    number: str | None = None
    register: Register | None = None
    reader: tuple[str, str | None] | None = None
    """Who looks, and what for; only where something is looked at."""

    @cached_property
    def settings(self) -> Settings:
        """How this installation runs, read from the environment.

        Raises: Misused (bad_input) naming every variable that is wrong.
        """
        try:
            settings = Settings()
        except ValidationError as problem:
            faults = "; ".join(
                f"GADELYS_{'.'.join(map(str, fault['loc'])).upper()}: {fault['msg']}"
                for fault in problem.errors(include_url=False)
            )
            raise saying.bad_value(faults) from problem
        if self.quiet_logs:
            settings = settings.model_copy(update={"log_level": "error"})
        logs.configure(settings)
        return settings

    @property
    def texts(self) -> Texts:
        """The texts of the chosen language, with the register's names if known."""
        return Texts(self.lang or "da", self.register)

    @contextmanager
    def system(self) -> Iterator[Gadelys]:
        """Open the installation."""
        with system.opened(self.settings) as opened:
            try:
                self.register = opened.rules().register
            except NotFound:
                self.register = None
            yield opened

    def viewer(self, system: Gadelys) -> Viewer:
        """Return whoever looks at `system`.

        Raises: Misused (bad_input), NotFound (unknown_unit), Refused
            (purpose_missing).
        """
        by, purpose = self.reader or ("", None)
        try:
            who, reason = Actor.parse(by), Purpose(purpose) if purpose else None
        except ValueError as problem:
            known = ", ".join(Purpose)
            raise saying.bad_value(f"--by/--for: {problem} ({known})") from problem
        return Viewer(system, who, reason)

    def run(self, ask: Callable[[], Answer], debug: bool = False) -> Answer:
        """Return the answer, or say the refusal and end with its exit code."""
        try:
            self._refuse_broken_arguments()
            return ask()
        except DomainError as refusal:
            if debug:
                raise
            saying.refuse(refusal, self.texts, as_json=self.as_json, number=self.number)
        except KeyboardInterrupt:
            raise SystemExit(130) from None
        except BrokenPipeError:
            sys.stderr.close()
            raise SystemExit(0) from None
        except Exception as problem:  # noqa: BLE001 - people never see a traceback
            saying.unexpected(problem, debug=debug)

    def _refuse_broken_arguments(self) -> None:
        """Refuse arguments that are not text; they could not be stored."""
        for argument in sys.argv[1:]:
            try:
                argument.encode()
            except UnicodeEncodeError as problem:
                raise saying.Misused(
                    Code.NOT_UTF8, file="argv", byte=problem.start
                ) from problem
