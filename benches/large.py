#!/usr/bin/env python3
"""A table of any size, larger than the memory it may take: `misfit train` on it, its time and its highest memory.

    cargo build --release
    python3 benches/large.py                            # 10 GB of CSV, --memory 200MB
    python3 benches/large.py --size 1 --memory 50MB -- --scores scores.csv

The file is written first (into --folder, which needs the room) and deleted afterwards, unless --keep names it for the next run.
Twenty columns of numbers follow five hidden ones, and so does a column of words; every so manieth row breaks that. What is behind
`--` goes to misfit. Memory is the system's own count (ru_maxrss), time the wall's; for both what misfit's passes took is told too.
It needs numpy.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time

import numpy as np

BLOCK = 20_000
COLUMNS = 20
HIDDEN = 5
WORDS = np.array([list(word.encode()) for word in ("red", "tan", "sky", "sea")], dtype=np.uint8)


def text_of(values, words, odd):
    """The rows as CSV. All cells of a column are equally wide, so that their digits are written at once."""
    digits = np.clip(np.rint((values + 50) * 1e5), 1_000_000, 9_999_999).astype(np.int32)
    cells = np.empty((BLOCK, COLUMNS, 9), dtype=np.uint8)
    for place, power in zip((0, 1, 3, 4, 5, 6, 7), range(6, -1, -1)):
        cells[:, :, place] = digits // 10**power % 10 + ord("0")
    cells[:, :, 2], cells[:, :, 8] = ord("."), ord(",")
    ends = np.empty((BLOCK, 6), dtype=np.uint8)
    ends[:, :3] = WORDS[words]
    ends[:, 3], ends[:, 4], ends[:, 5] = ord(","), odd + ord("0"), ord("\n")
    return np.concatenate([cells.reshape(BLOCK, -1), ends], axis=1).tobytes()


def write(path, size, planted, seed=7):
    """Writes about so many bytes, with so many planted rows; how many rows, and the numbers of these, 1 = first."""
    draw = np.random.default_rng(seed)
    mixing = draw.normal(size=(HIDDEN, COLUMNS))
    names = [f"c{place}" for place in range(COLUMNS)] + ["word", "outlier"]
    blocks = max(1, int(size / (BLOCK * (COLUMNS * 9 + 6))))
    chosen = set(np.linspace(0, blocks - 1, planted).astype(int).tolist())
    found = []
    with open(path, "wb", buffering=1 << 22) as file:
        file.write((",".join(names) + "\n").encode())
        for block in range(blocks):
            hidden = draw.normal(size=(BLOCK, HIDDEN))
            values = hidden @ mixing + 0.1 * draw.normal(size=(BLOCK, COLUMNS))
            words = np.clip(hidden[:, 0].round().astype(int) + 2, 0, len(WORDS) - 1)
            odd = np.zeros(BLOCK, dtype=np.uint8)
            if block in chosen:
                # In each column an ordinary value, but another row's: no column alone shows it.
                place = int(draw.integers(BLOCK))
                values[place] = values[draw.integers(BLOCK, size=COLUMNS), np.arange(COLUMNS)]
                odd[place] = 1
                found.append(block * BLOCK + place + 1)
            file.write(text_of(values, words, odd))
    return blocks * BLOCK, found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--size", type=float, default=10.0, help="of the file, in GB (10)")
    parser.add_argument("--memory", default="200MB", help="what the table may take (200MB)")
    parser.add_argument("--planted", type=int, default=20, help="rows that do not fit (20)")
    parser.add_argument("--folder", default=tempfile.gettempdir(), help="where the file goes")
    parser.add_argument("--keep", metavar="FILE", help="use this file, write it where there is none, and keep it")
    parser.add_argument("--binary", default="target/release/misfit")
    parser.add_argument("more", nargs="*", help="behind --: for misfit train")
    options = parser.parse_args()
    path = options.keep or os.path.join(options.folder, f"large-{os.getpid()}.csv")
    try:
        if not os.path.exists(path):
            began = time.time()
            rows, planted = write(path, options.size * 1e9, options.planted)
            print(f"wrote {rows:,} rows in {time.time() - began:.0f} s, planted {len(planted)}", flush=True)
        size = os.path.getsize(path)
        command = [options.binary, "train", path, "--memory", options.memory, "--json", "--quiet", *options.more]
        began = time.time()
        done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
        took = time.time() - began
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode != 0:
            sys.exit(done.returncode)
        told = json.loads(done.stdout)
    finally:
        if not options.keep and os.path.exists(path):
            os.remove(path)
    print(f"{' '.join(command)}\n{size / 1e9:.1f} GB, {told['rows']:,} rows, learned from {told.get('sampled_rows', told['rows']):,}")
    print(f"highest memory {used.ru_maxrss / 1024:,.0f} MiB, {took:.1f} s in all, {used.ru_utime + used.ru_stime:.0f} s of processor")
    for name in ("read_seconds", "reference_seconds", "train_seconds", "pass_seconds"):
        if name in told:
            print(f"  {name[:-8]:<10} {told[name]:>7.1f} s  {size / 1e6 / max(told[name], 1e-9):>8,.0f} MB/s")
    if "roc_auc" in told:
        among = told.get("outliers_flagged"), told.get("outliers")
        print(f"ROC-AUC {told['roc_auc']:.6f} ± {told.get('roc_auc_off', 0):.1e}, flagged {among[0]} of {among[1]} planted")
    print("first rows:", ", ".join(f"{top['row']:,} ({top['score']:.1f})" for top in told["top"][:5]))


if __name__ == "__main__":
    main()
