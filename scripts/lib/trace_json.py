# SPDX-License-Identifier: MIT
"""A trace model as Chrome's JSON, which Perfetto reads: one event a line, in the order of their times.

Slices become B and E, marks i, arrows s and f, counters C, names M. Times are microseconds with three decimals, counted from the
trace's first event, so no nanosecond is lost.
"""
import heapq
import json

import tree


def _names(model):
    def row(what, pid, tid, **values):
        return {"ph": "M", "name": what, "pid": pid, "tid": tid, "args": values}

    for group in model.groups.values():
        yield row("process_name", group.number, 0, name=group.name)
        yield row("process_sort_index", group.number, 0, sort_index=group.rank)
    for track in model.tracks.values():
        yield row("thread_name", track.group.number, track.number, name=track.name)


def _thing_row(what, thing):
    if what == "E":
        return {"ph": "E"}
    row = {"ph": what, "name": thing.name, "cat": thing.category, "args": thing.details}
    return {**row, "s": "t"} if what == "i" else row


def _arrow_row(number, arrow, arrives):
    row = {"ph": "f" if arrives else "s", "name": "cause", "cat": "cause", "id": number, "args": {"cause": arrow.cause}}
    return {**row, "bp": "e"} if arrives else row


def _arrows_by_slice(model):
    """{slice: rows of the arrows at its beginning}, those that arrive before those that leave."""
    found = {}
    for arrives in (True, False):
        for number, arrow in enumerate(model.arrows, 1):
            found.setdefault(arrow.end if arrives else arrow.start, []).append(_arrow_row(number, arrow, arrives))
    return found


def _track_rows(track, arrows):
    place = {"pid": track.group.number, "tid": track.number}
    for time, what, thing in track.log:
        for row in (_thing_row(what, thing), *(arrows.get(thing, ()) if what == "B" else ())):
            yield time, {**row, **place}


def _counter_rows(key, rows):
    group, name = key
    for time, values in rows:
        yield time, {"ph": "C", "name": name, "pid": group, "tid": 0, "args": values}


def _rows(model):
    """Every event with a time. An arrow's two ends at one time keep their order, for tracks come as they were made."""
    arrows = _arrows_by_slice(model)
    streams = [_track_rows(track, arrows) for track in model.tracks.values()]
    streams += [_counter_rows(key, rows) for key, rows in model.counters.items()]
    merged = list(heapq.merge(*streams, key=lambda entry: entry[0]))
    first = merged[0][0] if merged else 0
    for time, row in merged:
        yield {**row, "ts": (time - first) / 1000}


def write(model, path, about):
    """`about` is kept beside the events: what was run, when, how much was lost."""
    with tree.new_file(path, "w") as file:
        file.write('{"displayTimeUnit":"ns",\n"otherData":' + json.dumps({**about, "notes": model.notes}) + ',\n"traceEvents":[\n')
        rows = [*_names(model), *_rows(model)]
        file.write(",\n".join(json.dumps(row, separators=(",", ":")) for row in rows) + "\n]}\n")
