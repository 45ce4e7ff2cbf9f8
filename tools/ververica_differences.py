# SPDX-License-Identifier: Apache-2.0
"""The differences from `ververica-flink`, in the order of the guide: a title and an advice for each topic and kind.

`compare_with_ververica` finds the differences; it fails if one is missing here, or if one here is no difference.
"""

from __future__ import annotations

from typing import NamedTuple

KINDS = {
    "refused": "Accepted by VVR, refused here",
    "other": "Accepted by both, with another result",
    "warned": "Accepted by both, with a warning here",
    "accepted": "Refused by VVR, accepted here",
    "exception": "Refused by both, with another exception",
}
"""The kinds of differences, with the titles of their tables."""

NAMES = {
    "ModelProvider": "Provider",
    "set_model_provider": "set_provider",
    "set_default_model_provider": "set_default_provider",
    "list_model_providers": "list_providers",
}
"""Their public names that are other names here."""


class Row(NamedTuple):
    """A row: its topic and kind, the argument in words, and the advice; results in words, if the values are no help."""

    topic: str
    kind: str
    title: str
    advice: str
    theirs: str = ""
    ours: str = ""
    example: str = ""
    """A part of the call that is shown."""


SAME = {
    "string": "strings, also empty ones, for options that accept any string",
    "empty string": "strings, also empty ones, for options that accept any string",
    "number": "`int` and `float` for numbers, and `int` for integers",
    "choice": "choices as Java writes them, and Booleans",
    "duration": "durations",
    "json": "JSON objects as strings",
    "default value": "default values of Triton: strings, numbers, Booleans, lists and mappings",
    "task": "tasks, and content types of one or several columns",
    "dashscope task": "tasks, and content types of one or several columns",
    "content type": "tasks, and content types of one or several columns",
    "content types of tasks": "tasks, and content types of one or several columns",
    "columns": "tasks, and content types of one or several columns",
    "key and task": "a key without an endpoint, or with a task, which both refuse",
    "same options": "only the arguments of a usual call",
    "order": "only the arguments of a usual call",
    "identifier": "`provider_identifier()` and `model_option_key()`",
    "extra option": "strings and numbers for options that the class does not have",
    "pickle": "`pickle` and `copy`",
    "subclass": "subclasses of a class",
    "subclass with an initializer": "subclasses of a class",
    "registry": "the functions of the registry",
    "registry: identifier of no class": "the functions of the registry",
}
"""The topics in which nothing differs, in words; several topics may have the same."""

ROWS = (
    # Refused here
    Row("misspelled", "refused", "A misspelled option", "Correct the name.", "`temprature` is sent"),
    Row("misspelled override", "refused", "A misspelled option in `overrides`", "Correct the name.", "`temprature` is sent"),
    Row("Java key", "refused", "The Java key of an option", "Use the Python name.", "sent"),
    Row(
        "content-types",
        "refused",
        "Several content types as a string",
        'Write `content_type=["TEXT", "IMAGE_URL"]`.',
        "both keys are sent",
    ),
    Row("number string", "refused", "A number as a string", "Leave out the quotes, or convert with `int()` or `float()`."),
    Row("string for a bool", "refused", "A Boolean as a string", "Write `True` or `False`."),
    Row("number for a bool", "refused", "A number for a Boolean", "Write `True` or `False`."),
    Row("bool", "refused", "A Boolean for a number", "Write the number."),
    Row("whole float", "refused", "A float for an integer", "Write `5`, not `5.0`; or convert with `int()`."),
    Row("Decimal", "refused", "A `Decimal`", "Convert with `float()`."),
    Row("infinite", "refused", "NaN or infinity", "Leave out the option."),
    Row(
        "range",
        "refused",
        "A number outside the range of the option",
        "Use a number in the range that the message states.",
        example="top_p=1.1",
    ),
    Row(
        "number for a duration",
        "refused",
        "A number for a duration",
        'Flink reads `10` as milliseconds: write `"10ms"`, or the duration that you want, such as `"10s"`.',
    ),
    Row("no duration", "refused", "A string that is not a duration", 'Write a whole number and a unit: `"1500ms"`.'),
    Row("unknown choice", "refused", "A string that is not one of the choices", "Use a choice that the message lists."),
    Row("no json object", "refused", "A string that is not a JSON object", "Pass a `dict`; it is written as JSON."),
    Row("JSON with a name twice", "refused", "A JSON object with a name twice", "Write each name once."),
    Row("no headers", "refused", "Headers that are not a Flink map", 'Write `"name:value"`, or pass a `dict`.'),
    Row("mapping with other names", "refused", "A mapping with keys that are not strings", "Use strings as keys."),
    Row("wrong type", "refused", "Any other value of the wrong type", "Pass a value of the type that the message states."),
    Row("mask", "refused", "The mask of a redacted key", "Use the key, or [a reference](secrets.md)."),
    Row("surrogate", "refused", "A lone surrogate", "Correct the string: Java cannot read it.", "sent"),
    Row("Java key in overrides", "refused", "The Java key of an option in `overrides`", "Use the Python name."),
    Row("invalid override", "refused", "An invalid value in `overrides`", "Use a value that the constructor accepts."),
    Row("extra nan", "refused", "NaN for an extra option", "Leave out the option, or pass a string."),
    Row(
        "name keyword",
        "refused",
        "The identifier by keyword",
        'Write `GenericProvider("x")`; `name` is an option here.',
        ours="`TypeError`",
    ),
    Row("generic name", "refused", "An identifier that is empty or not a string", "Pass the identifier of the Java factory."),
    Row("registry: empty name", "refused", "An empty name in the registry", "Use a name that is not empty."),
    Row(
        "write",
        "refused",
        "An assignment to an attribute",
        "`chat = chat.with_(temperature=0.1)`",
        "no error; the options stay as they were",
        "`FrozenInstanceError`",
    ),
    Row(
        "private",
        "refused",
        "Private attributes",
        "Read `chat.temperature`, or `chat.to_options()`.",
        ours="`AttributeError`, `TypeError`",
    ),
    Row("own class", "refused", "A class of your own", "Write [a class with options](#a-class-of-your-own)."),
    # Another result
    Row("letter case", "other", "A choice in another letter case", "Nothing: the string here is the one that Java documents."),
    Row(
        "enum member",
        "other",
        "A member of an enum of strings",
        "Nothing: the value is sent, not the name of the member.",
        example="error",
    ),
    Row("list", "other", "A list of stop strings", "Nothing: Java reads strings joined by commas."),
    Row("mapping", "other", "A mapping for JSON", "Nothing: Java reads JSON."),
    Row("timedelta", "other", "A `timedelta`", "Nothing: Java reads a number with a unit."),
    Row("Fraction", "other", "A `Fraction`", "Nothing: Java reads a decimal number."),
    Row("zero", "other", "Negative zero", "Nothing: it is the same number."),
    Row("extra bool", "other", "A Boolean for an extra option", 'Nothing; pass `"True"` if Java needs that string.'),
    Row("extra None", "other", "`None` for an extra option", 'Nothing; pass `"None"` if Java needs that string.'),
    Row("extra mapping", "other", "A list or mapping for an extra option", "Nothing; pass a string if Java needs another one."),
    Row(
        "overrides",
        "other",
        "Valid `overrides`",
        "Nothing: Java reads options by key.",
        "the same options, new ones last",
        "the same options, in the order of the class",
    ),
    Row("equality", "other", "Comparison", "Nothing; use `is` to compare identity."),
    Row(
        "classes",
        "other",
        "The class of `DashScopeProvider`",
        "Compare `provider_identifier()`, or name both classes.",
        example="DashScope",
    ),
    Row("repr", "other", "`repr()`", "Nothing: it shows the options, and masks secrets."),
    Row("registry: result", "other", "The result of `set_provider()`", "Nothing: it returns the provider, not `None`."),
    # A warning here
    Row(
        "other name",
        "warned",
        "The name of an option in another library",
        "Do what the warning says; `extra_options={...}` passes a name without it.",
        ours="the same, and `ExtraOptionWarning`",
    ),
    # Accepted here
    Row("letter case", "accepted", "A choice in another letter case", "Nothing."),
    Row("Java constant", "accepted", "The name of a Java constant", "Nothing."),
    Row("None", "accepted", "`None` for the content type", "Nothing."),
    Row("mapping to text", "accepted", "A mapping of headers", "Nothing."),
    Row("read", "accepted", "Reading an option as an attribute", "Nothing."),
    Row("signature", "accepted", "The endpoint of Triton by position", "Nothing."),
    Row("generic name option", "accepted", "Options with the names `name` or `self`", "Nothing."),
    Row(
        "registry: again",
        "accepted",
        "A name that is registered again",
        'To keep a provider, check `"a" in list_providers()` first.',
        ours="the new provider replaces the old one",
    ),
    # Another exception
    Row(
        "registry: unknown default",
        "exception",
        "An unknown name as default",
        "Catch `UnknownProviderError`, which is a `KeyError`.",
    ),
    Row("wrong type", "exception", "A value of the wrong type", "Catch `ProviderError`, or `TypeError`."),
)
