# SPDX-License-Identifier: MIT
"""What a trace shows, before it has a file format: tracks with slices and marks, arrows between slices, counters.

Invariants
 1. The slices of a track nest: opening pushes, closing a slice closes what was opened in it and is still open.
 2. Times never go back on a track: what comes late (another CPU's clock) happens at the track's last time.
 3. An arrow goes from the beginning of a slice to the beginning of one that began at the same time or later.
Times are nanoseconds since the boot. A track's `log` holds what happened on it, in order: (time, "B" | "E" | "i", slice or mark).
"""


class Group:
    """A process, a server or the CPUs; groups are shown by rank and then number."""

    def __init__(self, number, name, rank):
        self.number, self.name, self.rank = number, name, rank


class Track:
    """One row of the picture: a thread or a CPU."""

    def __init__(self, group, number, name):
        self.group, self.number, self.name = group, number, name
        self.open, self.log, self.time = [], [], 0


class Slice:
    def __init__(self, track, start, name, category, details):
        self.track, self.start, self.end, self.name = track, start, None, name
        self.category, self.details = category, details


class Mark:
    def __init__(self, name, category, details):
        self.name, self.category, self.details = name, category, details


class Arrow:
    def __init__(self, start, end, cause):
        self.start, self.end, self.cause = start, end, cause


class Model:
    def __init__(self):
        self.groups, self.tracks = {}, {}
        self.slices, self.arrows = [], []
        self.counters = {}  # (group number, name): [(time, {series: value})]
        self.notes = []     # what whoever looks at the trace must know
        self.last = 0

    def group(self, number, name, rank):
        return self.groups.setdefault(number, Group(number, name, rank))

    def track(self, group, number, name):
        return self.tracks.setdefault((group.number, number), Track(group, number, name))

    def _log(self, track, time, what, thing):
        track.time = max(track.time, time)
        self.last = max(self.last, track.time)
        track.log.append((track.time, what, thing))
        return track.time

    def begin(self, track, time, name, category, **details):
        slice_ = Slice(track, time, name, category, details)
        slice_.start = self._log(track, time, "B", slice_)
        track.open.append(slice_)
        self.slices.append(slice_)
        return slice_

    def end(self, slice_, time, **details):
        """Close a slice and what is open inside of it; a closed one stays as it is."""
        if slice_ is None or slice_.end is not None:
            return
        while slice_.end is None:
            inner = slice_.track.open.pop()
            inner.end = self._log(slice_.track, time, "E", inner)
        slice_.details.update(details)

    def mark(self, track, time, name, category, **details):
        self._log(track, time, "i", Mark(name, category, details))

    def arrow(self, start, end, cause):
        if start and end and start.start <= end.start:
            self.arrows.append(Arrow(start, end, cause))

    def count(self, group, name, time, **values):
        rows = self.counters.setdefault((group.number, name), [])
        if rows and rows[-1][0] >= time:
            rows[-1] = (rows[-1][0], values)
        elif not rows or rows[-1][1] != values:
            rows.append((time, values))
        self.last = max(self.last, time)

    def finish(self):
        for track in self.tracks.values():
            for slice_ in track.open:
                slice_.details["unfinished"] = True
            if track.open:
                self.end(track.open[0], self.last)
        return self
