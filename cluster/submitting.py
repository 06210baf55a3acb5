"""Hand the buckets of a month to an existing Spark, and wait: one task for each, which reads and writes files.

Spark is given numbers of buckets and paths, never a row and never a person. It is whatever Spark SPARK_HOME names; this
program imports none. The driver runs on this machine (client mode), the buckets wherever the master says.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from contracts.errors import BookError, InputError
from contracts.settings import Home

DRIVER = Path(__file__).with_name("driver.py")
SHIPPED = "environment"  # what the archive is called where an executor unpacks it


@dataclass(frozen=True)
class Spark:
    """Which Spark, and what decides a bucket there.

    `master`: as spark-submit takes it; empty: as the Spark's own settings say. `archive`: this program and its Python
    in one packed file, for machines that have neither; without one they have it where this machine has it.
    """

    master: str = ""
    archive: Path | None = None

    @property
    def python(self) -> str:
        """The interpreter that decides a bucket, as an executor finds it."""
        return f"./{SHIPPED}/bin/python" if self.archive else sys.executable


def submit(spark: Spark, home: Home, folder: Path, count: int, told: Mapping[str, str] | None = None) -> None:
    """Have the buckets 0 … count-1 of a folder decided. `told`: environment of whoever listens to the driver.

    InputError where there is no Spark here; BookError where it gave up, what it said being in logs/spark.log.
    """
    ended = subprocess.run(
        _command(spark, home, folder, count),
        env={
            **os.environ,
            **(told or {}),
            "PYSPARK_DRIVER_PYTHON": sys.executable,
            "PYSPARK_PYTHON": spark.python,
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    log = home.keep_log("spark.log", ended.stdout)
    if ended.returncode:
        raise BookError(
            f"Spark 没有算完(结束码 {ended.returncode})",
            f"原因见数据目录的 logs/{log.name};处理后重新运行本月,或改用 --engine buckets",
        )


def _command(spark: Spark, home: Home, folder: Path, count: int) -> list[str]:
    return [
        _spark_submit(),
        *(["--master", spark.master] if spark.master else []),
        *(["--archives", f"{spark.archive}#{SHIPPED}"] if spark.archive else []),
        "--name",
        "disburse",
        str(DRIVER),
        spark.python,
        str(home.path),
        str(folder),
        str(count),
    ]


def _spark_submit() -> str:
    place = os.environ.get("SPARK_HOME")
    found = shutil.which("spark-submit", path=str(Path(place) / "bin") if place else None)
    if found is None:
        raise InputError("没有找到 Spark 的 spark-submit", "请把 SPARK_HOME 设为 Spark 的安装目录", "SPARK_HOME")
    return found
