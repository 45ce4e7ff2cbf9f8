# SPDX-License-Identifier: Apache-2.0
"""A cursor over the tokens of SQL."""

from __future__ import annotations

from .quoting import expected_name
from .reserved_words import RESERVED
from .tokens import Misread, Token, tokens

__all__ = ["Cursor"]


class Cursor:
    """A cursor over tokens.

    A method ``accept_...`` reads tokens only if they are next. A method ``expect_...`` raises `Misread` if they are not next.
    """

    def __init__(self, tokens_to_read: list[Token]) -> None:
        self.tokens = tokens_to_read
        self.index = 0

    @classmethod
    def over(cls, sql: str) -> Cursor:
        """A cursor over the tokens of *sql*.

        Raises:
            Misread: if no token begins at a character.
        """
        return cls(list(tokens(sql)))

    @property
    def token(self) -> Token:
        """The token to read next."""
        return self.tokens[self.index]

    @property
    def last(self) -> Token:
        """The token that was read last."""
        return self.tokens[self.index - 1]

    def step(self) -> Token:
        """Read the next token of any kind."""
        token = self.token
        self.index += 1
        return token

    def accept_words(self, *keywords: str) -> bool:
        """Read these keywords if all of them are next; return whether they are."""
        following = self.tokens[self.index : self.index + len(keywords)]
        if [token.keyword for token in following] != list(keywords):
            return False
        self.index += len(keywords)
        return True

    def accept_sign(self, sign: str) -> bool:
        """Read this sign if it is next; return whether it is."""
        if self.token.kind != "sign" or self.token.value != sign:
            return False
        self.index += 1
        return True

    def misread(self, expected: str, *, hint: str = "") -> Misread:
        """The error for the case that the next token is not the *expected* one."""
        return Misread(self.token.start, expected, got=str(self.token), hint=hint)

    def expect_words(self, *keywords: str) -> None:
        """Read these keywords."""
        for keyword in keywords:
            if not self.accept_words(keyword):
                raise self.misread(keyword)

    def expect_sign(self, *signs: str) -> str:
        """Read one of these signs, and return it."""
        for sign in signs:
            if self.accept_sign(sign):
                return sign
        raise self.misread(" or ".join(map(repr, signs)))

    def expect_name(self, expected: str) -> str:
        """Read a name, bare or in backticks."""
        token = self.token
        if token.kind not in ("word", "name"):
            raise self.misread(expected)
        if token.kind == "word" and token.value.upper() in RESERVED:
            raise self.misread(expected, hint=f"write `{token.value}` in backticks: it is a reserved word")
        if instead := expected_name(token.value):
            raise Misread(token.start, f"{expected}: {instead}")
        return self.step().value

    def expect_number(self, expected: str, low: int, high: int) -> int:
        """Read a whole number from *low* to *high*."""
        token = self.token
        if token.kind != "number":
            raise self.misread(expected)
        digits = token.value.lstrip("0") or "0"
        if len(digits) > 10 or not low <= int(digits) <= high:  # noqa: PLR2004  # Java's largest int has ten digits
            raise Misread(token.start, f"{expected} from {low} to {high}", got=token.value[:30])
        self.index += 1
        return int(digits)

    def expect_string(self, expected: str) -> str:
        """Read one string."""
        token = self.token
        if token.kind == "prefixed":
            raise self.misread("a string without a prefix", hint="write it as '...'")
        if token.kind != "string":
            raise self.misread(expected, hint="write it in single quotes" if token.kind in ("word", "number") else "")
        return self.step().value

    def expect_strings(self, expected: str) -> str:
        """Read a string and the strings that continue it: ``'a' 'b'`` is ``'ab'``."""
        parts = [self.expect_string(expected)]
        while self.token.kind == "string":
            parts.append(self.step().value)
        return "".join(parts)
