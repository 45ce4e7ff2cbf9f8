# SPDX-License-Identifier: Apache-2.0
"""Plans: the statements that bring the models of Flink in line with providers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias, overload

import attrs

from ..boundary import public
from ..errors import Problem, invalid, printable
from ..messages import shown_name
from ..providers.base import Provider
from ..providers.comparison import Change
from ..secret_policy import Secrets, check_secrets
from ..secrets import Secret, literal

__all__ = ["Plan", "Step"]

_Kind: TypeAlias = Literal["rename", "set", "reset", "create", "drop"]


@attrs.frozen(kw_only=True, repr=False)
class Step:
    """One statement of a `Plan`. It holds secrets, and shows them masked; a pickle of it holds them too."""

    kind: _Kind
    """``"set"`` and ``"reset"`` are statements ALTER MODEL about options."""
    model: str
    """The name of the model, without catalog and database; for a rename, the old name."""
    new_name: str | None = None
    """The new name of a rename; None for other steps."""
    keys: tuple[str, ...] = ()
    """The Java keys that are set or reset; empty for other steps."""
    changes: tuple[Change, ...] = ()
    """The change of each key, or that of the whole model, with secrets masked; empty for a rename."""
    provider: Provider | None = None
    """The provider whose secrets the statement may contain; None if it contains none."""
    # A `Secret`, because programs may print the fields, for example of `attrs.asdict`.
    _sql: Secret = attrs.field(alias="sql", converter=literal)
    _masked_sql: str = attrs.field(alias="masked_sql")
    _secrets: tuple[Problem, ...] = attrs.field(default=(), alias="secrets")
    """A problem for each option whose secret would be in the statement."""

    @public
    def sql(self, *, secrets: Secrets = "refuse") -> str:
        """Write the statement, without a semicolon at its end.

        Args:
            secrets: as for `Plan.sql`.

        Raises:
            InvalidOptionsError: with every secret that would be in it, if secrets are refused.
        """
        secrets = check_secrets(secrets)
        if secrets == "refuse" and self._secrets:
            raise invalid(self.title, self._secrets)
        return self._masked_sql if secrets == "redact" else self._sql.reveal()

    @property
    def title(self) -> str:
        """The step in a few words, such as ``set chat``."""
        new = "" if self.new_name is None else f" to {shown_name(self.new_name)}"
        return f"{self.kind} {shown_name(self.model)}{new}"

    def __str__(self) -> str:
        """The changes, one in each line."""
        if self.new_name is not None:
            return printable(f"~ {self.model} -> {self.new_name}")
        return "\n".join(printable(str(change)) for change in self.changes)

    def __repr__(self) -> str:
        return f"<Step: {self.title}>"


@attrs.frozen(repr=False)
class Plan(Sequence[Step]):
    """The steps that bring models in line with providers, in an order that can be executed: a frozen sequence of `Step`.

    It is false if there are none. ``str()`` writes one change in each line, with secrets masked; a pickle holds the secrets.
    """

    _steps: tuple[Step, ...] = ()

    @overload
    def __getitem__(self, index: int) -> Step: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Step, ...]: ...

    def __getitem__(self, index: int | slice) -> Step | tuple[Step, ...]:
        return self._steps[index]

    def __len__(self) -> int:
        return len(self._steps)

    @public
    def sql(self, *, secrets: Secrets = "refuse") -> tuple[str, ...]:
        """Write the statements of the steps, without semicolons.

        Args:
            secrets: how to write a secret that is not a placeholder such as ``${secret_values.key}``: ``"refuse"`` raises an
                error, ``"reveal"`` writes it in clear, and ``"redact"`` writes the mask, with which the statement does not work.

        Raises:
            InvalidOptionsError: with every secret that would be in a statement, if secrets are refused.
        """
        secrets = check_secrets(secrets)
        if secrets == "refuse":
            problems = [
                attrs.evolve(each, option=f"{shown_name(step.model)}.{each.option}")
                for step in self._steps
                for each in step._secrets  # noqa: SLF001
            ]
            if problems:
                raise invalid("Plan.sql", problems)
        return tuple(step.sql(secrets=secrets) for step in self._steps)

    def __str__(self) -> str:
        return "\n".join(map(str, self._steps))

    def __repr__(self) -> str:
        return f"<Plan: {', '.join(step.title for step in self._steps) or 'no changes'}>"
