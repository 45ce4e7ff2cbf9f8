# SPDX-License-Identifier: Apache-2.0
"""The words of Flink's SQL: tokens, what literals stand for, and quoting. What they mean together is not known here.

Source: the lexer of Flink's SQL parser, run on Flink 2.1 to 2.3.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

from ..errors import Rejected

__all__ = ["RESERVED", "Cursor", "Misread", "Token", "identifier", "literal", "place", "tokens", "unfit_name"]

RESERVED: Final = frozenset(
    (  # noqa: SIM905
        "ABS ALL ALLOCATE ALLOW ALTER AND ANY ARE ARRAY ARRAY_CONCAT_AGG ARRAY_MAX_CARDINALITY AS ASENSITIVE ASYMMETRIC AT "
        "ATOMIC AUTHORIZATION AVG BEGIN BEGIN_FRAME BEGIN_PARTITION BETWEEN BIGINT BINARY BIT BITMAP BLOB BOOLEAN BOTH "
        "BUCKETS BY BYTES CALL CALLED CARDINALITY CASCADED CASE CAST CATALOGS CEIL CEILING CHAR CHARACTER CHARACTER_LENGTH "
        "CHAR_LENGTH CHECK CLASSIFIER CLOB CLOSE COALESCE COLLATE COLLECT COLUMN COMMENT COMMIT CONDITION CONNECT CONNECTIONS "
        "CONSTRAINT CONTAINS CONTAINS_SUBSTR CONTINUOUS CONVERT CORR CORRESPONDING COUNT COVAR_POP COVAR_SAMP CREATE CROSS "
        "CUBE CUME_DIST CURRENT CURRENT_CATALOG CURRENT_DATE CURRENT_DEFAULT_TRANSFORM_GROUP CURRENT_PATH CURRENT_ROLE "
        "CURRENT_ROW CURRENT_SCHEMA CURRENT_TIME CURRENT_TIMESTAMP CURRENT_TRANSFORM_GROUP_FOR_TYPE CURRENT_USER CURSOR CYCLE "
        "DATABASES DATE DATETIME DATETIME_TRUNC DATE_TRUNC DAY DEALLOCATE DEC DECIMAL DECLARE DEFAULT DEFINE DELETE "
        "DENSE_RANK DEREF DESCRIBE DETERMINISTIC DISALLOW DISCONNECT DISTINCT DISTRIBUTED DISTRIBUTION DOT DOUBLE DROP "
        "DYNAMIC EACH ELEMENT ELSE EMPTY END END_FRAME END_PARTITION EQUALS ESCAPE EVERY EXCEPT EXEC EXECUTE EXISTS EXP "
        "EXPLAIN EXTEND EXTENDED EXTERNAL EXTRACT FALSE FETCH FILTER FIRST_VALUE FLOAT FLOOR FOR FOREIGN FRAME_ROW FREE "
        "FRESHNESS FRIDAY FROM FULL FUNCTION FUNCTIONS FUSION GET GLOBAL GRANT GROUP GROUPING GROUPS GROUP_CONCAT HASH HAVING "
        "HOLD HOUR IDENTITY ILIKE IMPORT IN INCLUDE INDICATOR INITIAL INNER INOUT INSENSITIVE INSERT INT INTEGER INTERSECT "
        "INTERSECTION INTERVAL INTO IS JOIN JSON_ARRAY JSON_ARRAYAGG JSON_EXISTS JSON_OBJECT JSON_OBJECTAGG JSON_QUERY "
        "JSON_SCOPE JSON_VALUE LAG LANGUAGE LARGE LAST_VALUE LATERAL LEAD LEADING LEFT LIKE LIKE_REGEX LIMIT LN LOCAL "
        "LOCALTIME LOCALTIMESTAMP LOWER MATCH MATCHES MATCH_NUMBER MATCH_RECOGNIZE MATERIALIZED MAX MEASURES MEMBER MERGE "
        "METHOD MIN MINUS MINUTE MOD MODELS MODIFIES MODIFY MODULE MODULES MONDAY MONTH MULTISET NATIONAL NATURAL NCHAR NCLOB "
        "NEW NEXT NO NONE NORMALIZE NOT NTH_VALUE NTILE NULL NULLIF NUMERIC OCCURRENCES_REGEX OCTET_LENGTH OF OFFSET OLD OMIT "
        "ON ONE ONLY OPEN OR ORDER ORDINAL OUT OUTER OVER OVERLAPS OVERLAY PARAMETER PARTITION PATTERN PER PERCENT "
        "PERCENTILE_CONT PERCENTILE_DISC PERCENT_RANK PERIOD PERMUTE PIVOT PORTION POSITION POSITION_REGEX POWER PRECEDES "
        "PRECISION PREPARE PREV PRIMARY PROCEDURE PROCEDURES QUALIFY QUARTERS RANGE RANK RAW READS REAL RECURSIVE REF "
        "REFERENCES REFERENCING REFRESH REFRESH_MODE REGR_AVGX REGR_AVGY REGR_COUNT REGR_INTERCEPT REGR_R2 REGR_SLOPE "
        "REGR_SXX REGR_SXY REGR_SYY RELEASE RENAME RESET RESULT RESUME RETURN RETURNS REVOKE RIGHT RLIKE ROLLBACK ROLLUP ROW "
        "ROWS ROW_NUMBER RUNNING SAFE_CAST SAFE_OFFSET SAFE_ORDINAL SATURDAY SAVEPOINT SCALA SCOPE SCROLL SEARCH SECOND SEEK "
        "SELECT SENSITIVE SEPARATOR SESSION_USER SET SHOW SIMILAR SKIP SMALLINT SOME SPECIFIC SPECIFICTYPE SQL SQLEXCEPTION "
        "SQLSTATE SQLWARNING SQRT START STATEMENT STATIC STDDEV_POP STDDEV_SAMP STREAM STRING STRING_AGG STRUCTURED "
        "SUBMULTISET SUBSET SUBSTRING SUBSTRING_REGEX SUCCEEDS SUM SUNDAY SUSPEND SYMMETRIC SYSTEM SYSTEM_TIME SYSTEM_USER "
        "TABLE TABLES TABLESAMPLE THEN THURSDAY TIME TIMESTAMP TIMESTAMP_DIFF TIMESTAMP_LTZ TIMESTAMP_TRUNC TIMEZONE_HOUR "
        "TIMEZONE_MINUTE TIME_DIFF TIME_TRUNC TINYINT TO TRAILING TRANSLATE TRANSLATE_REGEX TRANSLATION TREAT TRIGGER TRIM "
        "TRIM_ARRAY TRUE TRUNCATE TRY_CAST TUESDAY UESCAPE UNION UNIQUE UNKNOWN UNNEST UNPIVOT UPDATE UPPER UPSERT USE USER "
        "USING VALUE VALUES VALUE_OF VARBINARY VARCHAR VARIANT VARYING VAR_POP VAR_SAMP VERSIONING VIEWS WATERMARK WATERMARKS "
        "WEDNESDAY WEEKS WHEN WHENEVER WHERE WIDTH_BUCKET WINDOW WITH WITHIN WITHOUT YEAR "
    ).split()
)
"""The words that are no names unless they stand in backticks, on any of Flink 2.1 to 2.3."""

MAX_NAME: Final = 256
"""The longest name that Flink's parser takes, in Java's characters."""

# What Java holds for blank, which is not what Python does.
_BLANK: Final = r"[\t-\r\x1c-\x20\u1680\u2000-\u2006\u2008-\u200a\u2028\u2029\u205f\u3000]*"


class Misread(Rejected):
    """A text that cannot be read on from the character at *index*."""

    def __init__(self, index: int, expected: str, *, got: str = "", hint: str = "") -> None:
        super().__init__(expected, hint=hint)
        self.index = index
        self.got = got


def place(text: str, index: int) -> tuple[int, int]:
    """Line and column of a character, both counted from 1."""
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)


# Quoting --------------------------------------------------------------------------------------------------------------


def literal(text: str) -> str:
    """*text* as a string literal: a quote is doubled, and nothing else is special."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """*name* in backticks."""
    return "`" + name.replace("`", "``") + "`"


def unfit_name(name: str) -> str:
    """What a name would have to be for Flink to take it in backticks; empty if it is."""
    if re.fullmatch(_BLANK, name):
        return "a name that is not blank"
    if "\n" in name or "\r" in name:
        return "a name of one line"
    if any("\ud800" <= character <= "\udfff" for character in name):
        return "a name without lone surrogates"
    if len(name.encode("utf-16-le")) > 2 * MAX_NAME:
        return f"a name of at most {MAX_NAME} characters"
    return ""


# Tokens ---------------------------------------------------------------------------------------------------------------

Kind = Literal["word", "name", "text", "special", "number", "sign", "end"]


class Token(NamedTuple):
    """A piece of a statement."""

    kind: Kind
    """A bare word, a name in backticks, a string literal, one with a prefix, a number, another character, or the end."""
    text: str
    """What it stands for: the name without its backticks, the literal's text; the source of one with a prefix."""
    start: int
    """Index of its first character."""
    end: int
    """Index after its last character."""

    @property
    def keyword(self) -> str:
        """A bare word in capitals, as keywords are compared; empty for anything else."""
        return self.text.upper() if self.kind == "word" and self.text.isascii() else ""

    def __str__(self) -> str:
        """How a message shows it: nothing that may be part of a secret whose quotes are wrong."""
        if self.kind == "sign":
            return repr(self.text)
        if self.keyword in RESERVED or self.keyword in _OTHER_KEYWORDS:
            return self.keyword
        return _SHOWN[self.kind]


_SHOWN: Final = {
    "word": "a bare word",
    "name": "a name in backticks",
    "text": "a text in quotes",
    "special": "a text with a prefix",
    "number": "a number",
    "end": "the end",
}
_OTHER_KEYWORDS: Final = frozenset(("CATALOG", "DATABASE", "IF", "INPUT", "MODEL", "OUTPUT", "REPLACE", "TEMPORARY", "VIEW"))

# What a bare word begins with, and goes on with besides digits.
_LETTER: Final = (
    r"$A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u1fff\u2d00-\u2d25"
    r"\u3040-\u318f\u3300-\u337f\u3400-\u3d2d\u4e00-\u9fff\uf900-\ufaff"
)
_BODY: Final = r"'[^']*(?:''[^']*)*'"
# Each token begins where the one before it ends, so nothing is skipped. A backslash is a character like any other, but
# not after the prefix E. Comments do not nest, a hint (/*+) is none, and a dollar by itself is no word.
_TOKEN: Final = (
    r"(?P<blank>[ \t\n\r\f]+|(?:--|//)[^\n\r]*|/\*\*/|/\*\*[^/](?s:.*?)\*/|/\*(?![*+])(?s:.*?)\*/)"
    rf"|(?P<text>{_BODY})"
    rf"|(?P<special>(?i:U&|N|X|_[A-Z0-9][-:.A-Z0-9_]*){_BODY}|[eE]'(?s:[^'\\]|\\.|'')*')"
    r"|(?P<name>`(?:[^`\n\r]|``)+`)"
    rf"|(?P<word>(?!\$(?![{_LETTER}0-9]))[{_LETTER}][{_LETTER}0-9]*)"
    r"|(?P<number>[0-9]+)"
    r"|(?P<sign>(?!/\*)[!$%&(-/:-@\[-^{-~])"
)


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a text, the last of which is its end.

    Raises:
        Misread: where no token begins.
    """
    index = 0
    match = re.compile(_TOKEN).match
    while index < len(text):
        found = match(text, index)
        if found is None:
            raise _no_token(text, index)
        kind, source, start, index = found.lastgroup, found[0], index, found.end()
        if kind == "blank":
            continue
        if kind in {"text", "name"}:
            source = source[1:-1].replace(source[0] * 2, source[0])
        yield Token(kind, source, start, index)  # type: ignore[arg-type]
    yield Token("end", "", index, index)


def _no_token(text: str, index: int) -> Misread:
    """What is wrong where no token begins; the text itself is not shown, for quotes may be missing around a secret."""
    if text.startswith("/*", index):
        if text.startswith("/*+", index):
            return Misread(index, "no hint", hint="Flink takes none in CREATE MODEL")
        return Misread(index, "a comment that ends with */")
    if text[index] == "'":
        return Misread(index, "a text that ends with a quote", hint="a quote within a text is written twice")
    if text[index] == "`":
        hint = "a backtick within a name is written twice"
        return Misread(index, "a name of one line that ends with a backtick and is not empty", hint=hint)
    if text[index] == '"':
        hint = "write texts in single quotes and names in backticks"
        return Misread(index, "no double quote", got="one", hint=hint)
    hint = "write names that have other letters in backticks"
    return Misread(index, "a character of SQL", got=f"U+{ord(text[index]):04X}", hint=hint)


class Cursor:
    """Reads tokens one after the other; every method says where and why it cannot.

    Raises:
        Misread: from every method whose name begins with ``expect``, where something else stands.
    """

    def __init__(self, given: list[Token]) -> None:
        self.tokens = given
        self.index = 0

    @property
    def token(self) -> Token:
        """The token to read next."""
        return self.tokens[self.index]

    @property
    def last(self) -> Token:
        """The token that was read last."""
        return self.tokens[self.index - 1]

    def step(self) -> Token:
        """Read the next token, whatever it is."""
        token = self.token
        self.index += 1
        return token

    def words(self, *keywords: str) -> bool:
        """Read these keywords if they all follow."""
        following = self.tokens[self.index : self.index + len(keywords)]
        if [token.keyword for token in following] != list(keywords):
            return False
        self.index += len(keywords)
        return True

    def sign(self, sign: str) -> bool:
        """Read this sign if it follows."""
        if self.token.kind != "sign" or self.token.text != sign:
            return False
        self.index += 1
        return True

    def misread(self, expected: str, *, hint: str = "") -> Misread:
        """That something else stands here."""
        return Misread(self.token.start, expected, got=str(self.token), hint=hint)

    def expect_words(self, *keywords: str) -> None:
        """Read these keywords."""
        for keyword in keywords:
            if not self.words(keyword):
                raise self.misread(keyword)

    def expect_sign(self, *signs: str) -> str:
        """Read one of these signs, and return it."""
        for sign in signs:
            if self.sign(sign):
                return sign
        raise self.misread(" or ".join(map(repr, signs)))

    def expect_name(self, what: str) -> str:
        """Read a name, bare or in backticks."""
        token = self.token
        if token.kind not in ("word", "name"):
            raise self.misread(what)
        if token.kind == "word" and token.text.upper() in RESERVED:
            raise self.misread(what, hint=f"write `{token.text}` in backticks: it is a keyword")
        if expected := unfit_name(token.text):
            raise Misread(token.start, f"{what}: {expected}")
        return self.step().text

    def expect_number(self, what: str, low: int, high: int) -> int:
        """Read a whole number within bounds."""
        token = self.token
        if token.kind != "number":
            raise self.misread(what)
        digits = token.text.lstrip("0") or "0"
        if len(digits) > 10 or not low <= int(digits) <= high:  # noqa: PLR2004  # Java's ints have as many
            raise Misread(token.start, f"{what} from {low} to {high}", got=token.text[:30])
        self.index += 1
        return int(digits)

    def expect_plain(self, what: str) -> str:
        """Read one string literal without a prefix, as comments have to be."""
        if self.token.kind != "text":
            raise self.misread(what)
        return self.step().text

    def expect_text(self, what: str) -> str:
        """Read a string literal of any kind, and those that continue it."""
        first = self.token
        if first.kind == "text":
            self.index += 1
            return "".join([first.text, *self._more()])
        if first.kind != "special" or first.text[0] in "xX":
            raise self.misread(what, hint="values are texts in single quotes" if first.kind in ("word", "number") else "")
        self.index += 1
        prefix, body = first.text.split("'", 1)
        if prefix in ("e", "E"):
            return _unescaped(body[:-1], first.start)
        parts = [body[:-1].replace("''", "'"), *self._more()]
        if prefix in ("u&", "U&"):
            escape = self._escape() if self.words("UESCAPE") else "\\"
            # An escape does not go on in the next part, but a pair of surrogates does.
            return _joined("".join(_unicode(part, escape, first.start) for part in parts), first.start)
        return _encodable("".join(parts), "latin-1" if prefix in ("n", "N") else prefix[1:], first.start)

    def _more(self) -> Iterator[str]:
        while self.token.kind == "text":
            yield self.step().text

    def _escape(self) -> str:
        start = self.token.start
        escape = self.expect_plain("the character that escapes")
        if len(escape) != 1 or ord(escape) > 0xFFFF or re.fullmatch(rf'[0-9A-Fa-f+"]|{_BLANK}', escape):  # noqa: PLR2004
            raise Misread(start, "one character that is no hexadecimal digit, blank, plus sign or double quote")
        return escape


# Literals with a prefix -----------------------------------------------------------------------------------------------

_CHARSETS: Final = {
    "utf8": "utf-8",
    "utf-8": "utf-8",
    "utf16": "utf-16",
    "utf-16": "utf-16",
    "utf-16le": "utf-16",
    "utf-16be": "utf-16",
    "latin1": "latin-1",
    "latin-1": "latin-1",
    "iso-8859-1": "latin-1",
}


def _encodable(text: str, charset: str, start: int) -> str:
    codec = _CHARSETS.get(charset.lower())
    if codec is None:
        raise Misread(start, "a text in UTF-8, UTF-16 or ISO-8859-1", hint="leave the prefix out")
    try:
        text.encode(codec)
    except UnicodeEncodeError:
        raise Misread(start, "a text of the character set that its prefix names", hint="leave the prefix out") from None
    return text


def _unicode(text: str, escape: str, start: int) -> str:
    """The text of a part of a literal with the prefix U&, in which surrogates may stand alone."""

    def character(found: re.Match[str]) -> str:
        if found[1] is None:
            raise Misread(start, "four hexadecimal digits after each character that escapes")
        return escape if found[1] == escape else chr(int(found[1].removeprefix("+"), 16))

    mark = re.escape(escape)
    # Flink takes the + of a six-digit escape for a sign, so there are three digits left.
    return re.sub(rf"{mark}({mark}|\+[0-9A-Fa-f]{{3}}|[0-9A-Fa-f]{{4}})?", character, text)


_CONTROLS: Final = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "'": "'", "\\": "\\"}
_ESCAPE: Final = (
    r"(?s)''|\\(?:(?P<control>[bfnrt'\\])|(?P<octal>[0-3][0-7]{0,2})"
    r"|x(?P<byte>[0-9A-Fa-f]{0,2})|u(?P<short>[0-9A-Fa-f]{4})|U(?P<long>[0-9A-Fa-f]{8})|(?P<bad>[uU]))"
)


def _unescaped(body: str, start: int) -> str:
    """The text of a literal with the prefix E; an unknown escape stays as it is."""

    def character(found: re.Match[str]) -> str:
        if found["bad"]:
            raise Misread(start, "four hexadecimal digits after \\u and eight after \\U")
        if found["control"]:
            return _CONTROLS[found["control"]]
        if found["octal"]:
            return chr(int(found["octal"], 8))
        if found["byte"] is not None:
            return chr(int(found["byte"], 16)) if found["byte"] else "x"
        code = int(found["short"] or found["long"] or "27", 16)
        if code > 0x10FFFF:  # noqa: PLR2004  # the last code point there is
            raise Misread(start, "a code point of Unicode after \\U")
        return chr(code)

    return _joined(re.sub(_ESCAPE, character, body), start)


def _joined(text: str, start: int) -> str:
    """*text* with the pairs of surrogates that escapes have made as the one character that they are."""
    try:
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        raise Misread(start, "text without lone surrogates", hint="Java cannot read them") from None
