# SPDX-License-Identifier: Apache-2.0
"""The catalog of catalog.toml: what Flink gets, what a change changes, and every mistake of a file at once.

It needs no extra: the standard library reads TOML from Python 3.11 on.
"""

from __future__ import annotations

from pathlib import Path

from llmproviders import DocumentError, load, loads

FILE = Path(__file__).parent / "catalog.toml"


def main() -> None:
    catalog = load(FILE)
    print(f"{FILE.name} has {', '.join(catalog)}; the default is {catalog.default}")
    print()

    print("What Flink gets for embed, masked")
    for key, text in catalog["embed"].to_options(redact=True).items():
        print(f"  {key} = {text!r}")
    print()

    print("What report has that chat has not")
    for change in catalog.diff(catalog.with_provider("chat", catalog["report"])):
        print(f"  {change}")
    print()

    print("A release that makes chat warmer and moves sentiment")
    release = catalog | {
        "chat": catalog["chat"].with_(temperature=0.7),
        "sentiment": catalog["sentiment"].with_(endpoint="https://triton-2.example.com:8000"),
    }
    for change in catalog.diff(release):
        print(f"  {change}")
    print()

    print("Two mistakes, refused together")
    text = FILE.read_text(encoding="utf-8").replace("temperature = 0.2", "temprature = 0.2").replace("10s", "soon")
    try:
        loads(text, format="toml")
    except DocumentError as error:
        for problem in error.problems:
            print(f"  {problem}")


if __name__ == "__main__":
    main()
