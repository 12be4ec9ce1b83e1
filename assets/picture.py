#!/usr/bin/env python3
"""Makes the pictures of the README: runs misfit in a pseudo-terminal, presses a few keys, and paints what the screen then shows.

    cargo build --release && python3 assets/picture.py

Needs pyte and pillow (pip) and the DejaVu Sans Mono fonts.
"""
import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from pathlib import Path

import pyte
from PIL import Image, ImageDraw, ImageFont

COLUMNS, ROWS, CELL = 120, 40, (10, 20)
PAPER, TEXT = "#14161a", "#d6d6d6"
# pyte tells a colour of the terminal's palette by its usual value; these are easier on the eye.
INKS = {"000000": "#14161a", "cd0000": "#d7695e", "00cd00": "#86c06c", "cdcd00": "#e0b44c", "0000ee": "#6a9fd8",
        "cd00cd": "#c58fd8", "00cdcd": "#5fc4c4", "e5e5e5": "#d6d6d6", "7f7f7f": "#7d828a", "5c5cff": "#8fbcf0"}
# Each picture: the arguments, and the keys with the seconds to wait before each.
PICTURES = {
    "dashboard.png": ([], [(6, "B"), (0.5, "r"), (6, "4"), (0.5, "j"), (0.5, "j"), (1, None)]),
    "looking-back.png": (["assets/ionosphere.csv"], [(3, "b"), (8, "<"), (0.5, "<"), (0.5, "<"), (1, None)]),
    "scores.png": (["assets/ionosphere.csv", "--pace", "full"], [(2, "S"), (1, "l"), (1, None)]),
    "table.png": (["assets/ionosphere.csv", "--pace", "full"], [(2, "T"), (1, "m"), (0.3, "m"), (0.5, "&score > 5\r"), (1, None)]),
    "layer.png": (["assets/ionosphere.csv"], [(10, "\r"), (1, None)]),
}
FONTS = Path("/usr/share/fonts/truetype/dejavu")
# Bit by bit, the place of each braille dot in its cell.
DOTS = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3)]


def play(program, arguments, script):
    """The screen after the script."""
    screen = pyte.Screen(COLUMNS, ROWS)
    stream = pyte.ByteStream(screen)
    process, terminal = pty.fork()
    if process == 0:
        os.environ.update(TERM="xterm-256color")
        os.execv(program, [program, *arguments])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    os.kill(process, signal.SIGWINCH)
    for seconds, key in script:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if select.select([terminal], [], [], left)[0]:
                stream.feed(os.read(terminal, 65536))
        if key:
            os.write(terminal, key.encode())
    os.kill(process, signal.SIGTERM)
    os.waitpid(process, 0)
    return screen


def paint(screen, path):
    width, height = CELL
    regular = ImageFont.truetype(str(FONTS / "DejaVuSansMono.ttf"), 16)
    bold = ImageFont.truetype(str(FONTS / "DejaVuSansMono-Bold.ttf"), 16)
    image = Image.new("RGB", (COLUMNS * width, ROWS * height), PAPER)
    draw = ImageDraw.Draw(image)
    for row in range(ROWS):
        for column in range(COLUMNS):
            cell = screen.buffer[row][column]
            ink, paper = INKS.get(cell.fg, TEXT), PAPER
            if cell.reverse:
                ink, paper = paper, ink
            x, y = column * width, row * height
            draw.rectangle((x, y, x + width - 1, y + height - 1), fill=paper)
            code = ord(cell.data[0]) if cell.data else 32
            if 0x2800 <= code < 0x2900:
                for bit, (across, down) in enumerate(DOTS):
                    if code >> bit & 1:
                        cx, cy = x + width * (2 * across + 1) / 4, y + height * (2 * down + 1) / 8
                        draw.ellipse((cx - 1.4, cy - 1.4, cx + 1.4, cy + 1.4), fill=ink)
            elif code != 32:
                draw.text((x, y), cell.data, font=bold if cell.bold else regular, fill=ink)
    image.save(path, optimize=True)


if __name__ == "__main__":
    project = Path(__file__).resolve().parent.parent
    os.chdir(project)
    for name, (arguments, script) in PICTURES.items():
        paint(play("target/release/misfit", arguments, script), project / "assets" / name)
