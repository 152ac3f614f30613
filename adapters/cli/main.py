"""`gadelys`: one verb per command, and questions about what became of it.

Only what is needed to show help is imported here; a verb imports its own parts.
"""

import os
import sys
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from inspect import Parameter, Signature
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typing_extensions import override

import adapters
from adapters.cli.verbs import REPORT, VERBS, VERIFY, WALK_VERBS, Verb
from adapters.cycles import look_seldom

NUMBERS = {"lat", "lon"}
FLAGS = {"same_point", "after_dark"}
COUNTS = {"count", "helped", "informed"}


def language(arguments: list[str], environment: Mapping[str, str]) -> str:
    """Return the language asked for, before anything is parsed."""
    for place, argument in enumerate(arguments):
        if argument.startswith("--lang="):
            return argument.partition("=")[2]
        if argument == "--lang" and place + 1 < len(arguments):
            return arguments[place + 1]
    return environment.get("GADELYS_LANG", "da")


LANG = language(sys.argv[1:], os.environ)


@cache
def _help_table() -> Mapping[str, str]:
    # Read as a file: importing the texts would import the whole domain.
    name = "en.toml" if LANG == "en" else "da.toml"
    path = Path(adapters.__file__).parent / "texts" / name
    table: Mapping[str, str] = tomllib.loads(path.read_text("utf-8"))["help"]
    return table


def helping(key: str) -> str:
    """Return one line of help in the language asked for."""
    return _help_table().get(key, key)


def option(name: str, **more: Any) -> Any:
    """Return an option whose help is in the texts."""
    more.setdefault("show_default", False)
    return typer.Option(f"--{name}", help=helping(f"option-{name}"), **more)


def _typed(name: str, help_key: str) -> Any:
    """Return an option that is called as another is, and means something else."""
    return typer.Option(f"--{name}", help=helping(help_key), show_default=False)


Json = Annotated[bool, option("json")]
Lang = Annotated[str | None, option("lang", envvar="GADELYS_LANG")]
Debug = Annotated[bool, option("debug")]
Checked = Annotated[bool, option("checked")]
AsOf = Annotated[str | None, option("as-of")]
AsKnown = Annotated[str | None, option("as-known")]
After = Annotated[str | None, option("after")]
Limit = Annotated[int, option("limit", min=1, max=10_000)]
PAGE = 100
ANYWHERE = {"--json", "--debug", "--lang", "da", "en", "--lang=da", "--lang=en"}
"""Words that can stand anywhere, and say nothing of what is meant."""

Number = Annotated[str, typer.Argument(help=helping("option-number"))]
By = Annotated[str, option("by", envvar="GADELYS_BY")]
For = Annotated[str | None, option("for")]
At = Annotated[str | None, option("at")]
Away = Annotated[str, typer.Argument(help=helping("option-absent"))]
Key = Annotated[str, typer.Argument(help=helping("option-key"))]
File = Annotated[Path, typer.Argument(help=helping("option-file"))]
Folder = Annotated[Path, typer.Argument(help=helping("option-witness"))]
Publication = Annotated[str, typer.Argument(help=helping("option-publication"))]
Whose = Annotated[str, typer.Argument(help=helping("option-subject"))]
RestrictedFor = Annotated[
    str,
    typer.Option(
        "--reason", help=helping("option-restrict-reason"), show_default=False
    ),
]
HeldFor = Annotated[
    str,
    typer.Option("--reason", help=helping("option-hold-reason"), show_default=False),
]
CommandId = Annotated[str | None, option("command-id")]
WholeText = Annotated[
    bool, typer.Option("--text", help=helping("option-whole-text"), show_default=False)
]


class FindingByDefault(TyperGroup):
    """`report 2026-19 …` reports a finding; `report walk …` makes a report."""

    @override
    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Read a word that is no report as the number of a finding."""
        if args and args[0] not in self.commands:
            args = ["finding", *args]
        return super().resolve_command(ctx, args)

    @override
    def parse_args(self, ctx: Any, args: list[str]) -> Any:
        """Let options alone mean a finding whose number we choose."""
        if args and args[0].startswith("-") and args[0] != "--help":
            args = ["finding", *args]
        return super().parse_args(ctx, args)


class FixByDefault(FindingByDefault):
    """`verify 2026-19 …` verifies a fix; `verify` alone verifies the history."""

    @override
    def parse_args(self, ctx: Any, args: list[str]) -> Any:
        """Let no number, or an option of the history, mean the history."""
        is_open = not args or args[0].startswith("-")
        asked = {one.partition("=")[0] for one in args}
        of_history = self._options("history") - self._options("finding")
        if is_open and (asked & of_history or set(args) <= ANYWHERE):
            args = ["history", *args]
        return super().parse_args(ctx, args)

    def _options(self, name: str) -> set[str]:
        return {word for one in self.commands[name].params for word in one.opts}


def _group(**more: Any) -> typer.Typer:
    return typer.Typer(
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["--help", "-h"]},
        **more,
    )


app = _group(help=helping("program"), no_args_is_help=True)
report = _group(help=helping("report"), no_args_is_help=True, cls=FindingByDefault)
register = _group(help=helping("register"), no_args_is_help=True)
walks = _group(help=helping("walks"), no_args_is_help=True)
app.add_typer(report, name="report")
app.add_typer(register, name="register")
app.add_typer(walks, name="walks")
roster = _group(help=helping("roster"), no_args_is_help=True)
app.add_typer(roster, name="roster")
publications = _group(help=helping("publications"), no_args_is_help=True)
app.add_typer(publications, name="publications")
deliveries = _group(help=helping("deliveries"), no_args_is_help=True)
app.add_typer(deliveries, name="deliveries")
letters = _group(help=helping("letters"), no_args_is_help=True)
app.add_typer(letters, name="letters")
config = _group(help=helping("config"), no_args_is_help=True)
app.add_typer(config, name="config")
verify = _group(help=helping("verify-both"), cls=FixByDefault)
app.add_typer(verify, name="verify")
witness = _group(help=helping("witness"), no_args_is_help=True)
app.add_typer(witness, name="witness")
keys = _group(help=helping("keys"), no_args_is_help=True)
app.add_typer(keys, name="keys")
subject = _group(help=helping("subject"), no_args_is_help=True)
app.add_typer(subject, name="subject")
measurements = _group(help=helping("measurements"), no_args_is_help=True)
app.add_typer(measurements, name="measurements")
police = _group(help=helping("police"), no_args_is_help=True)
app.add_typer(police, name="police")


def _part(name: str) -> Any:
    """Import one part of the command line; help must not wait for it."""
    return import_module(f"adapters.cli.{name}")


def _answer(
    where: str,
    *given: Any,
    json: bool = False,
    lang: str | None = None,
    debug: bool = False,
    logs: bool = False,
    reader: tuple[str, str | None] | None = None,
    **more: Any,
) -> None:
    """Let `part.verb` of the command line answer what was given."""
    part, _, verb = where.partition(".")
    session = _part("session").Session(
        as_json=json, lang=lang or LANG, quiet_logs=not logs, reader=reader
    )
    session.run(lambda: getattr(_part(part), verb)(session, *given, **more), debug)


def _kind(name: str) -> type:
    if name in FLAGS:
        return bool
    if name in NUMBERS:
        return float
    return int if name in COUNTS else str


def _parameters(verb: Verb, number: Any) -> list[Parameter]:
    """Return the options of a verb, as if its function had been written out."""

    def keyword(name: str, annotation: Any, *default: Any) -> Parameter:
        more = {"default": default[0]} if default else {}
        return Parameter(name, Parameter.KEYWORD_ONLY, annotation=annotation, **more)

    def optional(name: str, kind: Any) -> Parameter:
        text = name.replace("_", "-")
        return keyword(name, Annotated[kind | None, option(text)], None)

    return [
        number,
        *(
            keyword(name, Annotated[_kind(name), option(name.replace("_", "-"))])
            for name in verb.required
        ),
        *(optional(name, _kind(name)) for name in verb.optional),
        keyword("by", By),
        optional("at", str),
        optional("command_id", str),
        optional("expected_version", int),
        *([keyword("checked", Checked, False)] if verb.tells else []),
        keyword("json", Json, False),
        keyword("lang", Lang, None),
        keyword("debug", Debug, False),
    ]


def _add(group: typer.Typer, verb: Verb, key: str, *, kind: str, name: str) -> None:
    """Add one verb of the table to a group of the command line."""
    freely = verb is REPORT
    number = Parameter(
        "number",
        Parameter.POSITIONAL_OR_KEYWORD,
        annotation=Annotated[
            str | None if freely else str, typer.Argument(help=helping("option-number"))
        ],
        **({"default": None} if freely else {}),
    )

    def ask(**given: Any) -> None:
        _answer(f"asking.ask_{kind}", verb.name, **given)

    parameters = _parameters(verb, number)
    ask.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    ask.__annotations__ = {one.name: one.annotation for one in parameters}
    ask.__name__ = verb.name
    group.command(name, help=helping(key))(ask)


for _verb in VERBS:
    _group_of, _line = (
        (verify, "finding") if _verb is VERIFY else (app, _verb.on_the_line)
    )
    _add(_group_of, _verb, _verb.on_the_line, kind="finding", name=_line)
for _verb in WALK_VERBS:
    _line = _verb.on_the_line
    _add(walks, _verb, f"walks-{_line}", kind="walk", name=_line)
_add(report, REPORT, "report-finding", kind="finding", name="finding")


@app.callback()
def options(lang: Lang = None) -> None:
    """Take the language before a verb too; it was read before anything was parsed."""


@walks.command("ask-answer", help=helping("walks-ask-answer"))
def walks_ask_answer(
    number: Number,
    group: Annotated[str, option("group")],
    by: By,
    mail: Annotated[str | None, option("mail")] = None,
    letter: Annotated[str | None, option("letter")] = None,
    at: At = None,
    command_id: Annotated[str | None, option("command-id")] = None,
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Note that a participant wants an answer; the language is the one used here."""
    _answer(
        "participants.ask_answer",
        number,
        group,
        mail,
        letter,
        by=by,
        at=at,
        command_id=command_id,
        json=json,
        lang=lang,
        debug=debug,
    )


@walks.command("list", help=helping("walks-list"))
def walks_list(
    by: By,
    purpose: For = None,
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Show all walks."""
    _answer("views.walks", json=json, lang=lang, debug=debug, reader=(by, purpose))


@roster.command("absent", help=helping("roster-absent"))
def roster_absent(
    actor: Away,
    first: Annotated[str, option("first")],
    last: Annotated[str, option("last")],
    by: By,
    substitute: Annotated[str | None, option("substitute")] = None,
    at: At = None,
    command_id: Annotated[str | None, option("command-id")] = None,
    expected_version: Annotated[int | None, option("expected-version")] = None,
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Note that a person is away or a unit is closed."""
    _answer(
        "roster.absent",
        actor,
        first=first,
        last=last,
        substitute=substitute,
        by=by,
        at=at,
        command_id=command_id,
        expected_version=expected_version,
        json=json,
        lang=lang,
        debug=debug,
    )


@roster.command("back", help=helping("roster-back"))
def roster_back(
    actor: Away,
    last: Annotated[str, option("last")],
    by: By,
    at: At = None,
    command_id: Annotated[str | None, option("command-id")] = None,
    expected_version: Annotated[int | None, option("expected-version")] = None,
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Note that somebody is back sooner."""
    _answer(
        "roster.back",
        actor,
        last=last,
        by=by,
        at=at,
        command_id=command_id,
        expected_version=expected_version,
        json=json,
        lang=lang,
        debug=debug,
    )


@roster.command("list", help=helping("roster-list"))
def roster_list(
    on: Annotated[str | None, option("on")] = None,
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Show who is away, and who stands in."""
    _answer("roster.listed", on, json=json, lang=lang, debug=debug)


@deliveries.command("list", help=helping("deliveries-list"))
def deliveries_list(
    failed: Annotated[bool, option("failed")] = False,
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Show the messages that have not reached anybody."""
    _answer("deliveries.listed", failed=failed, json=json, lang=lang, debug=debug)


@deliveries.command("retry", help=helping("deliveries-retry"))
def deliveries_retry(
    key: Key,
    by: By,
    at: At = None,
    command_id: Annotated[str | None, option("command-id")] = None,
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Let a message that was given up be tried again."""
    _answer(
        "deliveries.retry",
        key,
        by=by,
        at=at,
        command_id=command_id,
        json=json,
        lang=lang,
        debug=debug,
    )


@deliveries.command("settle", help=helping("deliveries-settle"))
def deliveries_settle(
    key: Key,
    reason: Annotated[str, option("reason")],
    by: By,
    at: At = None,
    command_id: Annotated[str | None, option("command-id")] = None,
    checked: Checked = False,
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Note that the recipient was told in another way."""
    _answer(
        "deliveries.settle",
        key,
        reason=reason,
        by=by,
        at=at,
        command_id=command_id,
        checked=checked,
        json=json,
        lang=lang,
        debug=debug,
    )


@letters.command("list", help=helping("letters-list"))
def letters_list(json: Json = False, lang: Lang = None, debug: Debug = False) -> None:
    """Show the letters to be printed and posted."""
    _answer("deliveries.letters", json=json, lang=lang, debug=debug)


@letters.command("posted", help=helping("letters-posted"))
def letters_posted(
    key: Key,
    by: By,
    at: At = None,
    command_id: Annotated[str | None, option("command-id")] = None,
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Note that a letter was posted."""
    _answer(
        "deliveries.posted",
        key,
        by=by,
        at=at,
        command_id=command_id,
        json=json,
        lang=lang,
        debug=debug,
    )


@publications.command("draft", help=helping("publications-draft"))
def publications_draft(
    file: File,
    kind: Annotated[str, option("kind")],
    title: Annotated[str, option("title")],
    by: By,
    number: Annotated[str | None, option("number")] = None,
    walk: Annotated[str | None, option("walk")] = None,
    finding: Annotated[str | None, option("finding")] = None,
    supersedes: Annotated[str | None, option("supersedes")] = None,
    at: At = None,
    command_id: CommandId = None,
    checked: Checked = False,
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Lay a text before both authorities."""
    _answer(
        "publications.draft",
        file,
        number,
        kind=kind,
        title=title,
        walk=walk,
        finding=finding,
        supersedes=supersedes,
        by=by,
        at=at,
        command_id=command_id,
        checked=checked,
        json=json,
        lang=lang,
        debug=debug,
    )


@publications.command("learning", help=helping("publications-learning"))
def publications_learning(
    finding: Annotated[str, typer.Argument(help=helping("option-finding"))],
    title: Annotated[str, option("title")],
    file: Annotated[Path, option("file")],
    by: By,
    number: Annotated[str | None, option("number")] = None,
    walk: Annotated[str | None, option("walk")] = None,
    supersedes: Annotated[str | None, option("supersedes")] = None,
    at: At = None,
    command_id: CommandId = None,
    checked: Checked = False,
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Lay before both authorities what was done about a closed case."""
    _answer(
        "publications.draft",
        file,
        number,
        kind="learning",
        title=title,
        walk=walk,
        finding=finding,
        supersedes=supersedes,
        by=by,
        at=at,
        command_id=command_id,
        checked=checked,
        json=json,
        lang=lang,
        debug=debug,
    )


@publications.command("approve", help=helping("publications-approve"))
def publications_approve(
    number: Publication,
    content: Annotated[str, option("content")],
    by: By,
    at: At = None,
    command_id: CommandId = None,
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Approve, for one's own authority, the text that was seen."""
    _answer(
        "publications.approve",
        number,
        content,
        by=by,
        at=at,
        command_id=command_id,
        json=json,
        lang=lang,
        debug=debug,
    )


@publications.command("withdraw", help=helping("publications-withdraw"))
def publications_withdraw(
    number: Publication,
    reason: Annotated[str, option("reason")],
    by: By,
    at: At = None,
    command_id: CommandId = None,
    checked: Checked = False,
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Take a draft or a published text back."""
    _answer(
        "publications.withdraw",
        number,
        reason,
        by=by,
        at=at,
        command_id=command_id,
        checked=checked,
        json=json,
        lang=lang,
        debug=debug,
    )


@publications.command("show", help=helping("publications-show"))
def publications_show(
    number: Publication,
    text: WholeText = False,
    out: Annotated[Path | None, option("out")] = None,
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Show one publication, or its text."""
    _answer(
        "publications.show",
        number,
        text=text,
        out=out,
        json=json,
        lang=lang,
        debug=debug,
    )


@publications.command("lay-out", help=helping("publications-lay-out"))
def publications_lay_out(
    json: Json = False, lang: Lang = None, debug: Debug = False
) -> None:
    """Bring the public folder in line with the history."""
    _answer("publications.lay_out", json=json, lang=lang, debug=debug)


@publications.command("again", help=helping("publications-again"))
def publications_again(
    number: Publication, json: Json = False, lang: Lang = None, debug: Debug = False
) -> None:
    """Make a published report again, and say whether it is the same."""
    _answer("publications.again", number, json=json, lang=lang, debug=debug)


@publications.command("list", help=helping("publications-list"))
def publications_list(
    walk: Annotated[str | None, option("walk")] = None,
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Show all publications."""
    _answer("publications.listed", walk, json=json, lang=lang, debug=debug)


First = Annotated[str | None, _typed("from", "option-period-first")]
Last = Annotated[str | None, _typed("to", "option-period-last")]
Internal = Annotated[bool, option("internal")]
Out = Annotated[Path | None, option("out")]
Again = Annotated[Path | None, option("again")]
CsvForm = Annotated[str, option("csv")]


def _about(key: str) -> Any:
    """Return a word that may be left out where a report is repeated."""
    return typer.Argument(help=helping(key), show_default=False)


def _report(kind: str, **given: Any) -> None:
    """Let a report be made; which there are is not known before it is needed."""
    _answer("reporting.report", kind, **given)


@measurements.command("import", help=helping("measurements-import"))
def measurements_import(
    file: File,
    by: By,
    at: At = None,
    only_check: Annotated[bool, _typed("check", "option-only-check")] = False,
    checked: Checked = False,
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Take in figures that others have published."""
    _answer(
        "measurements.take_in",
        file,
        by=by,
        at=at,
        only_check=only_check,
        checked=checked,
        json=json,
        lang=lang,
        debug=debug,
    )


Series = Annotated[str, typer.Argument(help=helping("option-series"))]
MeasuredArea = Annotated[str, _typed("area", "option-measured-area")]
OneMetric = Annotated[str, option("metric")]
Year = Annotated[int, option("year")]
Months = Annotated[str | None, _typed("period", "option-months")]
Sample = Annotated[str | None, option("n")]


@measurements.command("list", help=helping("measurements-list"))
def measurements_list(
    by: By,
    purpose: For = None,
    area: Annotated[str | None, _typed("area", "option-measured-area")] = None,
    metric: Annotated[str | None, option("metric")] = None,
    as_of: AsOf = None,
    as_known: AsKnown = None,
    internal: Annotated[bool, option("internal")] = False,
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Show every series, each by itself."""
    _answer(
        "measurements.listed",
        json=json,
        lang=lang,
        debug=debug,
        reader=(by, purpose),
        series=None,
        area=area,
        metric=metric,
        as_of=as_of,
        as_known=as_known,
        internal=internal,
    )


@measurements.command("show", help=helping("measurements-show"))
def measurements_show(
    series: Series,
    by: By,
    purpose: For = None,
    as_of: AsOf = None,
    as_known: AsKnown = None,
    internal: Annotated[bool, option("internal")] = False,
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Show one series."""
    _answer(
        "measurements.listed",
        json=json,
        lang=lang,
        debug=debug,
        reader=(by, purpose),
        series=series,
        area=None,
        metric=None,
        as_of=as_of,
        as_known=as_known,
        internal=internal,
    )


@measurements.command("correct", help=helping("measurements-correct"))
def measurements_correct(
    series: Series,
    metric: OneMetric,
    area: MeasuredArea,
    year: Year,
    reason: Annotated[str, _typed("reason", "option-figure-reason")],
    by: By,
    period: Months = None,
    value: Annotated[float | None, option("value")] = None,
    n: Sample = None,
    low: Annotated[float | None, option("low")] = None,
    high: Annotated[float | None, option("high")] = None,
    note: Annotated[str | None, _typed("note", "option-figure-note")] = None,
    at: At = None,
    command_id: CommandId = None,
    checked: Checked = False,
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Say that a figure is another one."""
    _answer(
        "measurements.correct",
        series,
        metric=metric,
        area=area,
        year=year,
        period=period,
        reason=reason,
        value=value,
        n=n,
        low=low,
        high=high,
        note=note,
        by=by,
        at=at,
        command_id=command_id,
        checked=checked,
        json=json,
        lang=lang,
        debug=debug,
    )


@measurements.command("withdraw", help=helping("measurements-withdraw"))
def measurements_withdraw(
    series: Series,
    metric: OneMetric,
    area: MeasuredArea,
    year: Year,
    reason: Annotated[str, _typed("reason", "option-figure-reason")],
    by: By,
    period: Months = None,
    at: At = None,
    command_id: CommandId = None,
    checked: Checked = False,
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Take a figure out that should not be there."""
    _answer(
        "measurements.withdraw",
        series,
        metric=metric,
        area=area,
        year=year,
        period=period,
        reason=reason,
        by=by,
        at=at,
        command_id=command_id,
        checked=checked,
        json=json,
        lang=lang,
        debug=debug,
    )


@measurements.command("area", help=helping("measurements-area"))
def measurements_area(
    series: Series,
    area: MeasuredArea,
    year: Year,
    by: By,
    left: Annotated[bool, option("left")] = False,
    at: At = None,
    command_id: CommandId = None,
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Say that an area has joined a series, or has left it."""
    _answer(
        "measurements.list_area",
        series,
        area=area,
        year=year,
        listed=not left,
        by=by,
        at=at,
        command_id=command_id,
        checked=True,
        json=json,
        lang=lang,
        debug=debug,
    )


@measurements.command("tell", help=helping("measurements-tell"))
def measurements_tell(
    focus: Annotated[str, typer.Argument(help=helping("option-focus"))],
    indicator: Annotated[str, typer.Argument(help=helping("option-indicator"))],
    first: Annotated[str, _typed("from", "option-told-first")],
    last: Annotated[str, _typed("to", "option-told-last")],
    value: Annotated[float, option("value")],
    source: Annotated[str, _typed("source", "option-told-source")],
    method: Annotated[str, option("method")],
    by: By,
    n: Sample = None,
    reason: Annotated[str | None, _typed("reason", "option-figure-reason")] = None,
    at: At = None,
    command_id: CommandId = None,
    checked: Checked = False,
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Tell how an effort goes, as one of its owners."""
    _answer(
        "measurements.tell",
        focus,
        indicator,
        first=first,
        last=last,
        value=value,
        n=n,
        source=source,
        method=method,
        reason=reason,
        by=by,
        at=at,
        command_id=command_id,
        checked=checked,
        json=json,
        lang=lang,
        debug=debug,
    )


@report.command("walk", help=helping("report-walk"))
def report_walk(
    number: Annotated[str | None, _about("option-number")] = None,
    *,
    by: By,
    purpose: For = None,
    as_of: AsOf = None,
    as_known: AsKnown = None,
    internal: Internal = False,
    out: Out = None,
    again: Again = None,
    csv: CsvForm = "danish",
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Say what became of one walk."""
    _report(
        "WALK",
        json=json,
        lang=lang,
        debug=debug,
        reader=(by, purpose),
        walk=number,
        as_of=as_of,
        as_known=as_known,
        internal=internal,
        out=out,
        again=again,
        csv=csv,
    )


@report.command("area", help=helping("report-area"))
def report_area(
    area: Annotated[str | None, _about("option-area-name")] = None,
    *,
    by: By,
    purpose: For = None,
    first: First = None,
    last: Last = None,
    as_of: AsOf = None,
    as_known: AsKnown = None,
    internal: Internal = False,
    out: Out = None,
    again: Again = None,
    csv: CsvForm = "danish",
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Say what became of the walks and cases of one area."""
    _report(
        "AREA",
        json=json,
        lang=lang,
        debug=debug,
        reader=(by, purpose),
        area=area,
        first=first,
        last=last,
        as_of=as_of,
        as_known=as_known,
        internal=internal,
        out=out,
        again=again,
        csv=csv,
    )


@report.command("half-year", help=helping("report-half-year"))
def report_half_year(
    half: Annotated[str | None, _about("option-half")] = None,
    *,
    by: By,
    purpose: For = None,
    as_of: AsOf = None,
    as_known: AsKnown = None,
    internal: Internal = False,
    out: Out = None,
    again: Again = None,
    csv: CsvForm = "danish",
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Say what moved in half a year, for both authorities."""
    _report(
        "HALF_YEAR",
        json=json,
        lang=lang,
        debug=debug,
        reader=(by, purpose),
        half=half,
        as_of=as_of,
        as_known=as_known,
        internal=internal,
        out=out,
        again=again,
        csv=csv,
    )


@report.command("council", help=helping("report-council"))
def report_council(
    by: By,
    purpose: For = None,
    first: First = None,
    last: Last = None,
    area: Annotated[str | None, _typed("area", "option-only-area")] = None,
    as_of: AsOf = None,
    as_known: AsKnown = None,
    internal: Internal = False,
    out: Out = None,
    again: Again = None,
    csv: CsvForm = "danish",
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Say what became of the walks of a period."""
    _report(
        "COUNCIL",
        json=json,
        lang=lang,
        debug=debug,
        reader=(by, purpose),
        first=first,
        last=last,
        area=area,
        as_of=as_of,
        as_known=as_known,
        internal=internal,
        out=out,
        again=again,
        csv=csv,
    )


@report.command("unit", help=helping("report-unit"))
def report_unit(
    unit: Annotated[str | None, _about("option-unit-name")] = None,
    *,
    by: By,
    purpose: For = None,
    first: First = None,
    last: Last = None,
    as_of: AsOf = None,
    as_known: AsKnown = None,
    out: Out = None,
    again: Again = None,
    csv: CsvForm = "danish",
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Say what one unit has to do, and what it has done."""
    _report(
        "UNIT",
        json=json,
        lang=lang,
        debug=debug,
        reader=(by, purpose),
        unit=unit,
        first=first,
        last=last,
        as_of=as_of,
        as_known=as_known,
        out=out,
        again=again,
        csv=csv,
    )


@report.command("publish", help=helping("report-publish"))
def report_publish(
    by: By,
    first: Annotated[str, _typed("from", "option-period-first")],
    last: Annotated[str, _typed("to", "option-period-last")],
    as_of: AsOf = None,
    as_known: AsKnown = None,
    area: Annotated[str | None, _typed("area", "option-only-area")] = None,
    number: Annotated[str | None, _typed("number", "option-publication")] = None,
    supersedes: Annotated[str | None, option("supersedes")] = None,
    at: At = None,
    command_id: CommandId = None,
    checked: Checked = False,
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Lay the report of a period before both authorities."""
    _answer(
        "reporting.publish",
        number,
        supersedes,
        json=json,
        lang=lang,
        debug=debug,
        reader=(by, None),
        checked=checked,
        period={
            "first": first,
            "last": last,
            "as_of": as_of,
            "as_known": as_known,
            "area": area,
        },
        by=by,
        at=at,
        command_id=command_id,
    )


@app.command(help=helping("worklist"))
def worklist(
    by: By,
    purpose: For = None,
    unit: Annotated[str | None, option("unit")] = None,
    person: Annotated[str | None, option("person")] = None,
    walk: Annotated[str | None, option("walk")] = None,
    area: Annotated[str | None, option("within")] = None,
    category: Annotated[str | None, option("category")] = None,
    status: Annotated[list[str] | None, option("status")] = None,
    text: Annotated[str | None, option("search")] = None,
    overdue: Annotated[bool, option("overdue")] = False,
    as_of: AsOf = None,
    as_known: AsKnown = None,
    order: Annotated[str, option("order")] = "due",
    after: After = None,
    limit: Limit = PAGE,
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Show who must do what by when, now or at a past moment."""
    cases = {
        "unit": unit,
        "person": person,
        "walk": walk,
        "area": area,
        "category": category,
        "statuses": status or [],
        "text": text,
    }
    page = {"order": order, "after": after, "limit": limit}
    _answer(
        "views.worklist",
        cases,
        {"overdue": overdue, "as_of": as_of, "as_known": as_known, **page},
        json=json,
        lang=lang,
        debug=debug,
        reader=(by, purpose),
    )


@app.command(help=helping("overdue"))
def overdue(
    by: By,
    purpose: For = None,
    unit: Annotated[str | None, option("unit")] = None,
    area: Annotated[str | None, option("within")] = None,
    as_of: AsOf = None,
    as_known: AsKnown = None,
    after: After = None,
    limit: Limit = PAGE,
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Show what is late, by clock, now or at a past moment."""
    _answer(
        "views.overdue",
        {"unit": unit, "area": area},
        {"as_of": as_of, "as_known": as_known, "after": after, "limit": limit},
        json=json,
        lang=lang,
        debug=debug,
        reader=(by, purpose),
    )


@app.command(help=helping("case"))
def case(
    number: Number,
    by: By,
    purpose: For = None,
    history: Annotated[bool, option("history")] = False,
    as_of: AsOf = None,
    as_known: AsKnown = None,
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Show one case, now or as it was."""
    _answer(
        "cases.case",
        number,
        as_of,
        as_known,
        history=history,
        json=json,
        lang=lang,
        debug=debug,
        reader=(by, purpose),
    )


@app.command(help=helping("duplicates"))
def duplicates(
    number: Number,
    by: By,
    purpose: For = None,
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Suggest cases that may be about the same thing."""
    _answer(
        "duplicates.duplicates",
        number,
        json=json,
        lang=lang,
        debug=debug,
        reader=(by, purpose),
    )


@app.command(help=helping("replay"))
def replay(
    number: Number,
    by: By,
    purpose: For = None,
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Step through the history of one case."""
    _answer(
        "cases.replay", number, json=json, lang=lang, debug=debug, reader=(by, purpose)
    )


@app.command(help=helping("walk"))
def walk(
    number: Number,
    by: By,
    purpose: For = None,
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Show one walk and its findings."""
    _answer(
        "views.walk", number, json=json, lang=lang, debug=debug, reader=(by, purpose)
    )


@app.command("import", help=helping("import"))
def import_file(
    file: File, json: Json = False, lang: Lang = None, debug: Debug = False
) -> None:
    """Store what is new in a walk file."""
    _answer("operations.import_file", file, json=json, lang=lang, debug=debug)


@register.command("show", help=helping("register-show"))
def register_show(json: Json = False, lang: Lang = None, debug: Debug = False) -> None:
    """Show the rules in force."""
    _answer("views.register", json=json, lang=lang, debug=debug)


@register.command("adopt", help=helping("register-adopt"))
def register_adopt(
    file: File,
    by: By,
    at: At = None,
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Put a register into force."""
    _answer("operations.adopt", file, by, at, json=json, lang=lang, debug=debug)


@app.command(help=helping("demo"))
def demo(
    file: Annotated[
        Path | None, typer.Argument(help=helping("option-file"), show_default=False)
    ] = None,
    until: Annotated[str | None, option("until")] = None,
    register: Annotated[Path | None, option("register")] = None,
    out: Annotated[Path | None, _typed("out", "option-demo-out")] = None,
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Play a walk file with skipped time."""
    _answer(
        "playing.demo", file, register, until, out, json=json, lang=lang, debug=debug
    )


@app.command(help=helping("init"))
def init(
    municipality: Annotated[str, option("municipality")],
    out: Annotated[Path, _typed("out", "option-init-out")] = Path("register.toml"),
    country: Annotated[str, option("country")] = "DK",
    zone: Annotated[str, option("zone")] = "Europe/Copenhagen",
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Write a register to edit."""
    _answer(
        "beginning.init",
        json=json,
        lang=lang,
        debug=debug,
        municipality=municipality,
        out=out,
        country=country,
        zone=zone,
    )


@app.command(help=helping("generate"))
def generate(
    walks: Annotated[int, option("walks", min=1, max=100_000)] = 60,
    years: Annotated[int, option("years", min=1, max=20)] = 5,
    seed: Annotated[int, option("seed")] = 1,
    findings: Annotated[int | None, option("findings", min=1, max=1_000_000)] = None,
    until: Annotated[str | None, _typed("until", "option-generate-until")] = None,
    centre: Annotated[str | None, option("centre")] = None,
    register: Annotated[Path | None, option("register")] = None,
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Fill an empty installation with an invented history."""
    _answer(
        "beginning.generate",
        json=json,
        lang=lang,
        debug=debug,
        walks=walks,
        years=years,
        seed=seed,
        findings=findings,
        until=until,
        centre=centre,
        register=register,
    )


@app.command(help=helping("migrate"))
def migrate(json: Json = False, lang: Lang = None, debug: Debug = False) -> None:
    """Create or bring up to date all files."""
    _answer("operations.migrate", json=json, lang=lang, debug=debug)


@app.command(help=helping("copy"))
def copy(
    source: Annotated[str, typer.Option("--from", help=helping("copy-from"))],
    target: Annotated[str, typer.Option("--to", help=helping("copy-to"))],
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Copy all facts to another, empty store."""
    _answer("operations.copy", source, target, json=json, lang=lang, debug=debug)


@app.command(help=helping("backup"))
def backup(
    folder: Annotated[Path, typer.Argument(help=helping("option-backup"))],
    verify: Annotated[bool, option("verify")] = False,
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Save everything that cannot be made again, or check what was saved."""
    verb = "verify_backup" if verify else "backup"
    _answer(f"operations.{verb}", folder, json=json, lang=lang, debug=debug)


@app.command(help=helping("restore"))
def restore(
    folder: Annotated[Path, typer.Argument(help=helping("option-backup"))],
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Put a backup into an installation that has nothing yet."""
    _answer("operations.restore", folder, json=json, lang=lang, debug=debug)


@config.command("show", help=helping("config-show"))
def config_show(json: Json = False, lang: Lang = None, debug: Debug = False) -> None:
    """Show which settings are in force."""
    # With the settings as they are: no verb's own quiet logs.
    _answer("configuration.show", json=json, lang=lang, debug=debug, logs=True)


@config.command("claims", help=helping("config-claims"))
def config_claims(
    source: Annotated[Path, typer.Argument(help=helping("option-claims"))],
    provider: Annotated[str, option("provider")] = "",
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Say what a login with some claims would give, and why."""
    _answer("configuration.claims", source, provider, json=json, lang=lang, debug=debug)


@app.command(help=helping("rebuild"))
def rebuild(
    projection: Annotated[str, typer.Argument(help=helping("option-projection"))],
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Fold a read model again from the first fact."""
    _answer("operations.rebuild", projection, json=json, lang=lang, debug=debug)


@app.command(help=helping("doctor"))
def doctor(
    register: Annotated[
        Path | None, _typed("register", "option-doctor-register")
    ] = None,
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Check the installation, or a register before it is adopted."""
    _answer("operations.doctor", register, json=json, lang=lang, debug=debug)


@app.command(help=helping("up"))
def up(
    demo: Annotated[bool, option("demo")] = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Run everything on this machine."""
    _answer("running.up", demo=demo, lang=lang, debug=debug, logs=True)


@app.command(help=helping("web"))
def web(lang: Lang = None, debug: Debug = False) -> None:
    """Answer browsers."""
    _answer("running.web", lang=lang, debug=debug, logs=True)


@app.command("web-key", help=helping("web-key"))
def web_key(
    name: Annotated[str, typer.Argument(help=helping("option-key-name"))],
    by: By,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Make a key for a program."""
    _answer("running.web_key", name, by, lang=lang, debug=debug)


@app.command(help=helping("work"))
def work(
    queue: Annotated[list[str] | None, option("queue")] = None,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Do steps and deliveries."""
    _answer("running.work", queue, lang=lang, debug=debug, logs=True)


@app.command(help=helping("dispatch"))
def dispatch(lang: Lang = None, debug: Debug = False) -> None:
    """Tell Temporal what new facts mean."""
    _answer("running.dispatch", lang=lang, debug=debug, logs=True)


@app.command(help=helping("project"))
def project(lang: Lang = None, debug: Debug = False) -> None:
    """Keep the read models up to date."""
    _answer("running.project", lang=lang, debug=debug, logs=True)


@app.command(help=helping("ledger"))
def ledger(lang: Lang = None, debug: Debug = False) -> None:
    """Take facts into the ledger and sign it."""
    _answer("running.ledger", lang=lang, debug=debug, logs=True)


@verify.command("history", help=helping("verify-history"))
def verify_history(
    level: Annotated[int, option("level", min=0, max=2, show_default=True)] = 1,
    since: Annotated[Path | None, option("since")] = None,
    trust: Annotated[Path | None, option("trust")] = None,
    receipt: Annotated[list[Path] | None, option("receipt")] = None,
    witnesses: Annotated[bool, option("witnesses")] = False,
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Compute the whole history again."""
    _answer(
        "proving.verify_history",
        level=level,
        since=since,
        trust=trust,
        receipts=receipt,
        witnesses=witnesses,
        json=json,
        lang=lang,
        debug=debug,
    )


@app.command(help=helping("checkpoint"))
def checkpoint(json: Json = False, lang: Lang = None, debug: Debug = False) -> None:
    """Show the last signed checkpoint."""
    _answer("proving.checkpoint", json=json, lang=lang, debug=debug)


@witness.command("new", help=helping("witness-new"))
def witness_new(
    folder: Folder,
    name: Annotated[
        str,
        typer.Option("--name", help=helping("option-witness-name"), show_default=False),
    ],
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Make a witness that has never signed anything."""
    _answer("witnessing.new", folder, name, json=json, lang=lang, debug=debug)


@witness.command("run", help=helping("witness-run"))
def witness_run(
    folder: Folder,
    name: Annotated[
        str,
        typer.Option("--name", help=helping("option-witness-name"), show_default=False),
    ],
    trust: Annotated[
        list[Path],
        typer.Option("--trust", help=helping("option-trust-of"), show_default=False),
    ],
    listen: Annotated[str, option("listen", show_default=True)] = "127.0.0.1:8470",
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Cosign the checkpoints of others."""
    _answer(
        "witnessing.run", folder, name, trust, listen, lang=lang, debug=debug, logs=True
    )


@app.command(help=helping("evidence"))
def evidence(
    number: Number,
    out: Annotated[Path, option("out")],
    by: By,
    purpose: For = None,
    since: Annotated[
        Path | None,
        typer.Option("--since", help=helping("evidence-since"), show_default=False),
    ] = None,
    trust: Annotated[Path | None, option("trust")] = None,
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Write a folder that proves one case."""
    _answer(
        "evidence.evidence",
        number,
        out=out,
        since=since,
        trust=trust,
        json=json,
        lang=lang,
        debug=debug,
        reader=(by, purpose),
    )


@keys.command("show", help=helping("keys-show"))
def keys_show(json: Json = False, lang: Lang = None, debug: Debug = False) -> None:
    """Show whom to trust."""
    _answer("proving.show_keys", json=json, lang=lang, debug=debug)


@keys.command("add", help=helping("keys-add"))
def keys_add(
    file: Annotated[Path, typer.Argument(help=helping("option-key-file"))],
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Make one more key that seals facts."""
    _answer("proving.add", file, json=json, lang=lang, debug=debug)


@keys.command("renew", help=helping("keys-renew"))
def keys_renew(json: Json = False, lang: Lang = None, debug: Debug = False) -> None:
    """Make new keys."""
    _answer("proving.renew", json=json, lang=lang, debug=debug)


@keys.command("rotate", help=helping("keys-rotate"))
def keys_rotate(json: Json = False, lang: Lang = None, debug: Debug = False) -> None:
    """Put a new key around the keys of persons."""
    _answer("person_keys.rotate", json=json, lang=lang, debug=debug)


@keys.command("backup", help=helping("keys-backup"))
def keys_backup(
    folder: Annotated[Path, typer.Argument(help=helping("option-backup"))],
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Save the keys of persons."""
    _answer("person_keys.backup", folder, json=json, lang=lang, debug=debug)


@keys.command("restore", help=helping("keys-restore"))
def keys_restore(
    folder: Annotated[Path, typer.Argument(help=helping("option-backup"))],
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Put saved keys of persons back."""
    _answer("person_keys.restore", folder, json=json, lang=lang, debug=debug)


@subject.command("request", help=helping("subject-request"))
def subject_request(
    name: Whose,
    basis: Annotated[str, option("basis")],
    by: By,
    at: At = None,
    command_id: CommandId = None,
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Ask for somebody's words to be erased."""
    _answer(
        "subjects.request",
        name,
        basis=basis,
        by=by,
        at=at,
        command_id=command_id,
        json=json,
        lang=lang,
        debug=debug,
    )


@subject.command("approve", help=helping("subject-approve"))
def subject_approve(
    name: Whose,
    by: By,
    at: At = None,
    command_id: CommandId = None,
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Agree to it as a second person."""
    _answer(
        "subjects.approve",
        name,
        by=by,
        at=at,
        command_id=command_id,
        json=json,
        lang=lang,
        debug=debug,
    )


@subject.command("restrict", help=helping("subject-restrict"))
def subject_restrict(
    name: Whose,
    reason: RestrictedFor,
    by: By,
    at: At = None,
    command_id: CommandId = None,
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Keep the words, and hide them from normal use."""
    _answer(
        "subjects.restrict",
        name,
        reason=reason,
        by=by,
        at=at,
        command_id=command_id,
        json=json,
        lang=lang,
        debug=debug,
    )


@subject.command("lift", help=helping("subject-lift"))
def subject_lift(
    name: Whose,
    by: By,
    at: At = None,
    command_id: CommandId = None,
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Show them again, as somebody else than whoever had them hidden."""
    _answer(
        "subjects.lift",
        name,
        by=by,
        at=at,
        command_id=command_id,
        json=json,
        lang=lang,
        debug=debug,
    )


@subject.command("hold", help=helping("subject-hold"))
def subject_hold(
    name: Whose,
    reason: HeldFor,
    by: By,
    at: At = None,
    command_id: CommandId = None,
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Forbid to erase them."""
    _answer(
        "subjects.hold",
        name,
        reason=reason,
        by=by,
        at=at,
        command_id=command_id,
        json=json,
        lang=lang,
        debug=debug,
    )


@subject.command("release", help=helping("subject-release"))
def subject_release(
    name: Whose,
    by: By,
    at: At = None,
    command_id: CommandId = None,
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Say that nothing forbids it any more."""
    _answer(
        "subjects.release",
        name,
        by=by,
        at=at,
        command_id=command_id,
        json=json,
        lang=lang,
        debug=debug,
    )


@subject.command("erase", help=helping("subject-erase"))
def subject_erase(
    name: Whose, json: Json = False, lang: Lang = None, debug: Debug = False
) -> None:
    """Erase what two persons have agreed on."""
    _answer("subjects.erase", name, json=json, lang=lang, debug=debug)


@subject.command("export", help=helping("subject-export"))
def subject_export(
    name: Whose,
    by: By,
    purpose: For = None,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Print everything that is kept of somebody's words."""
    _answer(
        "subjects.export", name, json=True, lang=lang, debug=debug, reader=(by, purpose)
    )


@police.command("note", help=helping("police-note"))
def police_note(
    number: Number,
    text: Annotated[str, option("text")],
    by: By,
    at: At = None,
    command_id: CommandId = None,
    checked: Checked = False,
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Write a note that only the police can read."""
    _answer(
        "police.note",
        number,
        text=text,
        by=by,
        at=at,
        command_id=command_id,
        checked=checked,
        json=json,
        lang=lang,
        debug=debug,
    )


@police.command("tactics", help=helping("police-tactics"))
def police_tactics(
    number: Number,
    text: Annotated[str, option("text")],
    by: By,
    first: Annotated[str | None, option("first")] = None,
    last: Annotated[str | None, option("last")] = None,
    at: At = None,
    command_id: CommandId = None,
    checked: Checked = False,
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Write where and when somebody will be there."""
    _answer(
        "police.tactics",
        number,
        text=text,
        first=first,
        last=last,
        by=by,
        at=at,
        command_id=command_id,
        checked=checked,
        json=json,
        lang=lang,
        debug=debug,
    )


@police.command("share", help=helping("police-share"))
def police_share(
    number: Number,
    text: Annotated[str, option("text")],
    by: By,
    at: At = None,
    command_id: CommandId = None,
    checked: Checked = False,
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Propose to share a copy with the municipality, in new words."""
    _answer(
        "police.share",
        number,
        text=text,
        by=by,
        at=at,
        command_id=command_id,
        checked=checked,
        json=json,
        lang=lang,
        debug=debug,
    )


@police.command("approve", help=helping("police-approve"))
def police_approve(
    number: Number,
    nth: Annotated[int, typer.Argument(help=helping("police-nth"))],
    content: Annotated[str, option("content")],
    by: By,
    at: At = None,
    command_id: CommandId = None,
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Agree, as a second person, that a copy becomes a shared note."""
    _answer(
        "police.approve",
        number,
        nth,
        content,
        by=by,
        at=at,
        command_id=command_id,
        json=json,
        lang=lang,
        debug=debug,
        reader=(by, None),
    )


@police.command("show", help=helping("police-show"))
def police_show(
    number: Number,
    by: By,
    purpose: For = None,
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Show what the police wrote beside a case."""
    _answer(
        "police.show", number, json=json, lang=lang, debug=debug, reader=(by, purpose)
    )


@app.command("access-log", help=helping("access-log"))
def access_log(
    by: By,
    purpose: For = None,
    about: Annotated[str | None, option("about")] = None,
    unit: Annotated[
        str | None,
        typer.Option("--unit", help=helping("option-log-unit"), show_default=False),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option("--since", help=helping("option-since"), show_default=False),
    ] = None,
    extract: Annotated[bool, option("extract")] = False,
    limit: Limit = PAGE,
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Show who has read what, when and what for."""
    _answer(
        "access.access",
        about=about,
        unit=unit,
        since=since,
        extract=extract,
        limit=limit,
        json=json,
        lang=lang,
        debug=debug,
        reader=(by, purpose),
    )


@app.command(help=helping("archive"))
def archive(
    numbers: Annotated[list[str], typer.Argument(help=helping("option-archived"))],
    out: Annotated[Path, typer.Option("--out", help=helping("option-archive-out"))],
    by: By,
    purpose: For = None,
    at: At = None,
    command_id: CommandId = None,
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Hand cases and walks to an archive."""
    _answer(
        "archive.hand_out",
        numbers,
        out=out,
        by=by,
        at=at,
        command_id=command_id,
        json=json,
        lang=lang,
        debug=debug,
        reader=(by, purpose),
    )


@app.command(help=helping("retention"))
def retention(
    on: Annotated[
        str | None,
        typer.Option("--on", help=helping("option-retention-on"), show_default=False),
    ] = None,
    json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Print what has been kept long enough."""
    _answer("retention.listed", on, json=json, lang=lang, debug=debug)


@app.command(help=helping("redispatch"))
def redispatch(json: Json = False, lang: Lang = None, debug: Debug = False) -> None:
    """Send the plan of every open case to Temporal again."""
    _answer("running.redispatch", json=json, lang=lang, debug=debug)


def main() -> None:
    """Run the program."""
    look_seldom()
    app(prog_name="gadelys")


if __name__ == "__main__":
    main()
