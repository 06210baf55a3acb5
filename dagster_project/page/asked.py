"""What may be asked of Dagster over GraphQL: to look; and, signed in, to start a county's month and to stop a run.

Mutations are few and known by name; whatever Dagster learns to do more is refused until it is named here. What starts a
run is not looked through for what is bad, but put together anew from the little that may be told.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    VariableNode,
    parse,
)

from contracts.actor import plain_name
from dagster_project.page.refused import RefusedError

STARTS = {"launchRun", "launchPipelineExecution"}
STOPS = {"terminateRun", "terminateRuns", "terminatePipelineExecution"}
PARTITION_TAGS = "dagster/partition"
MUST_BE_EMPTY = {"override_by": "同意继续", "override_reason": "同意继续的理由"}


@dataclass(frozen=True)
class SignedIn:
    """Who makes what he starts, and a new voucher for each start: a name alone proves nothing to the run."""

    officer: str
    voucher: Callable[[], str]


def judged(body: bytes, by: SignedIn | None) -> bytes:
    """A GraphQL request as it may go on to Dagster; RefusedError where it may not. None: the page only shows."""
    try:
        asked = json.loads(body)
        document = parse(asked["query"], no_location=True)
        variables = dict(asked.get("variables") or {})
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, GraphQLError):
        raise RefusedError("看不懂的请求", 400) from None
    if field := _mutation(document):
        _require_permitted(field.name.value, by)
        if by is not None and field.name.value in STARTS:
            name = _variable(field)
            variables[name] = _started_by(by, _mapping(variables.get(name)))
    known = {"query": asked["query"], "variables": variables, "operationName": asked.get("operationName")}
    return json.dumps(known, ensure_ascii=False).encode()


def _mutation(document: DocumentNode) -> FieldNode | None:
    """The one thing that a mutation does; None for a query. RefusedError where it is anything less plain than that."""
    operations = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
    if all(one.operation is OperationType.QUERY for one in operations):
        return None
    selections = operations[0].selection_set.selections
    if len(operations) == 1 and operations[0].operation is OperationType.MUTATION and len(selections) == 1:
        (field,) = selections
        if isinstance(field, FieldNode) and not field.directives:
            return field
    raise RefusedError("一次只收一项操作", 400)


def _require_permitted(mutation: str, by: SignedIn | None) -> None:
    if by is None:
        raise RefusedError("现在只看不动。要运行,请用 disburse ui --operate --as 经办人 重新打开")
    if mutation not in STARTS | STOPS:
        raise RefusedError("本界面只能运行一个县一个月和中止运行;其他的请用 disburse 命令,或从资产页重新物化")


def _variable(field: FieldNode) -> str:
    """The variable that says what to start: as a literal it could not be put together anew."""
    if len(field.arguments) == 1 and isinstance(given := field.arguments[0].value, VariableNode):
        return given.name.value
    raise RefusedError("运行的内容须作为变量给出", 400)


def _started_by(by: SignedIn, told: Mapping[str, Any]) -> dict[str, Any]:
    """What is started, made by the officer: job and assets, partition and known-on day as told, nothing else."""
    tags = _mapping(told.get("executionMetadata")).get("tags") or []
    if not isinstance(tags, list):
        raise RefusedError("看不懂的请求", 400)
    return {
        "selector": told.get("selector"),
        "mode": told.get("mode"),
        "executionMetadata": {
            "tags": [tag for tag in tags if str(_mapping(tag).get("key")).startswith(PARTITION_TAGS)]
        },
        "runConfigData": _run_config(by, _manifest_config(told.get("runConfigData"))),
    }


def _run_config(by: SignedIn, told: Mapping[str, Any]) -> dict[str, Any]:
    """RefusedError where a run names another maker, or who lets it go on: that takes another than the one here."""
    maker = plain_name(str(told.get("maker") or ""))
    if maker not in ("", by.officer):
        raise RefusedError(f"登录的是“{by.officer}”,不能以“{maker}”的名义运行")
    for key, label in MUST_BE_EMPTY.items():
        if told.get(key):
            raise RefusedError(f"{label}须由复核人员用 disburse run --override-by 办理")
    config: dict[str, Any] = {
        "resources": {"month_home": {"config": {"officer": by.officer, "voucher": by.voucher()}}},
        "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},  # the terminal is the officer's
    }
    if known_on := told.get("known_on"):
        config["ops"] = {"manifest": {"config": {"known_on": str(known_on)}}}
    return config


def _manifest_config(given: object) -> Mapping[str, Any]:
    """What the root asset is told in a run's configuration, given as an object or as its text."""
    try:
        config = yaml.safe_load(given) if isinstance(given, str) else given
    except (yaml.YAMLError, RecursionError):
        raise RefusedError("看不懂的运行配置", 400) from None
    for part in ("ops", "manifest", "config"):
        config = _mapping(config).get(part)
    return _mapping(config)


def _mapping(given: object) -> Mapping[str, Any]:
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise RefusedError("看不懂的请求", 400)
    return given
