"""What spark-submit runs: give each executor the number of a bucket, and let Spark try again where one is lost.

It stands alone: of this program an executor needs `python -m cluster.task` only, in an interpreter of its own, so that
the Python of the platform's Spark may be another one than this program's.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass

from dagster_pipes import open_dagster_pipes
from pyspark import SparkContext


@dataclass(frozen=True)
class Task:
    """How a bucket is decided: by which interpreter, for which home, in which folder."""

    python: str
    home: str
    folder: str

    def __call__(self, number: int) -> int:
        """Decide a bucket in a process of its own; its number. CalledProcessError where that fails or is killed."""
        # without Spark's own PYTHONPATH; one core, as Spark counts
        env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        subprocess.run(
            [self.python, "-m", "cluster.task", self.home, self.folder, str(number)],
            env={**env, "POLARS_MAX_THREADS": "1"},
            check=True,
        )
        return number


def main(python: str, home: str, folder: str, count: str) -> None:
    """Decide every bucket, and tell whoever listens which Spark did."""
    with open_dagster_pipes() as pipes:
        spark = SparkContext()
        done = spark.parallelize(range(int(count)), int(count)).map(Task(python, home, folder)).collect()
        pipes.report_custom_message(
            {"Spark": spark.version, "Spark 应用": spark.applicationId, "算完的分片": str(len(done))}
        )
        spark.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
