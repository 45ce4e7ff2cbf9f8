# SPDX-License-Identifier: Apache-2.0
"""Wrong arguments of `Secret`, secret files that cannot be read, and names of credentials."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

from llmproviders import GenericProvider, InvalidOptionsError, InvalidTypeError, Secret

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
    for content in (b"x", b"\xff"):
        (tmp_path / "big").write_bytes(content * 1_048_577)
        with pytest.raises(Exception, match="more than 1048576 bytes; it is not the file of a secret"):
            Secret.from_file(tmp_path / "big").reveal()


CREDENTIALS = (
    *("my-password", "passwd", "PWD", "passphrase", "client_secret", "token", "x-token-id", "auth-tokens", "accessTokens"),
    *("credentials", "cred", "creds", "x-auth", "Authorization", "bearer", "Set-Cookie", "X-Amz-Signature", "subscription-key"),
    *("apiKey", "api_key_id", "access-key-id", "fs.azure.account.key.x", "auth-params", "service-key-x", "basic-auth-x"),
    *("sasl.jaas.config", "custom-headers"),
)
OTHERS = ("max-tokens", "author", "keyword", "monkey-patch", "path", "tokens", "credit", "X-Tenant")


@pytest.mark.parametrize("name", [*CREDENTIALS, *OTHERS])
def test_names_of_credentials(name: str) -> None:
    """An extra option is a secret if its name looks like that of a credential, in any spelling."""
    provider = GenericProvider("x", extra_options={name: "plain"})
    assert isinstance(provider.extra_options[name], Secret) is (name in CREDENTIALS)
    assert ("plain" in repr(provider)) is (name not in CREDENTIALS)
