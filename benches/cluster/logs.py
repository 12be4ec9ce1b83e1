"""Writes logs as Parquet files: python3 logs.py FOLDER FILES ROWS (needs polars)."""

import datetime
import pathlib
import sys

import numpy
import polars

folder, files, rows = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
folder.mkdir(parents=True, exist_ok=True)
random = numpy.random.default_rng(1)
begin = datetime.datetime(2026, 1, 1)
for file in range(files):
    numbers = numpy.arange(file * rows, (file + 1) * rows)
    load = numpy.sin(numbers * 0.37)
    heat = numpy.cos(numbers * 0.629)
    heat[random.random(rows) < 0.0005] = 40
    logs = {
        "machine": [f"m{number % 50}" for number in numbers],
        "time": [begin + datetime.timedelta(seconds=17 * int(number)) for number in numbers],
        "load": load,
        "heat": heat,
        "flow": (2 * load + heat + random.normal(0, 0.1, rows)).astype(numpy.float32),
        "count": random.integers(0, 1_000, rows),
        "state": numpy.array(["idle", "running", "waiting"])[random.integers(0, 3, rows)],
    }
    polars.DataFrame(logs).write_parquet(folder / f"part-{file:04}.parquet", row_group_size=10_000)
