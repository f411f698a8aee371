"""JSON in which every number is exact: what all machine formats of that kind share."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

from ivigcalc.numbers import exact_text


def exact(value: Fraction) -> Decimal:
    """An exact number as it stands in JSON."""
    return Decimal(exact_text(value))


def maybe(value: Fraction | None) -> Decimal | None:
    """An exact number, or null where there is none."""
    return None if value is None else exact(value)


def iso(day: date | None) -> str | None:
    """A date as it stands in JSON, or null where there is none."""
    return day.isoformat() if day else None


def json_line(document: object) -> str:
    """Write an object or a value as JSON in one line, without its end."""
    return _written(document, None)


def json_page(document: object) -> bytes:
    """Write an object as JSON for people to look at as well: UTF-8 bytes with a line end."""
    return f"{_written(document, 1)}\n".encode()


def _written(document: object, indent: int | None) -> str:
    import simplejson  # not needed by what is shown on the screen

    return str(simplejson.dumps(document, use_decimal=True, ensure_ascii=False, indent=indent, allow_nan=False))
