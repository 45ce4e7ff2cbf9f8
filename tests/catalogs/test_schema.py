# SPDX-License-Identifier: Apache-2.0
"""The JSON Schema of catalogs accepts the documents that `loads` accepts, except for rules that no schema can express."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from strategies import CLASSES, MANY, providers

from llmproviders import Catalog, DocumentError, dumps, loads, options, provider_classes
from llmproviders.catalogs.schema import catalog_schema

BEYOND_A_SCHEMA = (
    "the URL of the service that api_key is for",
    "no task together with api_key",
    "an endpoint of",
    "alone for task",
    "no extra_body for task",
    "an int",  # 1.0
    "a JSON object with each name once",
    "a Flink map",
    "a duration",
    "the environment variable",  # it is not set
    "a value that passes its check",  # the validator of a user-defined class
)
"""Parts of the messages of `loads` for rules that no schema can express."""


@cache
def validator() -> Any:
    """The validator of the schema, made once for all tests."""
    from jsonschema import Draft202012Validator  # its import takes seconds

    return Draft202012Validator(catalog_schema())


def accepts(document: Any) -> bool:
    """Whether the schema accepts a document."""
    return bool(validator().is_valid(document))


def test_is_a_schema() -> None:
    """The schema is valid for its metaschema, and is plain JSON."""
    schema = catalog_schema()
    validator().check_schema(schema)
    assert schema == json.loads(json.dumps(schema))


def test_has_every_option() -> None:
    """The schema has every option with its meaning and default, so that editors can complete it."""
    entries = catalog_schema()["$defs"]
    for cls in provider_classes().values():
        properties = entries[cls.__name__]["properties"]
        for info in options(cls):
            assert info.meaning in properties[info.name]["description"]
            if isinstance(info.default, (str, int, float)):
                assert info.default == properties[info.name]["default"]


def test_points_to_the_option() -> None:
    """An error of the schema points to the wrong option, not to the whole entry."""
    entry = {"provider": "triton", "endpoint": "http://h", "priority": 300}
    (error,) = validator().iter_errors({"providers": {"p": entry}})
    assert ["providers", "p", "priority"] == list(error.absolute_path)
    (error,) = validator().iter_errors({"providers": {"p": {"provider": "triton", "endpoint": "http://h", "prioriti": 3}}})
    assert "'prioriti' was unexpected" in error.message


any_provider = st.sampled_from(CLASSES).flatmap(providers)


@given(st.dictionaries(st.text(st.characters(codec="utf-8"), min_size=1, max_size=5), any_provider, max_size=2), st.booleans())
def test_accepts_dumped_documents(content: Any, inherit: bool) -> None:
    """The schema accepts every document that `dumps` writes."""
    text = dumps(Catalog(content), format="json", secrets="reveal", inherit=inherit)
    assert accepts(json.loads(text)), text


scalars = (
    st.none()
    | st.booleans()
    | st.integers(-3, 300)
    | st.floats(-3, 3)
    | st.sampled_from(
        [
            "",
            "x",
            "TEXT",
            "image_url",
            "retry",
            "IGNORE",
            "gzip",
            "GZIP",
            "1s",
            "5",
            "soon",
            "pt1s",
            "1 h",
            "{}",
            "a:b",
            "truncated_head",
        ]
    )
)
values = (
    scalars
    | st.lists(scalars, max_size=2)
    | st.dictionaries(st.sampled_from(["env", "file", "a", "default", "keyring", "test-vault"]), scalars, max_size=2)
)


@st.composite
def entries(draw: st.DrawFn) -> dict[str, Any]:
    """An entry that is valid, or has few problems."""
    cls = draw(st.sampled_from([*provider_classes().values()]))
    names = [info.name for info in options(cls)]
    entry: dict[str, Any] = {"provider": cls.identifier}
    entry.update({info.name: "http://h" if info.name == "endpoint" else "k" for info in options(cls) if info.required})
    entry.update(draw(st.dictionaries(st.sampled_from([*names, "extra_options", "nonsense"]), values, max_size=2)))
    return entry


@MANY
@given(entries())
def test_agrees_with_loads(entry: dict[str, Any]) -> None:
    """The schema and `loads` agree, except for rules that no schema can express."""
    document = {"providers": {"p": entry}}
    try:
        loads(json.dumps(document), format="json")
    except DocumentError as error:
        beyond = all(any(part in each.problem.expected for part in BEYOND_A_SCHEMA) for each in error.problems)
        assert not accepts(document) or beyond, str(error)
    else:
        assert accepts(document), document
