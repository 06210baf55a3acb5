"""What decides a month: the stages themselves, buckets in this process, or buckets on a Spark told of through Pipes."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import dagster as dg

from cluster.submitting import Spark, submit
from contracts.settings import Home
from month.buckets import Engine, in_this_process


@dataclass(frozen=True)
class Chosen:
    """What whoever gave the command chose: how many buckets, and the Spark to decide them, this process without one.

    It is no part of a run's configuration: whoever only starts a run at the lineage page sends no register anywhere.
    """

    buckets: int | None = None
    spark: Spark | None = None


CHOSEN: ContextVar[Chosen | None] = ContextVar("chosen", default=None)  # None: the stages themselves, on whole tables


def engine_of(chosen: Chosen, context: dg.AssetExecutionContext) -> Engine:
    """The engine at work for one op."""
    return partial(_on_spark, context, chosen.spark) if chosen.spark else in_this_process


def _on_spark(context: dg.AssetExecutionContext, spark: Spark, home: Home, folder: Path, count: int) -> dict[str, str]:
    """Start it as a Pipes session; what the driver tells of itself goes beside the asset's counts."""
    with dg.open_pipes_session(
        context=context,
        context_injector=dg.PipesEnvContextInjector(),
        message_reader=dg.PipesTempFileMessageReader(),
    ) as session:
        submit(spark, home, folder, count, session.get_bootstrap_env_vars())
    return {label: text for message in session.get_custom_messages() for label, text in message.items()}
