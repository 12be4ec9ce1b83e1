#!/usr/bin/env python3
"""How long a key takes to reach the screen while the network trains, and what the screen costs the training.

    cargo build --release && python3 benches/screen/screen.py

Runs the program in a pseudo-terminal of 120 × 40 on the built-in sample with the classic network, at full speed and on all
cores. Key to frame: from the key's last byte written to the end of the frame that answers it. Cost: wall time of the
same work with the screen and without it, references and scores included, in turns. Needs Python alone.
"""
import fcntl
import json
import os
import pty
import random
import select
import statistics
import struct
import subprocess
import sys
import termios
import time

PROGRAM = os.path.join(os.path.dirname(__file__), "../../target/release/misfit")
FRAME_END = b"\x1b[?2026l"


class Screen:
    def __init__(self, *arguments, stdin=None):
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            if stdin:
                os.dup2(stdin.fileno(), 0)
            os.environ.update(TERM="xterm-256color", LANG="C.UTF-8")
            os.execv(PROGRAM, [PROGRAM, "--pace", "full", *arguments])
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))

    def read(self, seconds):
        if select.select([self.terminal], [], [], seconds)[0]:
            return os.read(self.terminal, 1 << 16)
        return b""

    def until(self, text, seconds):
        seen, end = b"", time.monotonic() + seconds
        while text not in seen and time.monotonic() < end:
            seen = seen[-4096:] + self.read(0.05)
        return text in seen

    def close(self):
        os.write(self.terminal, b"\x03")
        while True:
            try:
                if not os.read(self.terminal, 1 << 16):
                    break
            except OSError:
                break
        os.waitpid(self.process, 0)


def latency(keys):
    """Seconds from a key to its frame, for as many keys, on a list that is scrolled while it is ranked anew."""
    screen = Screen("--epochs", "100000")
    screen.until(b"training", 30)
    os.write(screen.terminal, b"4")
    end = time.monotonic() + 3
    while time.monotonic() < end:
        screen.read(0.05)
    took = []
    for index in range(keys):
        end = time.monotonic() + random.uniform(0.03, 0.12)
        while (left := end - time.monotonic()) > 0:
            screen.read(left)
        begun = time.perf_counter()
        os.write(screen.terminal, b"k" if index % 7 == 6 else b"j")
        if screen.until(FRAME_END, 5):
            took.append(time.perf_counter() - begun)
    screen.close()
    return sorted(took)


def on_screen(epochs):
    """Seconds from the first step to the end."""
    screen = Screen("--epochs", str(epochs))
    screen.until(b"training", 30)
    begun = time.perf_counter()
    screen.until(b"done", 600)
    took = time.perf_counter() - begun
    screen.close()
    return took


def headless(epochs):
    run = [PROGRAM, "train", "--preset", "classic", "--epochs", str(epochs), "--json", "-q"]
    document = subprocess.run(run, stdin=subprocess.DEVNULL, capture_output=True, check=True).stdout
    document = json.loads(document)
    # The screen's run ranks the rows without a network at the same time, on a core that the training does not have then.
    return sum(document[part] for part in ("reference_seconds", "train_seconds", "score_seconds"))


if __name__ == "__main__":
    keys, epochs, rounds = 400, int(sys.argv[1]) if len(sys.argv) > 1 else 100, 9
    took = [1e3 * seconds for seconds in latency(keys)]
    middle, late = took[len(took) // 2], took[int(0.99 * len(took))]
    print(f"key to frame over {len(took)} keys: median {middle:.1f} ms, 99 % {late:.1f} ms, longest {took[-1]:.1f} ms")
    pairs = [(on_screen(epochs), headless(epochs)) for _ in range(rounds)]
    for screen, alone in pairs:
        print(f"{epochs} epochs: {screen:.2f} s with the screen, {alone:.2f} s without: {screen / alone:.3f}")
    print(f"median ratio {statistics.median(screen / alone for screen, alone in pairs):.3f}")
