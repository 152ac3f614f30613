"""Cases on a map as GeoJSON (RFC 7946), for programs that draw maps."""

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from adapters.reporting.model import Place

KIND = "application/geo+json"


def geojson(places: Iterable[Place], pins: dict[str, Any]) -> bytes:
    """Return a collection of cases; a case without a place to show has no geometry.

    `pins` say what it is made of: a member of our own beside those of the RFC.
    """
    collection = {
        "type": "FeatureCollection",
        "pins": pins,
        "features": [_feature(one) for one in places],
    }
    return json.dumps(collection, ensure_ascii=False, indent=1).encode() + b"\n"


def _feature(place: Place) -> dict[str, Any]:
    has_place = place.lat is not None and place.lon is not None
    return {
        "type": "Feature",
        "id": place.number,
        "geometry": {"type": "Point", "coordinates": [place.lon, place.lat]}
        if has_place
        else None,
        "properties": {
            name: cell.isoformat() if isinstance(cell, date) else cell
            for name, cell in place.about
        },
    }
