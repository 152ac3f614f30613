"""The figures counted another way: SQL over the facts as they are stored.

Nothing of the program's own folds, rows, calendar or arithmetic is used: only the
names and bodies of facts, and a table of working days.
"""

import json
import math
import sqlite3
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

from domain.messages import Recorded

ZONE = ZoneInfo("Europe/Copenhagen")
LESS_HEARD = {"youth", "senior", "accessibility-committee"}

SCHEMA = """
CREATE TABLE fact (kind, number, version, position, topic, at, day, by, body, id);
CREATE INDEX of_number ON fact (kind, number, topic, version);
CREATE TABLE day (day PRIMARY KEY, nth);
CREATE VIEW told AS SELECT kind, number, version, position, topic, at, day, by, id,
  json_extract(body, '$.walk') AS walk, json_extract(body, '$.kind') AS sort,
  json_extract(body, '$.positive') AS positive,
  json_extract(body, '$.to') AS receiver,
  json_extract(body, '$.fix_due') AS fix_due FROM fact;
CREATE VIEW last AS SELECT kind, number, topic, max(version) AS version
  FROM fact GROUP BY kind, number, topic;
"""

CASES = """
CREATE TABLE c AS
WITH r AS (
  SELECT f.number, f.day AS reported, f.walk, f.sort, f.positive,
    (SELECT nth FROM day WHERE day = f.day) AS nth
  FROM told f WHERE f.kind = 'finding' AND f.version = 1),
v AS (SELECT number,
    max(CASE WHEN topic LIKE '%.fix_verified.%' THEN version END) AS verified,
    max(CASE WHEN topic LIKE '%.reopened.%' THEN version END) AS reopened,
    max(CASE WHEN topic LIKE '%.declined.%' THEN version END) AS declined,
    max(CASE WHEN topic LIKE '%.fix_rejected.%' THEN version END) AS rejected,
    max(CASE WHEN topic LIKE '%.fix_reported.%' THEN version END) AS fixed,
    max(topic LIKE '%.merged.%') AS merged, max(topic LIKE '%.referred.%') AS referred,
    min(CASE WHEN topic LIKE '%.assigned.%' OR topic LIKE '%.handover_accepted.%'
        OR topic LIKE '%.handover_decided.%' THEN day END) AS owned,
    min(CASE WHEN topic LIKE '%.assignment_accepted.%' OR topic LIKE
        '%.handover_accepted.%' OR topic LIKE '%.fix_reported.%' OR topic LIKE
        '%.declined.%' THEN day END) AS answered
  FROM fact WHERE kind = 'finding' GROUP BY number)
SELECT r.*, v.owned, v.answered, v.merged, v.referred, v.verified IS NOT NULL AS ever,
  v.verified > coalesce(v.reopened, 0) AS is_verified,
  v.declined > coalesce(v.reopened, 0) AS is_declined,
  CASE WHEN v.fixed > max(coalesce(v.reopened, 0), coalesce(v.rejected, 0))
    THEN v.fixed END AS fix,
  CASE WHEN v.verified > coalesce(v.reopened, 0) THEN v.verified END AS sight,
  EXISTS (SELECT 1 FROM fact a JOIN fact b USING (kind, number)
    WHERE kind = 'finding' AND number = r.number AND a.topic LIKE '%.fix_verified.%'
    AND b.topic LIKE '%.reopened.%' AND b.version = a.version + 1) AS came_back,
  (SELECT w.day FROM fact w WHERE w.kind = 'walk' AND w.number = r.walk
    AND w.topic LIKE '%.plan_agreed.%' AND w.day >= r.reported) AS planned
FROM r JOIN v USING (number);
CREATE VIEW counted AS SELECT * FROM c
  WHERE NOT merged AND NOT referred AND NOT coalesce(positive, 0)
  AND reported BETWEEN (SELECT first FROM asked) AND (SELECT last FROM asked);
"""


class Counting:
    """The facts of a history in a database of its own."""

    def __init__(
        self,
        facts: Iterable[Recorded],
        days_off: frozenset[date],
        first: date,
        last: date,
        as_of: date,
    ) -> None:
        """Load what had happened by the end of `as_of`."""
        self.db = sqlite3.connect(":memory:")
        self.db.executescript(SCHEMA)
        self.as_of = as_of
        self.db.executemany(
            "INSERT INTO fact VALUES (?,?,?,?,?,?,?,?,?,?)",
            (row for fact in facts if (row := _row(fact))[6] <= as_of.isoformat()),
        )
        self.db.executemany("INSERT INTO day VALUES (?,?)", _days(days_off))
        self.db.execute(f"CREATE TABLE asked AS SELECT '{first}' first, '{last}' last")
        self.db.executescript(CASES)

    def one(self, query: str) -> Any:
        """Return the only value of a query."""
        return self.db.execute(query).fetchone()[0]

    def all(self, query: str) -> list[Any]:
        """Return the first column of a query."""
        return [row[0] for row in self.db.execute(query)]

    def share(self, hits: str, of: str = "1") -> tuple[int, int, float | None]:
        """Return numerator, denominator and per cent of the counted cases."""
        n = self.one(f"SELECT count(*) FROM counted WHERE ({of}) AND ({hits})")
        every = self.one(f"SELECT count(*) FROM counted WHERE {of}")
        return n, every, round(100 * n / every, 1) if every else None

    def days(self, until: str, where: str) -> tuple[int, float | None, int | None]:
        """Return how many, the median and nine of ten of the days to `until`."""
        return spread(
            self.all(
                f"SELECT (SELECT nth FROM day WHERE day = {until}) - nth "
                f"FROM counted WHERE {where}"
            )
        )

    def figures(self) -> dict[str, tuple[Any, ...]]:
        """Return numerator, denominator and value, or count, median and p90."""
        nth_now = f"(SELECT nth FROM day WHERE day = '{self.as_of}')"
        limit = "(SELECT min(day) FROM day d WHERE d.nth = counted.nth + 30)"
        heard = (
            f"min(coalesce(answered, planned), coalesce(planned, answered)) <= {limit}"
        )
        fixed_on = _of("f.day", "fix")
        due = (
            "(SELECT f.fix_due FROM told f WHERE f.kind = 'finding' AND f.number = "
            "counted.number AND f.version < counted.fix AND f.fix_due IS NOT NULL "
            "ORDER BY f.version DESC LIMIT 1)"
        )
        return {
            "K1": (self.one(f"SELECT count(*) FROM ({WALKS})"),),
            "K2": self._heard_less(),
            "K3a": self._findings_per_walk(),
            "K3b": self.share("sort = 'social'", "sort IN ('social', 'physical')"),
            "K4": self.share("is_verified", "NOT coalesce(is_declined, 0)"),
            "K5": self.share(heard, f"nth + 30 <= {nth_now}"),
            "K6a": self.days("owned", "owned IS NOT NULL"),
            "K6b": self.days(fixed_on, "fix IS NOT NULL"),
            "K6c": self.days(_of("f.day", "sight"), "sight IS NOT NULL"),
            "K7": self.share(f"{fixed_on} <= {due}", "fix IS NOT NULL"),
            "K8": (self._overdue(),),
            "K9": self.share("is_declined"),
            "K10": self.share("came_back", "ever"),
            "K11a": self._refused(),
            "K11b": self._answered(),
            "K13": self._told(),
            "K12": (self._held(),),
            "K14": self._other_eyes(),
            "K15": (self._helped(),),
            "K16": (
                self.one(
                    "SELECT count(DISTINCT coalesce((SELECT json_extract(body, "
                    "'$.plan.area') FROM fact w WHERE w.kind = 'walk' AND w.number = "
                    "counted.walk AND w.topic LIKE '%.held.%'), '')) FROM counted"
                ),
            ),
        }

    def _heard_less(self) -> tuple[int, int]:
        came = Counter[str]()
        for body in self.all(f"SELECT body FROM ({WALKS})"):
            for group, count in json.loads(body)["attendance"]["participants"]:
                came[group] += count
        return sum(came[group] for group in LESS_HEARD), came.total()

    def _refused(self) -> tuple[int, int]:
        of = "topic LIKE '%.handover_{}.%' AND number IN (SELECT number FROM counted)"
        count = "SELECT count(*) FROM fact WHERE kind = 'finding' AND " + of
        no, yes = (self.one(count.format(one)) for one in ("refused", "accepted"))
        return no, no + yes

    def _findings_per_walk(self) -> tuple[int, int, float | None]:
        found = self.one(
            f"SELECT count(*) FROM counted WHERE walk IN (SELECT number FROM ({WALKS}))"
        )
        walks = self.one(f"SELECT count(*) FROM ({WALKS})")
        return found, walks, round(found / walks, 1) if walks else None

    def _overdue(self) -> int:
        """Count open cases of which a last day has passed, by what facts say of it."""
        facts = self.db.execute(
            "SELECT number, topic, body FROM fact WHERE kind = 'finding' "
            "ORDER BY number, version"
        )
        return sum(
            self._is_late([(topic, json.loads(body)) for _, topic, body in of_one])
            for _, of_one in groupby(facts, itemgetter(0))
        )

    def _is_late(self, facts: Iterable[tuple[str, dict[str, Any]]]) -> bool:
        due: dict[str, str] = {}
        for topic, body in facts:
            match topic.split(".")[1]:
                case "reported" if not body["positive"]:
                    due["acknowledge"] = body["acknowledge_due"]
                case "assigned" | "handover_accepted":
                    due.pop("acknowledge", None)
                case "put_on_hold":
                    due["hold"] = body["review_on"]
                    due.pop("fix", None)
                case "fix_reported":
                    due = {"verify": body["verify_due"]}
                case "resumed":
                    due.pop("hold", None)
                case "fix_rejected" | "reopened" | "fix_verified":
                    due = {}
                case "declined" | "merged" | "referred":
                    due = {}
                case _:
                    pass
            if body.get("fix_due") and not body.get("positive"):
                due["fix"] = body["fix_due"]
        return any(day < self.as_of.isoformat() for day in due.values())

    def _answered(self) -> tuple[int, float | None, int | None]:
        answer = (
            "(SELECT min(a.version) FROM fact a WHERE a.kind = 'finding' AND "
            "a.number = o.number AND a.version > o.version AND (a.topic LIKE "
            "'%.handover_accepted.%' OR a.topic LIKE '%.handover_refused.%'))"
        )
        return spread(
            self.all(
                "SELECT (SELECT nth FROM day WHERE day = a.day) - "
                "(SELECT nth FROM day WHERE day = o.day) "
                "FROM fact o JOIN counted USING (number) JOIN fact a "
                "ON a.kind = 'finding' AND a.number = o.number "
                f"AND a.version = {answer} WHERE o.kind = 'finding' "
                "AND o.topic LIKE '%.handover_offered.%'"
            )
        )

    def _told(self) -> tuple[int, int, float | None]:
        asked = set(
            self.all(
                "SELECT json_extract(body, '$.contact') FROM fact WHERE kind = 'walk' "
                "AND topic LIKE '%.answer_asked.%' "
                f"AND number IN (SELECT number FROM ({WALKS}))"
            )
        )
        heard: dict[str, list[bool]] = {}
        for contact, day, told_on in self._results():
            until = self.one(
                "SELECT min(day) FROM day WHERE nth = 5 + "
                f"(SELECT nth FROM day WHERE day = '{day}')"
            )
            in_time = told_on is not None and told_on <= until
            if contact in asked and (in_time or until <= self.as_of.isoformat()):
                heard.setdefault(contact, []).append(in_time)
        told, every = sum(map(all, heard.values())), len(heard)
        return told, every, round(100 * told / every, 1) if every else None

    def _results(self) -> Iterable[tuple[str, str, str | None]]:
        """Yield whom an end is told, on which day it came, and the first they heard."""
        return self.db.execute(
            """WITH word AS (
              SELECT json_extract(body, '$.recipient') AS who, n.value AS end, at, day
                FROM fact, json_each(body, '$.notices') n
                WHERE kind = 'delivery' AND topic LIKE '%.sent.%'),
            said AS (
              SELECT json_extract(body, '$.contact') AS who, at, day FROM fact
                WHERE kind = 'walk' AND topic LIKE '%.participant_answered.%')
            SELECT t.value, f.day, nullif(min(
                coalesce((SELECT min(day) FROM word WHERE who = t.value
                  AND end = f.id), '9999'),
                coalesce((SELECT min(day) FROM said WHERE who = t.value
                  AND julianday(said.at) >= julianday(f.at)), '9999')), '9999')
            FROM fact f, json_each(f.body, '$.tell') t WHERE f.kind = 'finding'
              AND t.value LIKE 'participant/%' AND (f.topic LIKE '%.fix_verified.%' OR
              f.topic LIKE '%.declined.%' OR f.topic LIKE '%.merged.%' OR
              f.topic LIKE '%.referred.%')"""
        ).fetchall()

    def _held(self) -> int:
        return sum(
            self.all(
                "SELECT (SELECT nth FROM day WHERE day = coalesce((SELECT min(r.day) "
                "FROM fact r WHERE r.kind = 'finding' AND r.number = h.number AND "
                f"r.version > h.version AND r.topic LIKE '%.resumed.%'), '{self.as_of}'"
                ")) - (SELECT nth FROM day WHERE day = h.day) FROM fact h "
                "JOIN counted USING (number) WHERE h.topic LIKE '%.put_on_hold.%'"
            )
        )

    def _other_eyes(self) -> tuple[int, int]:
        owner = (
            "(SELECT f.receiver FROM told f WHERE f.kind = 'finding' AND f.number = "
            "counted.number AND f.version < counted.fix AND (f.topic LIKE "
            "'%.assigned.%' OR f.topic LIKE '%.handover_accepted.%') "
            "ORDER BY f.version DESC LIMIT 1)"
        )
        by = _of("f.by", "sight")
        n, every, _ = self.share(
            f"{by} <> {_of('f.by', 'fix')} AND {by} <> {owner}",
            "sight IS NOT NULL AND fix IS NOT NULL",
        )
        return n, every

    def _helped(self) -> float | None:
        said = self.all(
            "SELECT json_extract(body, '$.helped') FROM fact WHERE kind = 'walk' AND "
            f"topic LIKE '%.evaluated.%' AND number IN (SELECT number FROM ({WALKS}))"
        )
        return round(statistics.mean(said), 1) if said else None


WALKS = (
    "SELECT number, body FROM fact WHERE kind = 'walk' AND topic LIKE '%.held.%' AND "
    "date(json_extract(body, '$.plan.starts_at')) BETWEEN (SELECT first FROM asked) "
    "AND (SELECT last FROM asked)"
)


def spread(days: Sequence[int]) -> tuple[int, float | None, int | None]:
    """Return how many, the median and the day by which nine of ten were done."""
    if not days:
        return 0, None, None
    rank = math.ceil(len(days) * 0.9)
    return len(days), statistics.median(days), sorted(days)[rank - 1]


def _of(what: str, version: str) -> str:
    return (
        f"(SELECT {what} FROM fact f WHERE f.kind = 'finding' AND "
        f"f.number = counted.number AND f.version = counted.{version})"
    )


def _row(fact: Recorded) -> tuple[Any, ...]:
    kind, _, number = fact.stream.partition("/")
    stamp = fact.event.stamp
    day = stamp.at.astimezone(ZONE).date().isoformat()
    return (
        kind,
        number,
        fact.version,
        fact.position,
        fact.event.TOPIC,
        stamp.at.isoformat(),
        day,
        str(stamp.by),
        fact.event.model_dump_json(exclude={"stamp"}),
        str(fact.event_id),
    )


def _days(days_off: frozenset[date]) -> Iterable[tuple[str, int]]:
    nth, day = 0, date(2018, 1, 1)
    while day.year < 2032:
        nth += day.isoweekday() < 6 and day not in days_off
        yield day.isoformat(), nth
        day += timedelta(days=1)
