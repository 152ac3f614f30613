"""The history of one case for people: one page that needs nothing else.

It loads nothing and runs nothing, is read aloud in a sensible order, prints on A4, and
says of itself that it is a retelling. The same evidence gives the same bytes.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from html import escape
from typing import Any

from pydantic_core import from_json

from adapters.ledger.evidence import Evidence, Proved
from adapters.persistence.sealed_words import open_words
from adapters.proof.encoding import base64_of
from adapters.proof.note import signed_by
from adapters.texts import Texts
from domain.messages import Recorded

Lines = Sequence[tuple[str, str]]
JOINERS = "\u200c\u200d"
"""What cannot be seen, but holds letters and pictures together."""

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'"
_STYLE = """
:root { color-scheme: light; --ink: #1b1f24; --soft: #55606b; --line: #d5dae0;
  --tint: #f4f6f8; --mark: #0b4f8a; --warn: #8a3b00 }
* { box-sizing: border-box }
body { margin: 0; background: #fff; color: var(--ink);
  font: 16px/1.55 "Segoe UI", "Helvetica Neue", Arial, sans-serif }
main { max-width: 62rem; margin: 0 auto; padding: 2.5rem 1.5rem 4rem }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .25rem }
h2 { font-size: 1.3rem; line-height: 1.3; margin: 2.75rem 0 .75rem;
  padding-top: 1rem; border-top: 2px solid var(--ink); break-after: avoid }
h3 { font-size: 1rem; margin: 1.75rem 0 .5rem; break-after: avoid }
p { margin: .5rem 0; max-width: 46rem }
.kind { margin: 0 0 .5rem; color: var(--soft); font-size: .875rem }
.sub { margin: 0 0 1.5rem; font-size: 1.125rem; color: var(--soft) }
.notice { margin: 1.5rem 0; padding: .75rem 1rem; background: var(--tint);
  border-left: 4px solid var(--mark); break-inside: avoid }
.notice p { margin: .25rem 0; max-width: none }
.warn { border-left-color: var(--warn) }
dl { display: grid; grid-template-columns: minmax(9rem, 13rem) 1fr;
  gap: .35rem 1.25rem; margin: 1rem 0 0 }
dt { color: var(--soft) }
dd { margin: 0; overflow-wrap: anywhere }
.small { font-size: .875rem; line-height: 1.45; gap: .15rem 1.25rem }
code, .small dd, .small dt, .topic { font-family: Consolas, Menlo, "DejaVu Sans Mono",
  monospace; font-size: .8125rem }
.small { margin-top: .5rem }
code { background: var(--tint); padding: .1em .3em; overflow-wrap: anywhere }
pre { margin: .35rem 0; white-space: pre-wrap }
pre code { display: block; padding: .5rem .75rem }
li { margin: .6rem 0; max-width: 46rem }
table { width: 100%; border-collapse: collapse }
caption { text-align: left; color: var(--soft); padding-bottom: .75rem }
th, td { text-align: left; vertical-align: top; padding: .6rem .75rem .6rem 0;
  border-bottom: 1px solid var(--line) }
thead th { font-size: .875rem; border-bottom: 2px solid var(--ink);
  vertical-align: bottom }
thead .when, thead .place { white-space: normal }
tbody th { font-weight: 600 }
.when { white-space: nowrap; font-variant-numeric: tabular-nums }
.place { white-space: nowrap; text-align: right; padding-right: 0;
  font-variant-numeric: tabular-nums }
.words { overflow-wrap: anywhere }
.topic { display: block; color: var(--soft) }
.open { color: var(--warn); font-weight: 600 }
@media (max-width: 44rem) {
  main { padding: 1.5rem 1rem 3rem }
  h1 { font-size: 1.6rem }
  dl { grid-template-columns: 1fr; gap: 0 }
  dd { margin-bottom: .6rem }
  .small dd { margin-bottom: .3rem }
  table, caption, tbody, tr, th, td { display: block; width: 100% }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden;
    clip-path: inset(50%) }
  tbody tr { padding: .9rem 0; border-bottom: 1px solid var(--line) }
  tbody th, tbody td { border: 0; padding: .1rem 0; text-align: left }
  tbody [data-label]::before { content: attr(data-label) " "; color: var(--soft);
    font-weight: 400 }
  tbody .words { padding: .35rem 0 }
  tbody .place { text-align: left }
}
@page { size: A4; margin: 18mm 16mm }
@media print {
  body { font-size: 10pt }
  main { max-width: none; padding: 0 }
  tr, .notice, li { break-inside: avoid }
  .appendix { break-before: page }
  code, .notice { background: none }
  code { padding: 0 }
}
"""


@dataclass(frozen=True, slots=True)
class Told:
    """One fact as a person reads it; `content` is missing if it cannot be read."""

    words: str
    happened: datetime | None
    learned: datetime | None
    content: Lines | None


def evidence_page(evidence: Evidence, head: Lines, title: str, texts: Texts) -> str:
    """Return the page.

    Args:
        evidence: what is told.
        head: the case as it stands, labels and values.
        title: what the case is about, if that can be read.
        texts: the language, and the names of units.
    """
    facts = [(one, _told(one, texts)) for one in evidence.facts]
    parts = [
        _opening(evidence, head, title, texts),
        _notices(evidence, facts, texts),
        _history(facts, texts),
        _ledger(evidence, texts),
        _how_to_check(texts),
        _appendix(facts, texts),
    ]
    heading = texts.say("proof.title", number=evidence.number)
    return (
        f'<!DOCTYPE html>\n<html lang="{texts.lang}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{shown(heading)}</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n{''.join(parts)}</main>\n</body>\n</html>\n"
    )


def _told(one: Proved, texts: Texts) -> Told:
    state, fact = one.row.state, one.recorded
    if fact is None:
        return Told(texts.say("proof.unreadable"), *_times(state), content=None)
    stamp = fact.event.stamp
    words = _sentence(texts.told(fact.event))
    return Told(words, stamp.at, fact.recorded_at, _content(state, fact))


def _sentence(words: str) -> str:
    """Return words with one full stop, whether or not what is quoted has its own."""
    return words.replace(".; ", "; ").removesuffix(".") + "."


def _times(state: bytes) -> tuple[datetime | None, datetime | None]:
    """Return the two times of a fact of which nothing else can be understood."""
    try:
        told = from_json(state)
        return _moment(told["event"]["stamp"]["at"]), _moment(told["recorded_at"])
    except (ValueError, KeyError, TypeError):
        return None, None


def _moment(told: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(told))
    except ValueError:
        return None
    return found if found.tzinfo else None


def _content(state: bytes, fact: Recorded) -> Lines:
    """Return everything that is stored of a fact, value by value, in its order."""
    told: dict[str, Any] = from_json(state)
    open_words(told, partial(_words, fact))
    event = told.pop("event")
    stamp = {f"stamp.{name}": value for name, value in event.pop("stamp", {}).items()}
    return [(name, _written(one)) for name, one in (told | stamp | event).items()]


def _words(fact: Recorded, _: dict[str, str], field: str) -> str:
    """Return the words that were sealed in a field; of what is no text, nothing."""
    said: Any = {"event": fact.event.model_dump(mode="json", by_alias=True)}
    for name in field.split("."):
        said = said.get(name, {})
    return said if isinstance(said, str) else "…"


def _written(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _opening(evidence: Evidence, head: Lines, title: str, texts: Texts) -> str:
    heading = texts.say("proof.title", number=evidence.number)
    subject = f'<p class="sub">{shown(title)}</p>\n' if title else ""
    return (
        f'<header>\n<p class="kind">{_say(texts, "kind")}</p>\n'
        f"<h1>{shown(heading)}</h1>\n{subject}{_list(head)}</header>\n"
    )


def _notices(
    evidence: Evidence, facts: Sequence[tuple[Proved, Told]], texts: Texts
) -> str:
    told = [f'<div class="notice">\n<p>{_say(texts, "retold")}</p>\n</div>\n']
    unreadable = sum(fact.content is None for _, fact in facts)
    if unreadable:
        told.append(_warning(texts.say("proof.some_unreadable", count=unreadable)))
    if uncovered := len(facts) - evidence.covered:
        told.append(_warning(texts.say("proof.some_uncovered", count=uncovered)))
    if evidence.signed.witnesses < evidence.trust.quorum:
        told.append(_warning(texts.say("proof.witnesses_missing")))
    return "".join(told)


def _warning(text: str) -> str:
    return f'<div class="notice warn">\n<p>{shown(text)}</p>\n</div>\n'


def _history(facts: Sequence[tuple[Proved, Told]], texts: Texts) -> str:
    # Roles are written out: a narrow screen shows rows as blocks, and would lose them.
    columns = ("version", "happened", "learned", "what", "place")
    heads = "".join(
        f'<th scope="col" role="columnheader" class="{_CLASSES[one]}">'
        f"{_say(texts, f'column_{one}')}</th>"
        for one in columns
    )
    rows = "".join(_row(one, fact, texts) for one, fact in facts)
    return (
        f'<section aria-labelledby="history">\n'
        f'<h2 id="history">{_say(texts, "history")}</h2>\n<table role="table">\n'
        f"<caption>{_say(texts, 'caption', count=len(facts))}</caption>\n"
        f'<thead role="rowgroup"><tr role="row">{heads}</tr></thead>\n'
        f'<tbody role="rowgroup">\n{rows}</tbody>\n</table>\n</section>\n'
    )


_CLASSES = {
    "version": "nth",
    "happened": "when",
    "learned": "when",
    "what": "words",
    "place": "place",
}


def _row(one: Proved, fact: Told, texts: Texts) -> str:
    topic = f'<span class="topic">{shown(one.row.topic)}</span>'
    place = str(one.row.position)
    if one.proof is None:
        place = f'<span class="open">{place}, {_say(texts, "uncovered")}</span>'
    return (
        f'<tr role="row"><th scope="row" role="rowheader" class="nth"'
        f"{_label(texts, 'version')}>{one.row.version}</th>"
        f"{_cell(texts, 'happened', _time(fact.happened, texts))}"
        f"{_cell(texts, 'learned', _time(fact.learned, texts))}"
        f'<td role="cell" class="words">{shown(fact.words)}{topic}</td>'
        f"{_cell(texts, 'place', place)}</tr>\n"
    )


def _cell(texts: Texts, column: str, content: str) -> str:
    label = _label(texts, column)
    return f'<td role="cell" class="{_CLASSES[column]}"{label}>{content}</td>'


def _label(texts: Texts, column: str) -> str:
    return f' data-label="{_say(texts, f"column_{column}")}"'


def _time(moment: datetime | None, texts: Texts) -> str:
    if moment is None:
        return shown(texts.show(None))
    exact = moment.astimezone(UTC).isoformat(timespec="seconds")
    return f'<time datetime="{exact}">{shown(texts.show(moment))}</time>'


def _ledger(evidence: Evidence, texts: Texts) -> str:
    checkpoint = evidence.signed.checkpoint
    known = (*evidence.trust.log_keys, *evidence.trust.witness_keys)
    by = signed_by(evidence.note, known)
    lines = [
        ("origin", checkpoint.origin),
        ("size", str(checkpoint.size)),
        ("root", base64_of(checkpoint.root)),
        ("signed_by", ", ".join(one.by.name for one in by if one.at is None)),
        ("witnesses", "\n".join(_seen(one.by.name, one.at, texts) for one in by)),
    ]
    told = [(texts.say(f"proof.{key}"), value.strip()) for key, value in lines]
    nobody = texts.say("proof.nobody")
    filled = [(label, value or nobody) for label, value in told]
    return (
        f'<section aria-labelledby="ledger">\n'
        f'<h2 id="ledger">{_say(texts, "ledger")}</h2>\n'
        f"<p>{_say(texts, 'about_ledger')}</p>\n{_list(filled)}</section>\n"
    )


def _seen(name: str, at: int | None, texts: Texts) -> str:
    if at is None:
        return ""
    return f"{name}, {texts.show(datetime.fromtimestamp(at, UTC))}"


def _how_to_check(texts: Texts) -> str:
    steps = "".join(
        f"<li>{_say(texts, f'check_{nth}')}</li>\n" for nth in ("1", "2", "3")
    )
    return (
        f'<section aria-labelledby="check">\n'
        f'<h2 id="check">{_say(texts, "check")}</h2>\n<ol>\n{steps}</ol>\n'
        f"<pre><code>{_say(texts, 'check_command')}</code></pre>\n"
        f"<p>{_say(texts, 'proves')}</p>\n<p>{_say(texts, 'proves_not')}</p>\n"
        "</section>\n"
    )


def _appendix(facts: Iterable[tuple[Proved, Told]], texts: Texts) -> str:
    told = "".join(_stored(one, fact, texts) for one, fact in facts)
    return (
        f'<section class="appendix" aria-labelledby="stored">\n'
        f'<h2 id="stored">{_say(texts, "stored")}</h2>\n'
        f"<p>{_say(texts, 'about_stored')}</p>\n{told}</section>\n"
    )


def _stored(one: Proved, fact: Told, texts: Texts) -> str:
    title = texts.say(
        "proof.stored_title", version=one.row.version, position=one.row.position
    )
    lines = [("topic", one.row.topic), ("leaf", base64_of(one.leaf))]
    if fact.content is None:
        known = [("at", fact.happened), ("recorded_at", fact.learned)]
        lines += [(name, when.isoformat()) for name, when in known if when]
    else:
        lines += fact.content
    return f"<h3>{shown(title)}</h3>\n" + _list(lines, ' class="small"')


def _list(lines: Lines, more: str = "") -> str:
    told = "".join(f"<dt>{shown(a)}</dt><dd>{shown(b)}</dd>\n" for a, b in lines)
    return f"<dl{more}>\n{told}</dl>\n" if told else ""


def _say(texts: Texts, key: str, **values: object) -> str:
    return shown(texts.say(f"proof.{key}", **values))


def shown(text: str) -> str:
    """Return text for the page; what cannot be seen could turn its meaning round."""
    seen = "".join(
        letter if letter.isprintable() or letter in JOINERS or letter == "\n" else "�"
        for letter in text
    )
    return escape(seen).replace("\n", "<br>")
