#!/usr/bin/env python3
"""How long it takes until the first rows of a file are on the screen, and until all of it is read and learning begins.

    cargo build --release && python3 benches/screen/first_rows.py [MB]

Writes a CSV of one column of words and 19 of numbers, 170 MB where nothing else is said, ten times as much, and the first packed
with gzip; opens each in a pseudo-terminal of 120 × 40, and the first through a pipe, too. Rows: from the start of the process
to the first cell of the first row in what the terminal is sent, the median of nine; beside it the most memory that the process had
taken by then. All: to the first frame that says it is training, once. Files come from the page cache. Needs Linux, Python
and gzip.
"""
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time

from screen import Screen

MARK = "zebra-finch"
ROUNDS = 9


def write(path, megabytes):
    names = ",".join(["name", *(f"x{column}" for column in range(1, 20))]) + "\n"
    draw = random.Random(1)
    row = lambda name: ",".join([name, *(f"{draw.gauss(0, 1):.5f}" for _ in range(19))]) + "\n"
    part = "".join(row(f"bird-{index % 50}") for index in range(20_000))
    with open(path, "w") as file:
        file.write(names + row(MARK))
        while file.tell() < megabytes << 20:
            file.write(part)


def peak(process):
    with open(f"/proc/{process}/status") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM"))


def once(arguments, piped=None, text=MARK.encode()):
    """Seconds until the text is there, and MB by then."""
    writer = subprocess.Popen(["cat", piped], stdout=subprocess.PIPE) if piped else None
    begun = time.perf_counter()
    screen = Screen(*arguments, stdin=writer and writer.stdout)
    if not screen.until(text, 300):
        sys.exit(f"{text} did not appear: {arguments}")
    took, memory = time.perf_counter() - begun, peak(screen.process)
    screen.close()
    if writer:
        writer.stdout.close()
        writer.kill()
        writer.wait()
    return took, memory


def main():
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 170
    with tempfile.TemporaryDirectory() as folder:
        plain, large = os.path.join(folder, "plain.csv"), os.path.join(folder, "large.csv")
        write(plain, megabytes)
        with open(large, "wb") as file:
            subprocess.run(["cat", plain, *[plain] * 9], stdout=file, check=True)
        subprocess.run(["gzip", "-k", "-1", plain], check=True)
        ways = [
            ("plain", [plain], None),
            ("ten times as long", [large], None),
            ("gzip", [f"{plain}.gz"], None),
            ("piped", ["-"], plain),
        ]
        for name, arguments, piped in ways:
            runs = [once(arguments, piped) for _ in range(ROUNDS)]
            took, memory = (statistics.median(values) for values in zip(*runs))
            longest = max(took for took, _ in runs)
            line = f"{name:18} rows after {took:.3f} s (longest {longest:.3f}) in {memory:.0f} MB"
            if name != "ten times as long":
                line += f", all after {once(arguments, piped, b'training')[0]:.1f} s"
            print(line, flush=True)


if __name__ == "__main__":
    main()
