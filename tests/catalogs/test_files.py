# SPDX-License-Identifier: Apache-2.0
"""Catalogs in files and strings: round trips, and files are written whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import stat
import subprocess
import sys
import traceback
from pathlib import Path
from typing import Any

import pytest
from documents import BASE, FIRST, any_provider, catalogs
from hypothesis import given
from hypothesis import strategies as st

from llmproviders import (
    Catalog,
    DocumentError,
    OpenAICompatProvider,
    Provider,
    ProviderError,
    dump,
    dumps,
    from_dict,
    load,
    loads,
    to_dict,
)
from llmproviders.catalogs.formats.lookup import FORMATS
from llmproviders.optional import install_command


class TestRoundTrip:
    """A catalog is equal after `dumps` and `loads`."""

    @pytest.mark.parametrize("format", FORMATS)
    @given(catalog=catalogs, inherit=st.booleans())
    def test_law(self, format: Any, catalog: Catalog, inherit: bool) -> None:
        """`loads(dumps(x)) == x`, with and without inheritance."""
        text = dumps(catalog, format=format, secrets="reveal", inherit=inherit)
        assert catalog == loads(text, format=format)

    @given(any_provider)
    def test_dict(self, provider: Provider) -> None:
        """`from_dict(to_dict(x)) == x`, and the dict is plain JSON."""
        entry = to_dict(provider, secrets="reveal")
        assert provider == from_dict(entry)
        assert provider == from_dict(json.loads(json.dumps(entry)))

    @pytest.mark.parametrize("format", FORMATS)
    @pytest.mark.parametrize(
        "prompt", ["", "x" * 10_000, "a\nb\n", "a\r\nb", " a ", "é\u2028😀\x7f\x85", "'''\"\"\"\\", "no", "1e-3", "#", "\ufeff"]
    )
    def test_prompts(self, format: Any, prompt: str) -> None:
        """Every prompt is the same after `dumps` and `loads`."""
        catalog = Catalog({"p": OpenAICompatProvider(system_prompt=prompt)})
        assert catalog == loads(dumps(catalog, format=format), format=format)

    @pytest.mark.parametrize("format", FORMATS)
    def test_empty(self, format: Any) -> None:
        """A catalog may have no providers."""
        assert Catalog() == loads(dumps(Catalog(), format=format), format=format)


class TestArguments:
    """Wrong arguments are errors."""

    def test_unknown_format(self) -> None:
        """An unknown format is a `ValueError` that lists the formats."""
        with pytest.raises(ValueError, match="^format: expected toml, json, yaml, got 'xml'$"):
            loads("", format="xml")  # type: ignore[arg-type]


class TestWriting:
    """Files are written whole or not at all."""

    def test_dump_and_load(self, tmp_path: Path) -> None:
        """The suffix gives the format, and the new file has the default mode."""
        catalog = loads(FIRST, format="toml")
        (tmp_path / "plain").write_text("")
        for suffix in ("toml", "json", "yaml", "yml"):
            path = tmp_path / f"c.{suffix}"
            dump(catalog, path)
            assert catalog == load(path)
            assert (tmp_path / "plain").stat().st_mode == path.stat().st_mode
        assert len(os.listdir(tmp_path)) == 5

    @pytest.mark.skipif(os.name == "nt", reason="Windows has no permissions for group and others")
    def test_private(self, tmp_path: Path) -> None:
        """Only the owner can read a file with revealed secrets; other files keep their mode."""
        path = tmp_path / "c.toml"
        path.write_text("")
        path.chmod(0o640)
        dump(Catalog({"a": BASE}), path)
        assert stat.S_IMODE(path.stat().st_mode) == 0o640
        dump(Catalog({"a": BASE.with_(api_key="k")}), path, secrets="reveal")
        assert stat.S_IMODE(path.stat().st_mode) == 0o600

    def test_failure_leaves_the_old_file(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """If the disk fails, the old file is unchanged, and no temporary file is left."""
        path = tmp_path / "c.toml"
        path.write_text("old")

        def fail(_: int) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(os, "fsync", fail)
        with pytest.raises(DocumentError) as caught:
            dump(Catalog(), path)
        assert f"{path}:1:1: expected a file that can be written, got No space left on device" == str(caught.value)
        assert path.read_text() == "old"
        assert os.listdir(tmp_path) == ["c.toml"]

    def test_interruption_leaves_the_old_file(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """If the user interrupts `dump`, the old file is unchanged, and no temporary file is left."""
        path = tmp_path / "c.toml"
        path.write_text("old")

        def interrupt(_: int) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(os, "fsync", interrupt)
        with pytest.raises(KeyboardInterrupt):
            dump(Catalog(), path)
        assert path.read_text() == "old"
        assert os.listdir(tmp_path) == ["c.toml"]

    @pytest.mark.skipif(os.name == "nt", reason="on Windows making links needs a privilege")
    def test_link_stays_a_link(self, tmp_path: Path) -> None:
        """`dump` to a link writes the file that the link points to."""
        real, link = tmp_path / "real.toml", tmp_path / "link.toml"
        real.write_text("")
        link.symlink_to(real)
        dump(Catalog(), link)
        assert link.is_symlink()
        assert Catalog() == load(real)


class TestSecrecy:
    """Tracebacks show no part of a document."""

    def test_tracebacks_of_load(self, tmp_path: Path) -> None:
        """A traceback of `load` that shows variables shows no document."""
        path = tmp_path / "c.toml"
        path.write_text("[providers.a]\nprovider = 'openai-compat'\napi_key = 'MARK'")
        with pytest.raises(DocumentError) as caught:
            load(path)
        shown = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
        assert "MARK" not in shown


def test_missing_extra_is_named() -> None:
    """If the package of a format is missing, the error has the command that installs it."""
    code = (
        "import sys; sys.modules['ruamel.yaml'] = None\n"
        "from llmproviders import loads, ProviderError\n"
        "try: loads('a: 1', format='yaml')\n"
        "except ProviderError as error: print(error)"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out == f"this needs the package ruamel.yaml; install it with: {install_command('yaml')}\n"


class TestFuzz:
    """Every input gives a catalog or a `ProviderError`."""

    @given(
        st.text(max_size=200) | st.binary(max_size=200).map(lambda raw: raw.decode("utf-8", "replace")), st.sampled_from(FORMATS)
    )
    def test_noise(self, text: str, format: Any) -> None:
        """Random strings raise only `ProviderError`."""
        with contextlib.suppress(ProviderError):
            loads(text, format=format)

    @given(catalogs, st.sampled_from(FORMATS), st.data())
    def test_mutated(self, catalog: Catalog, format: Any, data: st.DataObject) -> None:
        """A valid document with a part removed, repeated or replaced raises only `ProviderError`."""
        text = dumps(catalog, format=format, secrets="reveal")
        for _ in range(data.draw(st.integers(1, 3))):
            start = data.draw(st.integers(0, len(text)))
            end = data.draw(st.integers(start, min(len(text), start + 12)))
            pieces = ["", text[start:end] * 2, '"', "[", "{", "\n", ":", "=", "x", "\x00", "&a ", "*a", "- "]
            text = text[:start] + data.draw(st.sampled_from(pieces)) + text[end:]
        with contextlib.suppress(ProviderError):
            loads(text, format=format)
