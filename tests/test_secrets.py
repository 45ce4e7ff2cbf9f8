# SPDX-License-Identifier: Apache-2.0
"""Wrong arguments of `Secret`, and secret files that cannot be read."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

from llmproviders import InvalidOptionsError, InvalidTypeError, Secret

KEY = "sk-0123456789abcdef"


class Fails:
    def __fspath__(self) -> str:
        raise RuntimeError(KEY)


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda: Secret([KEY]), InvalidTypeError, "Secret(): expected a str, got list"),  # type: ignore[arg-type]
        (lambda: Secret(text=KEY.encode()), InvalidTypeError, "Secret(): expected a str, got bytes"),  # type: ignore[arg-type]
        (lambda: Secret.from_env([KEY]), InvalidTypeError, "Secret.from_env(): expected the name of an environment variable"),  # type: ignore[arg-type]
        (lambda: Secret.from_env(KEY), InvalidOptionsError, "Secret.from_env(): expected the name of an environment variable"),
        (lambda: Secret.from_file([KEY]), InvalidTypeError, "Secret.from_file(): expected the path of a file"),  # type: ignore[arg-type]
        (lambda: Secret.from_file(KEY.encode()), InvalidTypeError, "Secret.from_file(): expected the path of a file"),  # type: ignore[arg-type]
        (lambda: Secret.from_file(Fails()), InvalidTypeError, "Secret.from_file(): expected the path of a file"),  # type: ignore[arg-type]
        (lambda: Secret.from_file(""), InvalidOptionsError, "Secret.from_file(): expected the path of a file"),
    ],
    ids=range(8),
)
def test_misuse_of_secrets(call: Callable[[], object], kind: type[Exception], message: str) -> None:
    """A wrong argument is an error of the library, and no frame of its traceback holds the argument."""
    with pytest.raises(kind) as caught:
        call()
    assert kind is type(caught.value)
    assert str(caught.value).startswith(message)
    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    assert KEY not in str([frame.locals for frame in shown.stack if frame.name != "test_misuse_of_secrets"])
    assert caught.value.__context__ is None


def test_secret_files_that_cannot_be_read(tmp_path: Path) -> None:
    """A file that is too large, or whose name no file can have, is an error."""
    (tmp_path / "big").write_text("x" * 1_048_577)
    with pytest.raises(Exception, match="more than 1048576 characters; it is not the file of a secret"):
        Secret.from_file(tmp_path / "big").reveal()
    with pytest.raises(Exception, match="cannot be read: no file can have that name"):
        Secret.from_file("\x00").reveal()
