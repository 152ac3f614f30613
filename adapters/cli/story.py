"""A walk's story on the terminal, for somebody who reads once a year."""

from collections.abc import Mapping

from adapters.cli import saying
from adapters.cli.views import new_table, shortened
from adapters.texts import Texts
from domain.finding.state import Status
from domain.values import Actor
from projections.story import Case, Handover, Promise, Story, Text


def print_story(story: Story, texts: Texts) -> None:
    """Print what was raised, where it went, who was reminded and what is public."""
    _opening(story, texts)
    _promises(story.promises, texts)
    _cases(story.cases, texts)
    _handovers(story.handovers, texts)
    _reminded(story, texts)
    _turns(story, texts)
    _public(story.texts, texts)
    _told(story, texts)


def _opening(story: Story, texts: Texts) -> None:
    counted = [
        case
        for case in story.cases
        if case.memory.status not in {Status.POSITIVE, Status.MERGED, Status.REFERRED}
    ]
    solved = sum(case.memory.status is Status.VERIFIED for case in counted)
    declined = sum(case.memory.status is Status.DECLINED for case in counted)
    saying.say(
        texts.say(
            "story.opening",
            walk=story.walk,
            cases=len(counted),
            solved=solved,
            declined=declined,
            left=len(counted) - solved - declined,
        )
    )
    saying.say()


def _promises(promises: tuple[Promise, ...], texts: Texts) -> None:
    title = texts.say("story.promises")
    table = new_table(title, "promise", "due", "kept", texts=texts)
    for one in promises:
        late = one.due and one.kept_on and one.kept_on > one.due
        mark = f" {texts.say('story.late')}" if late else ""
        table.add_row(
            texts.word("promise", one.what),
            texts.show(one.due),
            f"{texts.show(one.kept_on)}{mark}",
        )
    saying.console().print(table)


def _cases(cases: tuple[Case, ...], texts: Texts) -> None:
    columns = ("number", "case", "path", "reminders", "end")
    table = new_table(texts.say("story.cases"), *columns, texts=texts)
    for case in cases:
        memory = case.memory
        what = texts.category(memory.category) if memory.category else ""
        table.add_row(
            case.number,
            f"{what}: {shortened(texts.show(case.text))}" if case.text else what,
            " → ".join(texts.actor(one) for one in case.path) or texts.show(None),
            str(case.reminders) if case.reminders else "",
            _end(case, texts),
        )
    saying.console().print(table)


def _end(case: Case, texts: Texts) -> str:
    words = texts.status(case.memory.status)
    if case.memory.master:
        return f"{words} → {case.memory.master}"
    if case.ended_on and case.days is not None:
        return texts.say("story.ended", what=words, on=case.ended_on, days=case.days)
    if case.level:
        return texts.say("story.still_open", what=words, level=case.level)
    return words


def _handovers(handovers: tuple[Handover, ...], texts: Texts) -> None:
    if not handovers:
        return
    columns = ("number", "from", "to", "offered", "outcome")
    table = new_table(texts.say("story.handovers"), *columns, texts=texts)
    for one in handovers:
        outcome = texts.word("story_outcome", one.outcome)
        if one.days is not None:
            outcome = texts.say("story.after_days", what=outcome, days=one.days)
        if one.silent:
            outcome += f"; {texts.say('story.was_silent')}"
        table.add_row(
            one.number,
            texts.actor(one.sender),
            texts.actor(one.to),
            texts.show(one.offered_on),
            outcome,
        )
    saying.console().print(table)


def _reminded(story: Story, texts: Texts) -> None:
    table = new_table(
        texts.say("story.reminded"), "unit", "reminders", "escalations", texts=texts
    )
    units = {**story.reminded, **story.escalated}
    for unit in sorted(units, key=lambda unit: (-story.reminded.get(unit, 0), unit)):
        table.add_row(
            texts.actor(unit),
            _count(story.reminded, unit),
            _count(story.escalated, unit),
        )
    saying.console().print(table)


def _count(counts: Mapping[Actor, int], unit: Actor) -> str:
    return str(counts.get(unit, 0) or "")


def _turns(story: Story, texts: Texts) -> None:
    saying.say(texts.say("story.turns"))
    for absence in story.absences:
        saying.say(
            "  - "
            + texts.say(
                "story.absence",
                who=absence.absent,
                first=absence.first,
                last=absence.last,
                stands_in=absence.stands_in,
            )
        )
    for day in story.registers:
        saying.say("  - " + texts.say("story.register", day=day))
    for turn, times in story.turns.items():
        saying.say(f"  - {texts.word('turn', turn)}: {times}")
    saying.say()


def _public(written: tuple[Text, ...], texts: Texts) -> None:
    saying.say(texts.say("story.public"))
    for one in written:
        parts = [f"  - {texts.word('publication_kind', one.kind)}: {one.title}"]
        if one.lapsed:
            parts.append(texts.say("story.lapsed", count=one.lapsed))
        if one.published_on:
            parts.append(texts.say("story.published", day=one.published_on))
        if one.withdrawn_on:
            parts.append(texts.say("story.withdrawn", day=one.withdrawn_on))
        saying.say("; ".join(parts))
    saying.say()


def _told(story: Story, texts: Texts) -> None:
    saying.say(texts.say("story.told"))
    for authority, messages in sorted(story.messages.items()):
        word = texts.word("story_readers", str(authority))
        saying.say(f"  - {word}: {messages}")
    saying.say()
