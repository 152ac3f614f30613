"""Requests that nobody should send: right ones, with something wrong put in."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote

from tests.web.conftest import COORDINATOR, OPERATIONS, PARTNER

HOST = b"127.0.0.1:8000"
LONG = "æ" * 10_000
NAMES = (
    *("", " ", "\0", "\r\n", "../../etc/passwd", "2026-04", "2026-99", "null", "-1"),
    *("'; DROP TABLE cases; --", "<script>alert(1)</script>", "{{7*7}}", "%s%s%n"),
    *("\u202e\u2066x", "e\u0301" * 50, "\ufeff", "🦺" * 200, "A" * 300, "..", "."),
    *("CON", "con.txt", "a/b", "a\\b", "%2e%2e", "%00", "\ud7ff", "\uffff", LONG),
)
VALUES: tuple[Any, ...] = (
    *NAMES,
    *(None, True, False, 0, -1, 1, 2**31, 2**53, 2**63, 2**64, 10**400, 0.1, -0.0),
    *(1e308, float("nan"), float("inf"), [], {}, [[]], [None], {"": ""}, ["a"] * 500),
    *("2026-11-22", "2026-02-30", "0001-01-01", "9999-12-31", "1900-01-01"),
    *("2199-12-31", "2026-11-22T12:00:00Z", "2026-11-22T12:00:00", "24:00"),
    *("2026-11-22T12:00:00+23:59", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"),
    *("municipality/operations", "police/prevention", "clock", "citizen", "nobody"),
    *("municipality/operations/x", "participant/residents/aaaaaaaaaa", OPERATIONS),
    *("LGT-FAIL", "VEG-HEDGE", "photo", "third_party", "f" * 64, "010190-1234"),
    *({"lat": 57.0, "lon": 9.9}, {"lat": 1e300, "lon": "x"}, {"lat": -90, "lon": 180}),
    *([["residents", 4]], [["residents", -1]], [["residents"]], {"area": "Øst"}),
    {
        "area": "Øst",
        "starts_at": "2026-12-01T17:00:00Z",
        "ends_at": "2026-12-01T19:00:00Z",
    },
)
HEADERS: dict[str, tuple[str, ...]] = {
    "if-match": ("*", '"1"', '"99999999999"', 'W/"1"', "", '"', "1", "\x7f", "æ" * 300),
    "idempotency-key": (
        "",
        "x",
        "0" * 36,
        "{}",
        "00000000-0000-0000-0000-000000000000",
    ),
    "content-type": ("", "text/plain", "application/json; charset=x", "*/*", "æ"),
    "accept-language": ("", "en", "da;q=x", "\xff", "de, fr;q=0.1", "," * 300),
    "accept": ("", "text/html", "application/xml", "*"),
    "authorization": (
        *("", "Bearer", "Bearer ", "Basic eDp4", "Bearer \xe6", f"Bearer {'x' * 5000}"),
        *(f"Bearer demo.{PARTNER}", "Bearer demo.citizen", "Bearer demo."),
        *("Bearer demo.clock", "Bearer demo.municipality/audit"),
    ),
    "cookie": ("gadelys=x", "gadelys=" + "y" * 5000, "=;=;", "gadelys-lang=xx", "\xff"),
    "x-csrf-token": ("", "x"),
    "origin": ("null", "http://127.0.0.1:8000", "https://elsewhere.example"),
    "content-length": ("-1", "x", "99999999999999"),
    "x-forwarded-for": ("::1", "'", "127.0.0.1, x"),
}
FITTING: dict[str, tuple[Any, ...]] = {
    "to": ("municipality/operations", "police/prevention", "partner/grid-company"),
    "owner": ("partner/housing-organisation", "municipality/operations"),
    "whom": ("municipality/operations",),
    "absent": (OPERATIONS, "municipality/operations"),
    "category": ("LGT-FAIL", "VEG-HEDGE"),
    "text": ("Tre lamper er slukket.", LONG),
    "reason": ("Ejeren vil selv.", LONG),
    "evidence": ("photo", "on_site", "document"),
    "reason_code": ("budget", "third_party", "meeting"),
    "master": ("2026-01", "2026-02"),
    "subtask": ("elskab",),
    "groups": (["residents", "youth"],),
    "plan": (
        {
            "area": "Øst",
            "starts_at": "2026-11-20T17:00:00Z",
            "ends_at": "2026-11-20T19:00:00Z",
        },
    ),
    "called_at": ("2026-11-22T10:00:00Z",),
    "document": ("# Lys\n",),
    "at": ("2026-11-22T10:00:00Z", "2026-10-12T10:00:00Z"),
}
PLACES = {
    "cases": ("2026-04", "2026-01", "2026-07"),
    "walks": ("AALBORG-OEST-2026-01",),
}


@dataclass
class Request:
    """One request as it goes over the wire."""

    method: str
    path: str
    query: list[tuple[str, str]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def scope(self) -> dict[str, Any]:
        """Return what a server makes of it."""
        raw = self.path.encode("ascii")
        query = "&".join(f"{name}={value}" for name, value in self.query)
        told = [(b"host", HOST)]
        told += [
            (name.encode(), value.encode("latin-1", "replace"))
            for name, value in self.headers.items()
        ]
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": self.method,
            "scheme": "http",
            "path": unquote(self.path),
            "raw_path": raw,
            "query_string": query.encode("ascii"),
            "root_path": "",
            "headers": told,
            "client": ("127.0.0.1", 5),
            "server": ("127.0.0.1", 8000),
            "state": {},
        }


class Hostile:
    """Somebody who tries everything; the same seed tries the same."""

    def __init__(self, document: dict[str, Any], seed: int) -> None:
        """Know every address."""
        self._chance = random.Random(seed)
        self._schemas = document["components"]["schemas"]
        self._operations = [
            (path, method, operation)
            for path, methods in document["paths"].items()
            for method, operation in methods.items()
            if not path.endswith("/stream")
        ]

    def requests(self, count: int) -> Iterator[Request]:
        """Yield requests, each with one to three things wrong."""
        for _ in range(count):
            request = self._right()
            for _ in range(self._chance.randint(0, 3)):
                self._spoil(request)
            yield request

    def _right(self) -> Request:
        path, method, operation = self._chance.choice(self._operations)
        place = path.split("/")[3]
        number = self._chance.choice(PLACES.get(place, ("2026-001",)))
        request = Request(
            method.upper(),
            path.replace("{number}", quote(number)),
            headers={"authorization": f"Bearer demo.{COORDINATOR}"},
        )
        if "requestBody" in operation:
            told = operation["requestBody"]["content"]["application/json"]["schema"]
            fields = self._schemas[told["$ref"].rpartition("/")[2]]
            request.body = json.dumps(self._filled(fields)).encode()
            request.headers |= {"content-type": "application/json", "if-match": "*"}
        return request

    def _filled(self, schema: dict[str, Any]) -> dict[str, Any]:
        needed = set(schema.get("required", ()))
        found: dict[str, Any] = {
            name: self._fitting(name, part)
            for name, part in schema["properties"].items()
            if name in needed or self._chance.random() < 0.3
        }
        found["checked"] = self._chance.random() < 0.8
        return found

    def _fitting(self, name: str, part: dict[str, Any]) -> Any:
        if name in FITTING and self._chance.random() < 0.8:
            return self._chance.choice(FITTING[name])
        return self._value(part)

    def _value(self, part: dict[str, Any]) -> Any:
        if "$ref" in part:
            part = self._schemas[part["$ref"].rpartition("/")[2]]
        for one in part.get("anyOf", ()):
            if self._chance.random() < 0.7:
                return self._value(one)
        if "enum" in part:
            return self._chance.choice(part["enum"])
        if part.get("format") in {"date", "date-time"}:
            return self._chance.choice(["2026-11-30", "2026-11-20T12:00:00Z"])
        if part.get("type") in {"integer", "number"}:
            return self._chance.randint(0, 60)
        if part.get("type") == "boolean":
            return self._chance.random() < 0.5
        return self._chance.choice(VALUES)

    def _spoil(self, request: Request) -> None:
        ways = (self._header, self._query, self._address, self._body, self._bytes)
        self._chance.choices(ways, (3, 3, 1, 6, 1))[0](request)

    def _header(self, request: Request) -> None:
        name = self._chance.choice(list(HEADERS))
        request.headers[name] = self._chance.choice(HEADERS[name])

    def _query(self, request: Request) -> None:
        names = (
            *("unit", "person", "status", "category", "walk", "area", "q", "late"),
            *("due_from", "due_until", "on_hold", "order", "after", "limit", "as_of"),
            *("as_known", "for", "on", "state", "colour", "%00", "authority"),
        )
        value = str(self._chance.choice(VALUES))[:3000]
        told = quote(value.encode("utf-8", "surrogatepass"))
        if self._chance.random() < 0.1:
            told = "%ff%fe%ed%a0%80"
        request.query.append((self._chance.choice(names), told))

    def _address(self, request: Request) -> None:
        parts = request.path.split("/")
        at = self._chance.randrange(1, len(parts))
        value = self._chance.choice(NAMES)[:500]
        parts[at] = quote(value.encode("utf-8", "surrogatepass"), safe="")
        if self._chance.random() < 0.1:
            request.method = self._chance.choice(
                ("PUT", "DELETE", "HEAD", "OPTIONS", "X")
            )
        request.path = "/".join(parts)
        if self._chance.random() < 0.1:
            request.path += "/%ff%00"

    def _body(self, request: Request) -> None:
        try:
            told = json.loads(request.body)
        except (ValueError, RecursionError):
            return
        if not isinstance(told, dict) or not told:
            return
        name = self._chance.choice([*told, "number", "stamp", "at", "colour", "key"])
        told[name] = self._chance.choice(VALUES)
        request.body = json.dumps(told).encode()

    def _bytes(self, request: Request) -> None:
        body = bytearray(request.body or b"{}")
        for _ in range(self._chance.randint(1, 5)):
            body[self._chance.randrange(len(body))] = self._chance.randrange(256)
        deep = (b"[" * 5000, b'{"a":' * 5000, b"", b"null", b'"x"', b"\xef\xbb\xbf{}")
        request.body = self._chance.choice((bytes(body), bytes(body), *deep))
