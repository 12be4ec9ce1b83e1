"""Times misfit and its peers on the same tables, recipes and threads, one process after the other, and prints the ratios.

    cargo build --release
    pip install -r benches/peers/requirements.txt
    python benches/peers/compare.py [--rounds 3] [--only classic-32] [--tables FOLDER]

Rows per second are of the training steps alone: the mean over the epochs after two to warm up (misfit: its own
`rows_per_second`, the mean over all epochs, the first two too). Every system runs once a round, so that a busy machine
slows all of them; the table shows medians over the rounds. `--tables` names a folder of labelled CSVs (letter.csv …) and adds whole runs: misfit from the start of the
process to the scores on disk, PyOD's AutoEncoder from the call of `fit` to the scores in memory, without imports and reading.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

from work import WORKS

HERE = pathlib.Path(__file__).parent
PROGRAM = HERE.parents[1] / "target" / "release" / "misfit"


class Failed(Exception):
    """A system could not do it."""


def run(command, threads, **variables):
    """What the command printed, as JSON; its seconds and its peak memory in MB go in beside."""
    environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3", "OMP_NUM_THREADS": str(threads), **variables}
    environment |= {"TF_NUM_INTRAOP_THREADS": str(threads), "MKL_NUM_THREADS": str(threads)}
    with tempfile.TemporaryFile("w+") as output:
        start = time.perf_counter()
        process = subprocess.Popen(list(map(str, command)), stdout=output, stderr=subprocess.DEVNULL, env=environment)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        output.seek(0)
        text = output.read()
    if status != 0:
        raise Failed(f"failed: {' '.join(map(str, command))}")
    return {"process_seconds": seconds, "megabytes": usage.ru_maxrss / 1024} | json.loads(text)


def systems(work, path, threads):
    """Each system's name and how to run it."""
    python = lambda script, *flags: [sys.executable, HERE / script, work.name, path, *flags]
    misfit = [PROGRAM, "train", path, "--preset", "classic", "--layers", ",".join(map(str, work.hidden))]
    misfit += ["--batch", work.batch, "--epochs", work.misfit_epochs, "--valid", 0, "--threads", threads, "--json", "--quiet"]
    return {
        "misfit": lambda: run(misfit, threads),
        "Keras, TensorFlow": lambda: run(python("keras_peer.py"), threads, KERAS_BACKEND="tensorflow"),
        "Keras, JAX": lambda: run(python("keras_peer.py"), threads, KERAS_BACKEND="jax"),
        "PyTorch, eager Adam": lambda: run(python("torch_peer.py"), threads),
        "PyTorch, fused Adam": lambda: run(python("torch_peer.py", "fused"), threads),
        "PyOD AutoEncoder": lambda: run(python("pyod_peer.py"), threads),
    }


def rounds_of(contestants, rounds):
    """Everybody's results, a list each."""
    results = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, contest in contestants.items():
            results[name].append(contest())
    return results


def median(results, key):
    return statistics.median(result[key] for result in results)


def compare_training(work, folder, arguments):
    path = folder / work.file
    if not path.exists():
        subprocess.run([sys.executable, HERE / "work.py", work.name, folder], check=True)
    results = rounds_of(systems(work, path, arguments.threads), arguments.rounds)
    speeds = {name: median(result, "rows_per_second") for name, result in results.items()}
    ours, fastest = speeds["misfit"], max(speed for name, speed in speeds.items() if name != "misfit")
    print(f"\n{work.name}: {'-'.join(map(str, work.widths))}, batch {work.batch}\n")
    print("| system | rows/s | misfit is faster by | peak MB |\n|---|---:|---:|---:|")
    for name, speed in speeds.items():
        print(f"| {name} | {speed:,.0f} | {ours / speed:.2f} | {median(results[name], 'megabytes'):.0f} |")
    print(f"\nmisfit against the fastest of them: {ours / fastest:.2f}", flush=True)


def compare_whole_runs(tables, arguments):
    print("\n| table | misfit, s | PyOD, s | ratio |\n|---|---:|---:|---:|")
    for path in map(pathlib.Path, tables):
        with tempfile.NamedTemporaryFile(suffix=".csv") as scores:
            misfit = [PROGRAM, "train", path, "--scores", scores.name, "--threads", arguments.threads, "--json", "--quiet"]
            contestants = {
                "misfit": lambda: run(misfit, arguments.threads),
                "pyod": lambda: run([sys.executable, HERE / "pyod_peer.py", path], arguments.threads),
            }
            try:
                results = rounds_of(contestants, arguments.rounds)
            except Failed as failed:
                if str(PROGRAM) in str(failed):
                    raise
                print(f"{path.stem} is left out: {failed}", file=sys.stderr)
                continue
        ours, theirs = median(results["misfit"], "process_seconds"), median(results["pyod"], "seconds")
        print(f"| {path.stem} | {ours:.3f} | {theirs:.2f} | {theirs / ours:.0f} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--only", choices=[*WORKS, "tables"])
    parser.add_argument("--tables", type=pathlib.Path)
    arguments = parser.parse_args()
    folder = pathlib.Path(tempfile.gettempdir()) / "misfit-peers"
    folder.mkdir(exist_ok=True)
    for name, work in WORKS.items():
        if arguments.only in (None, name):
            compare_training(work, folder, arguments)
    if arguments.tables and arguments.only in (None, "tables"):
        compare_whole_runs(sorted(arguments.tables.glob("*.csv")), arguments)


if __name__ == "__main__":
    main()
