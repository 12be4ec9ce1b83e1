"""False alarms and recall where a network has learned from ordinary rows alone.

    python3 benches/clean.py FOLDER [MISFIT]

Of every CSV in FOLDER whose last column is a label, 1 for outliers, four fifths of the ordinary rows are learned from, and the
other fifth is scored with all outliers, under each of several thresholds. Means over three seeds. It needs nothing but Python.
"""

import csv
import io
import random
import subprocess
import sys
import tempfile
from pathlib import Path

WAYS = {
    "auto": [],
    "--clean": ["--clean"],
    "--clean=99%": ["--clean=99%"],
    "--clean=95%": ["--clean=95%"],
}
SEEDS = range(3)


def main():
    folder = Path(sys.argv[1])
    misfit = sys.argv[2] if len(sys.argv) > 2 else "target/release/misfit"
    means = {way: [] for way in WAYS}
    print("share of new ordinary rows that are flagged / share of the outliers that are\n")
    print(f"{'set':20}" + "".join(f"{way:>18}" for way in WAYS))
    for path in sorted(folder.glob("*.csv")):
        with open(path, newline="") as file:
            header, *rows = csv.reader(file)
        told = f"{path.stem:20}"
        for way, flags in WAYS.items():
            found = [shares(misfit, header, rows, flags, seed) for seed in SEEDS]
            mean = [sum(share) / len(found) for share in zip(*found)]
            means[way].append(mean)
            told += f"{mean[0]:>9.4f} /{mean[1]:>6.3f} "
        print(told, flush=True)
    told = f"{'mean':20}"
    for found in means.values():
        mean = [sum(share) / len(found) for share in zip(*found)]
        told += f"{mean[0]:>9.4f} /{mean[1]:>6.3f} "
    print(told)


def shares(misfit, header, rows, flags, seed):
    """The shares of the ordinary rows and of the outliers that are flagged."""
    is_outlier = lambda row: float(row[-1]) == 1
    ordinary = [row[:-1] for row in rows if not is_outlier(row)]
    outliers = [row[:-1] for row in rows if is_outlier(row)]
    random.Random(seed).shuffle(ordinary)
    learned = len(ordinary) * 4 // 5
    with tempfile.TemporaryDirectory() as folder:
        table, new, model = (f"{folder}/{name}" for name in ("table.csv", "new.csv", "m.misfit"))
        write(table, header[:-1], ordinary[:learned])
        others = ordinary[learned:]
        write(new, header[:-1], others + outliers)
        run(misfit, "train", table, "-o", model, "-q", "--seed", str(seed), "--label", "none", *flags)
        told = run(misfit, "score", model, new, "-q", "--label", "none")
    flagged = [row["flagged"] == "1" for row in csv.DictReader(io.StringIO(told))]
    return [sum(part) / len(part) for part in (flagged[: len(others)], flagged[len(others) :])]


def write(path, header, rows):
    with open(path, "w", newline="") as file:
        csv.writer(file).writerows([header, *rows])


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    return done.stdout


main()
