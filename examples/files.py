# SPDX-License-Identifier: Apache-2.0
"""The catalog of catalog.toml: the options for Flink, the difference between two catalogs, and all mistakes of a file.

It needs no extra from Python 3.11 on, where the standard library reads TOML.
"""

from __future__ import annotations

from pathlib import Path

from llmproviders import DocumentError, load, loads

FILE = Path(__file__).parent / "catalog.toml"


def main() -> None:
    catalog = load(FILE)
    print(f"{FILE.name} has {', '.join(catalog)}; the default is {catalog.default}")
    print()

    print("The options of embed for Flink, masked")
    for key, value in catalog["embed"].to_options(redact=True).items():
        print(f"  {key} = {value!r}")
    print()

    print("The differences between chat and report")
    for change in catalog.diff(catalog.with_provider("chat", catalog["report"])):
        print(f"  {change}")
    print()

    print("The differences of a release: another temperature for chat, another endpoint for sentiment")
    release = catalog | {
        "chat": catalog["chat"].with_(temperature=0.7),
        "sentiment": catalog["sentiment"].with_(endpoint="https://triton-2.example.com:8000"),
    }
    for change in catalog.diff(release):
        print(f"  {change}")
    print()

    print("Two mistakes, reported together")
    document = FILE.read_text(encoding="utf-8").replace("temperature = 0.2", "temprature = 0.2").replace("10s", "soon")
    try:
        loads(document, format="toml")
    except DocumentError as error:
        for problem in error.problems:
            print(f"  {problem}")


if __name__ == "__main__":
    main()
