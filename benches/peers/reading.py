"""Reads one CSV with polars and DuckDB, where they are installed: python3 benches/peers/reading.py FILE

Make FILE with `MISFIT_BENCH_FILE=FILE cargo bench --bench reading`, and compare in one sitting.
"""

import os
import sys
import time


def best(read, turns=3):
    read()
    times = []
    for _ in range(turns):
        start = time.perf_counter()
        read()
        times.append(time.perf_counter() - start)
    return min(times)


def main(path):
    megabytes = os.path.getsize(path) / 1e6
    readers = {}
    try:
        import polars

        readers["polars " + polars.__version__] = lambda: polars.read_csv(path)
    except ImportError:
        print("polars is not installed")
    try:
        import duckdb

        query = "create or replace temp table t as select * from read_csv(?)"
        readers["duckdb " + duckdb.__version__] = lambda: duckdb.execute(query, [path])
    except ImportError:
        print("duckdb is not installed")
    for name, read in readers.items():
        seconds = best(read)
        print(f"{name:20} {seconds:6.2f} s  {megabytes / seconds:5.0f} MB/s")


if __name__ == "__main__":
    main(sys.argv[1])
