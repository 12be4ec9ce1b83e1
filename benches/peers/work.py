"""The two networks that everybody trains, and the tables they train on.

    python work.py WORK FOLDER

writes a work's table. What is large is imported where it is used: whoever starts the systems has to stay small, since a
process' peak memory begins with what its parent had.
"""

import dataclasses
import json
import pathlib
import statistics
import sys
import time


@dataclasses.dataclass(frozen=True)
class Work:
    """A table and a network. The decoder mirrors `hidden`, whose last width is the code's. misfit trains for more epochs,
    so that its shorter ones can be timed, too."""

    name: str
    rows: int
    columns: int
    hidden: tuple
    batch: int
    epochs: int
    misfit_epochs: int

    @property
    def file(self):
        return f"{self.rows}x{self.columns}.csv"

    @property
    def widths(self):
        return [self.columns, *self.hidden, *self.hidden[-2::-1], self.columns]


CLASSIC = (1024, 8, 4, 3)
WORKS = {
    work.name: work
    for work in [
        Work("classic-32", 4096, 1602, CLASSIC, 32, 6, 20),
        Work("classic-256", 4096, 1602, CLASSIC, 256, 8, 30),
        Work("small-32", 10_000, 30, (24, 12, 4), 32, 6, 600),
    ]
}


def write_table(work, folder):
    """Rows that a few hidden causes explain, so that there is something to learn."""
    import numpy
    import pandas

    random = numpy.random.default_rng(0)
    causes = random.normal(size=(work.rows, 4))
    values = numpy.tanh(causes @ random.normal(size=(4, work.columns)) + 0.1 * random.normal(size=(work.rows, work.columns)))
    names = [f"x{column + 1}" for column in range(work.columns)]
    pandas.DataFrame(values, columns=names).to_csv(folder / work.file, index=False, float_format="%.4f")


def read_scaled(path):
    """The table as float32 in [0, 1], column by column."""
    import numpy
    import pandas

    values = pandas.read_csv(path).to_numpy(numpy.float64)
    low, high = values.min(axis=0), values.max(axis=0)
    return ((values - low) / (high - low)).astype(numpy.float32)


def report_epochs(seconds, rows):
    """Rows per second, the mean over the epochs after two to warm up: a mean, as misfit's own figure is, so that a moment in
    which the machine is busy costs everybody the same."""
    print(json.dumps({"rows_per_second": rows / statistics.fmean(seconds[2:])}))


def arguments():
    """Which work, on which table, and what else a script was told."""
    return WORKS[sys.argv[1]], sys.argv[2], sys.argv[3:]


class Stopwatch:
    """The seconds between its beats."""

    def __init__(self):
        self.seconds, self.last = [], time.perf_counter()

    def beat(self):
        now = time.perf_counter()
        self.seconds.append(now - self.last)
        self.last = now


if __name__ == "__main__":
    write_table(WORKS[sys.argv[1]], pathlib.Path(sys.argv[2]))
