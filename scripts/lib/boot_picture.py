# SPDX-License-Identifier: MIT
"""The boot chart as a picture: what ran on the CPU, faults and calls, the kernel and its servers, OpenRC's services, processes.

Everything is placed by the data alone, so the same boot gives the same bytes. A Boot's times are seconds from the first event. Nothing
is drawn outside of the canvas: bars are cut at its edges, labels go to the side of a bar that has room for them.
"""
import collections
import math

import svg

WIDTH, LEFT, RIGHT, TOP = 1480, 168, 28, 92
ROW, GAP, LANE, HEAD = 20, 4, 15, 34
FONT = "DejaVu Sans, Verdana, Helvetica, Arial, sans-serif"
INK, SOFT, GRID, PAPER, BAND = "#1f2933", "#66727f", "#e3e7eb", "#ffffff", "#f6f8fa"
# What ran: Linux programs, the personality, other servers, the kernel itself when nothing is switched to.
USES = (("programs", "#3d7ea6"), ("personality", "#7fb069"), ("servers", "#e6aa4e"))
LEVELS = {"sysinit": "#5b6c9d", "boot": "#2f8f83", "default": "#c0632f"}
LEVEL_OTHER, SERVER, KERNEL, PROCESS, BUSY = "#7a6f9b", "#e6aa4e", "#a63d40", "#c9d8e4", "#3d7ea6"
STEPS = [base * 10 ** power for power in range(-6, 4) for base in (1, 2, 5)]

# A bar: seconds; `busy`: [(start, end)] inside of it in which it ran; `level`: runlevel, for services.
Bar = collections.namedtuple("Bar", "name start end level busy note", defaults=("", (), ""))
# uses: {name: [0..1 for each bucket]}; faults, calls: how many in each bucket; buckets of equal length over 0..length.
Boot = collections.namedtuple("Boot", "title subtitle length uses faults calls system services processes notes")


def _step(length, pixels):
    """A round distance between lines of the grid, so that about 90 pixels lie between them."""
    return next((step for step in STEPS if step / length * pixels >= 90), STEPS[-1])


def _seconds(value):
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.2f} s"


class Chart:
    def __init__(self, boot, height):
        self.boot, self.width = boot, WIDTH - LEFT - RIGHT
        self.picture = svg.Picture(WIDTH, height, font_family=FONT, font_size=11, fill=INK)
        self.picture.rect(0, 0, WIDTH, height, fill=PAPER)
        self.y = TOP

    def x(self, time):
        return LEFT + self.width * min(max(time / self.boot.length, 0.0), 1.0)

    # The frame

    def head(self):
        self.picture.text(24, 34, self.boot.title, font_size=20, font_weight="bold")
        self.picture.text(24, 54, self.boot.subtitle, font_size=12, fill=SOFT)
        x = WIDTH - RIGHT
        legend = [*USES, *((f"{level} service", colour) for level, colour in LEVELS.items())]
        for name, colour in reversed(legend):
            x -= svg.text_width(name, 11)
            self.picture.text(x, 34, name)
            self.picture.rect(x - 15, 25, 10, 10, fill=colour, rx=2)
            x -= 30

    def grid(self, bottom):
        step = _step(self.boot.length, self.width)
        for number in range(int(self.boot.length / step + 1e-9) + 1):
            x = self.x(number * step)
            self.picture.line(x, TOP - 12, x, bottom, stroke=GRID)
            if x < WIDTH - RIGHT - 12:
                self.picture.text(x, TOP - 17, _seconds(number * step) if number else "0", text_anchor="middle", fill=SOFT)

    def section(self, name, note=""):
        self.picture.text(24, self.y + 20, name, font_size=13, font_weight="bold")
        if note:
            self.picture.text(LEFT, self.y + 20, note, fill=SOFT)
        self.y += HEAD

    # Rates

    def uses(self, height):
        """What ran, as areas on each other."""
        self.picture.rect(LEFT, self.y, self.width, height, fill=BAND)
        count = len(next(iter(self.boot.uses.values()), ()))
        below = [0.0] * count
        for name, colour in USES:
            above = [low + part for low, part in zip(below, self.boot.uses.get(name, [0.0] * count))]
            points = self._steps(above, height) + list(reversed(self._steps(below, height)))
            self.picture.path(points, closed=True, fill=colour)
            below = above
        for share in (0.5, 1.0):
            self._level(height, share, f"{share:.0%}")
        self.y += height + GAP

    def _steps(self, values, height):
        points = []
        for number, value in enumerate(values):
            y = self.y + height * (1 - min(value, 1.0))
            points += [(self.x((number + side) * self.boot.length / len(values)), y) for side in (0, 1)]
        return points

    def _level(self, height, share, text):
        y = self.y + height * (1 - share)
        self.picture.line(LEFT, y, WIDTH - RIGHT, y, stroke=GRID, stroke_dasharray="2 3")
        self.picture.text(LEFT - 6, y + 4, text, text_anchor="end", fill=SOFT, font_size=10)

    def rate(self, name, values, height, colour):
        """How many a second, as bars; the highest one sets the scale."""
        self.picture.rect(LEFT, self.y, self.width, height, fill=BAND)
        most = max(values, default=0)
        seconds = self.boot.length / max(1, len(values))
        for number, value in enumerate(values):
            if value:
                tall = height * value / most
                x = self.x(number * seconds)
                self.picture.rect(x, self.y + height - tall, max(self.x((number + 1) * seconds) - x - 0.4, 0.6), tall, fill=colour)
        self.picture.text(LEFT - 6, self.y + height / 2 + 4, name, text_anchor="end")
        self.picture.text(LEFT - 6, self.y + height / 2 + 16, f"up to {_round(most / seconds)}/s", text_anchor="end", fill=SOFT,
                          font_size=9)
        self.y += height + GAP

    # Bars

    def bars(self, bars, kind, colour_of):
        """One bar a row, its name at the left."""
        for number, bar in enumerate(bars):
            if number % 2 == 0:
                self.picture.rect(LEFT, self.y, self.width, ROW, fill=BAND)
            self.picture.text(LEFT - 6, self.y + 14, _cut(bar.name, LEFT - 34, 11), text_anchor="end")
            self._bar(bar, self.y + 3, ROW - 6, colour_of(bar), kind)
            words = " ".join(filter(None, (_seconds(bar.end - bar.start), bar.note)))
            self._beside(bar, words, self.y + 14)
            self.y += ROW
        self.y += GAP

    def _bar(self, bar, y, height, colour, kind):
        x = self.x(bar.start)
        width = max(self.x(bar.end) - x, 1.5)
        x = min(x, WIDTH - RIGHT - width)
        title = f"{bar.name}: {_seconds(bar.start)} to {_seconds(bar.end)}"
        self.picture.rect(x, y, width, height, title=title, class_=kind, fill=colour, rx=2)

    def _beside(self, bar, words, y):
        width = svg.text_width(words, 10)
        right = self.x(bar.end) + 5 + width < WIDTH - RIGHT
        x = self.x(bar.end) + 5 if right else max(self.x(bar.start) - 5, LEFT + width)
        self.picture.text(x, y, words, font_size=10, fill=SOFT, text_anchor="start" if right else "end")

    # Processes

    def lanes(self, lanes):
        for lane in lanes:
            for bar, label in lane:
                self._bar(bar, self.y + 1, LANE - 2, PROCESS, "process")
                for start, end in _joined(bar.busy, self.boot.length / self.width):
                    x = self.x(start)
                    self.picture.rect(x, self.y + 1, max(self.x(end) - x, 0.5), LANE - 2, fill=BUSY, opacity=0.75)
                if label:
                    self.picture.text(self.x(bar.start) + 3, self.y + 11.5, label, font_size=9.5, paint_order="stroke",
                                      stroke=PAPER, stroke_width=2, stroke_opacity=0.75)
            self.y += LANE
        self.y += GAP


def _joined(spans, least):
    """Spans closer together than can be seen become one."""
    joined = []
    for start, end in sorted(spans):
        if joined and start - joined[-1][1] < least:
            joined[-1][1] = max(end, joined[-1][1])
        else:
            joined.append([start, end])
    return joined


def _round(value):
    if value <= 0:
        return "0"
    digits = 10 ** max(0, int(math.log10(value)) - 1)
    return f"{int(value / digits) * digits:,}"


def _cut(text, width, size):
    while svg.text_width(text, size) > width and len(text) > 2:
        text = text[:-2] + "…"
    return text


def pack(bars, length, pixels, most):
    """Processes into lanes, those of a tenth of the boot first, then by age, each into the first lane with room; (lanes, how many
    did not fit).

    A bar is as wide as its name where that is longer, so that names can be read; of those too many the short ones go.
    """
    kept, dropped = sorted(bars, key=lambda bar: (bar.end - bar.start < length / 10, bar.start, bar.name)), 0
    while True:
        lanes = []
        for bar in kept:
            label, wide = bar.name, bar.start + (svg.text_width(bar.name, 9.5) + 6) / pixels * length
            if wide > length:  # no room for its name at the right edge
                label, wide = "", bar.end
            end = max(bar.end, wide)
            lane = next((lane for lane in lanes if lane[1] <= bar.start), None)
            if lane is None:
                lane = [[], 0.0]
                lanes.append(lane)
            lane[0].append((bar, label))
            lane[1] = end + 2 / pixels * length
        if len(lanes) <= most:
            return [lane[0] for lane in lanes], dropped
        shortest = sorted(kept, key=lambda bar: bar.end - bar.start)[:max(1, len(kept) // 20)]
        gone = {id(bar) for bar in shortest}
        dropped += len(gone)
        kept = [bar for bar in kept if id(bar) not in gone]


def draw(boot, path, most_lanes=40):
    lanes, dropped = pack(boot.processes, boot.length, WIDTH - LEFT - RIGHT, most_lanes)
    height = (TOP + 4 * HEAD + 80 + 2 * 44 + 6 * GAP + ROW * (len(boot.system) + len(boot.services)) + LANE * len(lanes)
              + 16 * len(boot.notes) + 30)
    chart = Chart(boot, height)
    chart.head()
    chart.grid(height - 24 - 16 * len(boot.notes))
    chart.section("CPU", "what ran, as a share of the time")
    chart.uses(80)
    chart.rate("page faults", boot.faults, 40, "#b56576")
    chart.rate("Linux calls", boot.calls, 40, "#6d83a8")
    chart.section("System", "the kernel, then each server until it serves")
    chart.bars(boot.system, "server", lambda bar: KERNEL if bar.level == "kernel" else SERVER)
    chart.section("Services", "OpenRC's, from their first process to their last answer")
    chart.bars(boot.services, "service", lambda bar: LEVELS.get(bar.level, LEVEL_OTHER))
    shown = sum(len(lane) for lane in lanes)
    chart.section("Processes", f"{shown} of {shown + dropped}, darker while they run" + (", the shortest left out" if dropped else ""))
    chart.lanes(lanes)
    for number, note in enumerate(boot.notes):
        chart.picture.text(24, height - 14 - 16 * (len(boot.notes) - 1 - number), note, fill=SOFT, font_size=10)
    chart.picture.write(path)
