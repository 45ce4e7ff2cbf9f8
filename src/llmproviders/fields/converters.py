# SPDX-License-Identifier: Apache-2.0
"""Converters for fields, which accept more types than that of the field.

Like the functions in `acceptance`, each of them returns the canonical form of a value or raises `Rejected`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from ..credentials import MASK, mask_urls, mask_value
from ..errors import Rejected, RejectedType, SecretError
from ..messages import shown
from ..secrets import MaskedText, Parts, Secret, literal, masked, reveal
from ..syntax.characters import refuse_surrogates
from ..syntax.durations import read_duration, write_duration
from ..syntax.json import SecretInside, plain_json, read_json_flat, read_json_object, write_parsed_json
from ..syntax.maps import read_map, write_map, write_masked_map
from ..syntax.scalars import JAVA_BOUNDS
from .acceptance import Accept, accept_string, real_string, string_of
from .masking import format_parts, hide_headers, hide_json, mask_json, masked_header, parse_parts, refuse_redacted

__all__ = [
    "BUILT_IN_CONVERTERS",
    "duration",
    "fallback",
    "flink_map",
    "json_headers",
    "json_object",
    "required_secret",
    "secret",
    "stop_strings",
    "url",
]


class AcceptedStrings(dict[int, str]):
    """A bounded cache of accepted strings: the masked form of each, by the hash of the string.

    Only hashes are kept, so that a credential is freed together with its provider. Python's hash has 64 bits and is salted in
    each process.
    """

    __slots__ = ()

    MAX_STRINGS: Final = 512
    MAX_LENGTH: Final = 4_096

    def keep(self, given: str, result: str) -> str:
        """Keep the masked form of *result* for the string *given*, and return *result*."""
        # Only plain strings are cached: a subclass of str may be accepted differently.
        if type(given) is str and len(given) <= self.MAX_LENGTH:
            if len(self) >= self.MAX_STRINGS:
                self.clear()
            self[hash(given)] = str.__str__(result)
        return result


def secret(value: str | Secret | None) -> Secret | None:
    """A converter for `attrs.field`: a string becomes a `Secret`; None stays None.

    Raises:
        Rejected: if it is the mask of a redacted provider, or Java cannot read it; a `RejectedType` if its type is wrong.
    """
    if type(value) is str and value.isascii() and "*" not in value and "$" not in value:
        return literal(value)
    if value is None:
        return None
    if not isinstance(value, (str, Secret)):
        raise RejectedType("a str or a Secret")
    if isinstance(value, Secret) and value.source != "text":
        return value
    real = value.reveal() if isinstance(value, Secret) else real_string(value)
    refuse_redacted(real)
    refuse_surrogates(real)
    return value if isinstance(value, Secret) else Secret(real)


def required_secret(value: str | Secret) -> Secret:
    """A converter for `attrs.field`: as `secret`, for a required option, which must not be None.

    Raises:
        Rejected: as `secret`; a `RejectedType` also for None.
    """
    found = secret(value)
    if found is None:
        raise RejectedType("a str or a Secret")
    return found


def _keep_mask(given: object, result: str) -> str:
    """*given* if it is masked and *result* is not, else *result*."""
    return given if isinstance(given, MaskedText) and not isinstance(result, MaskedText) else result


def url(value: str | None) -> str | None:
    """A URL, with its credentials masked."""
    if (
        type(value) is str
        and value.isascii()
        and "://" in value
        and not ("@" in value or "?" in value or "&" in value or "*" in value)
    ):
        return value
    if value is None:
        return None
    string = real_string(accept_string(value))
    # The URL may lack its scheme before a user and a password, or be an API key in the wrong place.
    refuse_redacted(string if "://" in string or string == MASK else f"://{string}")
    scheme = "://" if "://" not in string and ":" in string.partition("@")[0] else ""
    return _keep_mask(value, masked(string, mask_value(mask_urls(scheme + string)[len(scheme) :])))


_durations: Final = AcceptedStrings()


def duration(value: str | timedelta | None) -> str | None:
    """A converter for `attrs.field`: a Flink duration as a string.

    A string in Flink's syntax is kept unchanged: ``"30s"``, ``"500 ms"``, ``"2min"``, ``"PT1.5S"``. A `timedelta` is written as a
    whole number of the largest possible unit. A number is refused, because it has no unit. None stays None.

    >>> import datetime
    >>> duration(datetime.timedelta(minutes=2)), duration("500 ms")
    ('2min', '500 ms')

    Raises:
        Rejected: if it is not a duration; a `RejectedType` if its type is wrong.
    """
    if type(value) is str and hash(value) in _durations:
        return value
    if value is None:
        return None
    given: object = value
    if not isinstance(given, str):
        if isinstance(given, timedelta):
            return write_duration(given)
        # Flink reads a number without a unit as milliseconds; the author may have meant seconds.
        is_whole = type(given) is int and abs(given) < JAVA_BOUNDS["Long"][1]
        hint = f'write its unit: "{given}ms", as Flink reads it, or "{given}s"' if is_whole else ""
        raise RejectedType("a duration such as '30s', '500 ms' or '2min', or a timedelta", hint=hint)
    string = accept_string(given)
    read_duration(real_string(string))
    return _durations.keep(string, string)


_json_objects: Final = AcceptedStrings()


def json_object(value: str | Mapping[str, Any] | None) -> str | None:
    """A converter for `attrs.field`: a JSON object, given as a string or a mapping; values that look like credentials are masked.

    A string is kept unchanged, and None stays None. A mapping may contain a `Secret` at any depth.

    Raises:
        Rejected: if it is not a JSON object, or JSON cannot hold a value of it; a `RejectedType` if its type is wrong.
    """
    if type(value) is str and (known := _json_objects.get(hash(value))) is not None:
        return value if known == value else masked(value, known)
    if value is None:
        return None
    if isinstance(value, MaskedText):
        return _accepted_again(value, read_json_object, hide_json, write_parsed_json)
    parts = _json_parts(value)
    try:
        string = _json_string(value, parts)
    except SecretInside:
        return format_parts(hide_json(parts), write_parsed_json)
    return _json_objects.keep(string, mask_json(string, read_json_object(string)))


def _json_parts(value: Any) -> Any:
    """The parts of a mapping; None for a string."""
    if isinstance(value, str):
        return None
    if not isinstance(value, Mapping):
        raise RejectedType("a JSON object, as a mapping or a string")
    return plain_json(value)


def _json_string(value: Any, parts: Any) -> str:
    return _known_string(value) if parts is None else write_parsed_json(parts)


def _known_string(value: str) -> str:
    """A string that Java can read, and that is not the mask of a redacted value."""
    string = real_string(accept_string(value))
    if string == MASK:
        refuse_redacted(string)
    return string


def _accepted_again(
    value: MaskedText,
    read: Callable[[str], Any],
    hide: Callable[[Any], Parts],
    write: Callable[[Any], str],
    write_masked: Callable[[Any], str] = write_parsed_json,
) -> str:
    """Accept a value that is masked already; its hidden parts stay hidden."""
    string = None if value.is_reference else _known_string(value)
    parts = parse_parts(value, read)
    if not isinstance(parts, dict):
        raise RejectedType("a mapping")
    return _keep_mask(value, format_parts(hide(parts), write, write_masked, string))


_headers: Final = AcceptedStrings()


def json_headers(value: str | Mapping[str, str | Secret | Sequence[str | Secret]] | None) -> str | None:
    """A converter for `attrs.field`: request headers as a JSON object of strings or lists of strings; credentials are masked.

    A string is kept unchanged, and None stays None. In a mapping, each string may be a `Secret`.

    Raises:
        Rejected: if it is not such a JSON object; a `RejectedType` if its type is wrong.
    """
    if type(value) is str and (known := _headers.get(hash(value))) is not None:
        return value if known == value else masked(value, known)
    if value is None:
        return None
    if isinstance(value, MaskedText):
        return _accepted_again(value, read_json_flat, hide_headers, write_parsed_json)
    parts = _json_parts(value)
    try:
        string = _json_string(value, parts)
    except SecretInside:
        return format_parts(hide_headers(parts), write_parsed_json)
    headers = read_json_flat(string)
    masked_headers: dict[str, str | list[str]] = {}
    for name, item in headers.items():
        if type(item) is str:
            masked_headers[name] = masked_header(name, item)
        elif type(item) is list and all(type(each) is str for each in item):
            masked_headers[name] = [masked_header(name, each) for each in item]
        else:
            raise Rejected(
                "header values that are strings or lists of strings", hint=f"write the value of {shown(name)} in quotes"
            )
    result = string if masked_headers == headers else MaskedText(string, write_parsed_json(masked_headers))
    return _headers.keep(string, result)


def _pairs(value: Mapping[Any, Any]) -> list[tuple[Any, Any]]:
    """The items of a mapping; its class may be a third-party one."""
    try:
        return list(value.items())
    except Exception:  # noqa: BLE001
        raise Rejected("a mapping that can be read") from None


_maps: Final = AcceptedStrings()


def _hide_map(headers: dict[str, Any]) -> Parts:
    """The headers of a map with credentials hidden."""
    for name, item in headers.items():
        if not isinstance(name, str) or not isinstance(item, (str, Secret)):
            raise _not_a_string(name, item)
        for known in (name, reveal(item) if not isinstance(item, Secret) or not item.is_reference else ""):
            refuse_surrogates(known)
            if "\n" in known or "\r" in known:
                raise Rejected("headers without line breaks")
    return hide_headers(headers)


def _not_a_string(name: object, value: object) -> RejectedType:
    is_number = isinstance(name, str) and isinstance(value, (bool, int, float))
    return RejectedType("a mapping from str to str", hint=f"write the value of {shown(name)} in quotes" if is_number else "")


def _write_header_map(headers: Mapping[str, str]) -> str:
    """Write a map of headers whose references were resolved.

    Raises:
        SecretError: if there is a line break, which a header cannot have.
    """
    string = write_map(headers)
    if "\n" in string or "\r" in string:
        msg = "a header has a line break; check the secret that it refers to"
        raise SecretError(msg)
    return string


def flink_map(value: str | Mapping[str, str | Secret] | None) -> str | None:
    """A converter for `attrs.field`: HTTP headers as a Flink map such as ``name:value,other:value``; credentials are masked.

    A mapping is written as such a string; each value of it may be a `Secret`. A string is kept unchanged, and None stays None.

    >>> flink_map({"X-Tenant": "acme", "X-Zone": "eu"})
    'X-Tenant:acme,X-Zone:eu'

    Raises:
        Rejected: if it is not such a map, or contains a line break; a `RejectedType` if its type is wrong.
    """
    if type(value) is str and (known := _maps.get(hash(value))) is not None:
        return value if known == value else masked(value, known)
    if value is None:
        return None
    if isinstance(value, MaskedText):
        return _accepted_again(value, read_map, _hide_map, _write_header_map, write_masked_map)
    if isinstance(value, Mapping):
        pairs = _pairs(value)
        if not all(isinstance(part, str) and not isinstance(part, MaskedText) for pair in pairs for part in pair):
            for name, item in pairs:
                if isinstance(name, (MaskedText, Secret)) or isinstance(item, MaskedText):
                    raise _not_a_string(name, item)
            return format_parts(_hide_map(dict(pairs)), _write_header_map, write_masked_map)
        string = accept_string(write_map({str.__str__(name): str.__str__(item) for name, item in pairs}))
    elif isinstance(value, str):
        string = _known_string(value)
    else:
        raise RejectedType("a Flink map such as 'name:value,other:value', or a mapping")
    if "\n" in string or "\r" in string:
        raise Rejected("headers without line breaks")
    headers = read_map(string)
    masked_headers = {name: masked_header(name, item) for name, item in headers.items()}
    result = string if masked_headers == headers else MaskedText(string, write_masked_map(masked_headers))
    return _maps.keep(string, result)


def stop_strings(value: str | Sequence[str] | None) -> str | None:
    """Stop sequences joined by commas; a string is kept unchanged."""
    if value is None:
        return None
    if isinstance(value, str):
        return accept_string(value)
    if not isinstance(value, (list, tuple)) or not all(isinstance(item, str) for item in value):
        raise RejectedType("a str, or a list or tuple of str")
    if {*map(type, value)} == {str} and all(value) and (joined := ",".join(value)).isascii() and joined.count(",") < len(value):
        return joined
    strings = [real_string(item) for item in value]
    if not strings or not all(strings):
        raise Rejected("at least one stop sequence, and no empty one", hint="leave stop out for no stop sequences")
    joined = ",".join(strings)
    if joined.count(",") >= len(strings):
        example = next(item for item in value if "," in item)
        hint = f"Java splits the string at commas and has no escape, see {shown(example)}"
        raise Rejected("stop sequences without a comma", hint=hint)
    return accept_string(masked(joined, ",".join(map(str.__str__, value))))


def fallback(value: Any) -> str | None:
    """The string of a default value: strings unchanged, booleans and numbers as Java writes them, containers as JSON."""
    if value is None:
        return None
    return string_of(value)


BUILT_IN_CONVERTERS: Final[set[Accept]] = {
    secret,
    required_secret,
    url,
    duration,
    json_object,
    json_headers,
    flink_map,
    stop_strings,
    fallback,
}
"""The converters of the library, which check their results themselves. Other modules add theirs."""
