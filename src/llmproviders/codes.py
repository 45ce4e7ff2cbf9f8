# SPDX-License-Identifier: Apache-2.0
"""The codes of problems: stable names, each with its meaning and its solution."""

from __future__ import annotations

from typing import Final

import attrs

__all__ = ["CHECKS", "CODES", "GROUPS", "Code"]


@attrs.frozen
class Code:
    """A kind of problem."""

    name: str
    """The code, in kebab case."""
    meaning: str
    """A description of the problem."""
    solution: str
    """Advice on the solution."""
    is_check: bool = False
    """Whether a catalog with it loads: a check reports it, unless it is ignored."""


_OPTIONS: Final = (
    Code("invalid-value", "The option does not accept this value.", "Write a value that the message describes."),
    Code(
        "wrong-type", "The option or argument does not accept values of this type.", "Write a value of the type in the message."
    ),
    Code("unknown-option", "The class has no option of this name.", "Correct the name, or write it under `extra_options`."),
    Code("not-python-name", "A call has a Java key or another name of an option.", "Write the Python name in the message."),
    Code("missing-option", "A required option has no value.", "Give the option a value."),
    Code("conflicting-options", "Some options cannot be used together.", "Change or remove one of them."),
    Code("not-for-task", "The task does not have this option.", "Remove the option, or choose another task."),
    Code("unknown-task", "The class does not have this task.", "Write a task that the message lists."),
    Code("unusable-class", "The declaration of the provider class cannot work.", "Correct the class as the message says."),
)
_DOCUMENTS: Final = (
    Code("unreadable-file", "A file cannot be read.", "Check its path, type and permissions."),
    Code("unwritable-file", "A file cannot be written.", "Check its folder, type and permissions."),
    Code("unknown-format", "The suffix of the file is not that of a format.", "Name the file .toml, .json, .yaml or .yml."),
    Code("syntax-error", "The document does not follow the grammar of its format.", "Correct it at the location in the message."),
    Code("document-limit", "The document is too large, or nested too deeply.", "Split it, or nest it less deeply."),
    Code("not-a-catalog", "The document has no table of providers.", "Write the providers under the key `providers`."),
    Code("unknown-key", "The document has a key that catalogs do not have.", "Correct the key, or remove it."),
    Code("invalid-include", "`include` is not a list of file names, or the document is not a file.", "Write a list in a file."),
    Code("include-cycle", "Files include each other in a cycle.", "Remove one of the includes."),
    Code("unknown-default", "`default` does not name a provider of the catalog.", "Write the name of a provider."),
    Code("invalid-entry", "An entry is not a table with exactly one of the keys in the message.", "Write one of these keys."),
    Code("misplaced-key", "The key belongs to another kind of entry.", "Remove it, or change the kind of the entry."),
    Code(
        "unknown-provider",
        "No class has this identifier.",
        "Correct it. For a factory of your own, write `generic` instead of `provider`, or register its class with "
        "`register_provider_class()` or an entry point.",
    ),
    Code("unknown-preset", "There is no preset of this name.", "Write a preset that the message lists."),
    Code(
        "unknown-base",
        "`extends`, an environment or an override refers to an entry that does not exist.",
        "Write the name of an entry, or add the entry.",
    ),
    Code("extends-cycle", "Entries extend each other in a cycle.", "Remove `extends` from one of them."),
    Code("conflicting-bases", "`extends` names entries of different classes.", "Extend entries of one class."),
    Code("unknown-environment", "The catalog has no environment of this name.", "Write an environment that the message lists."),
    Code(
        "invalid-environment", "`env` contains a value that is not an environment.", "Write entries below `env.NAME.providers`."
    ),
    Code("unset-variable", "An environment variable is not set, or empty.", "Set it, or write a `default` beside `env`."),
    Code("invalid-reference", "A reference to a secret is malformed.", "Write a reference in the form that the message shows."),
    Code("unknown-resolver", "There is no secret resolver of this name.", "Correct it, or install the package of the resolver."),
    Code("unknown-code", "There is no code of this name.", "Write a code that `llmproviders explain` lists."),
    Code("unwritable-option", "A document cannot hold this option.", "Remove it, or add it in code."),
)
_SQL: Final = (
    Code("sql-syntax", "The statement does not follow the grammar of Flink.", "Correct it at the location in the message."),
    Code("other-dialect", "The statement is for another distribution of Flink.", "Write the options in the message."),
    Code("model-exists", "The script creates a model twice.", "Write IF NOT EXISTS, or drop the model first."),
    Code("unknown-model", "The script does not create this model.", "Correct the name, or create the model first."),
    Code("unclear-model", "The script does not tell which model has this name.", "Write all names with catalog and database."),
    Code("skipped-statement", "A statement about models is inside a string.", "Look for a missing quote."),
    Code("invalid-columns", "The model cannot have these columns.", "Write columns that the message describes."),
)
_OF_FILES: Final = (
    Code(
        "literal-secret",
        "The file contains a literal secret, which everybody who can read the file can see.",
        "Write a reference instead.",
        is_check=True,
    ),
    Code(
        "suspect-reference",
        "The name in a reference is probably the secret itself, or the reference replaces all headers.",
        "Write the name of a variable or file. In headers, write a reference for each value.",
        is_check=True,
    ),
    Code("empty-secret", "A secret is an empty string.", "Write a reference, or remove the option.", is_check=True),
    Code(
        "unresolved-reference",
        "A reference cannot be resolved on this machine.",
        "Set the variable, create the file, or correct the resolver.",
        is_check=True,
    ),
    Code(
        "misspelled-entry",
        "The name of a new entry is similar to that of an included entry.",
        "Correct the name, or ignore this code.",
        is_check=True,
    ),
    Code(
        "misspelled-environment",
        "The name of a new environment is similar to that of an included environment.",
        "Correct the name, or choose a less similar one.",
        is_check=True,
    ),
    Code(
        "unfilled-placeholder",
        "The placeholder is not filled in, so the service would receive it unchanged.",
        "Write the value itself, or a reference to a secret.",
        is_check=True,
    ),
    Code(
        "endpoint-url",
        "The endpoint is not, or probably not, the whole URL of the service.",
        "Write the whole URL.",
        is_check=True,
    ),
)
_ON_RUNTIMES: Final = (
    Code(
        "unchecked-factory",
        "No known runtime has a factory with this identifier, so its options are not checked.",
        "Correct the identifier, or ignore this code if the factory is your own.",
        is_check=True,
    ),
    Code(
        "wrong-runtime",
        "Other runtimes have this factory, but not this one.",
        "Use the provider that the message names.",
        is_check=True,
    ),
    Code("broken-factory", "A defect of the factory prevents models from running.", "Use another runtime.", is_check=True),
    Code(
        "missing-on-runtime",
        "The runtime requires an option that has no value.",
        "Give the option a value, in the provider or in the call.",
        is_check=True,
    ),
    Code(
        "not-on-runtime",
        "The factory does not have this option on this runtime.",
        "Remove it, or use another runtime.",
        is_check=True,
    ),
    Code(
        "unverified-option",
        "No class of the runtime declares this key, but Java may accept it.",
        "Check the documentation of the platform.",
        is_check=True,
    ),
    Code("deprecated-key", "Flink has a newer name for this key.", "Write the newer name.", is_check=True),
    Code(
        "ignored-option",
        "Flink ignores this option or clause.",
        "Remove it, or change the options that make Flink ignore it.",
        is_check=True,
    ),
    Code(
        "retries-outlast-timeout",
        "The timeout of ML_PREDICT may fail the job before the retries end, even if the fallback is IGNORE.",
        "Write fewer retries, or give ML_PREDICT a longer timeout.",
        is_check=True,
    ),
    Code("plain-http", "A key is sent over a connection without encryption.", "Use https.", is_check=True),
    Code("unsupported-value", "The runtime cannot use this value.", "Write a value that the message describes.", is_check=True),
)

GROUPS: Final = {
    "Options of a call or an entry": _OPTIONS,
    "Files": _DOCUMENTS,
    "SQL": _SQL,
    "Checks of files": _OF_FILES,
    "Checks on a runtime": _ON_RUNTIMES,
}
"""The codes by the subject of their problems."""

CODES: Final = {code.name: code for group in GROUPS.values() for code in group}
"""The codes by name."""

CHECKS: Final = tuple(code.name for code in CODES.values() if code.is_check)
"""The codes that only checks report, so that they may be selected or ignored."""
