# SPDX-License-Identifier: MIT
"""A report with names (crash_facts) for people: what happened and why first, then what it was taken from."""
import crash_facts

BELOW = 8  # instructions shown after the one that failed


def _seconds(value):
    return f"{value:.6f} s" if isinstance(value, float) else "an unknown time"


def _hex(value):
    return f"0x{value:x}" if isinstance(value, int) else "?"


def _subject(found):
    process, server = found["process"], found["server"]
    if found["kind"] == "kernel":
        return "The kernel panicked"
    if found["kind"] == "server":
        return f"Server {server.get('name') or '?'} died"
    return f"{process.get('name') or '?'} (pid {process.get('pid', '?')}) died of {found['signal'] or 'a signal'}"


def _headline(found):
    where = found["where"]
    if where["address"] is None:
        return _subject(found)
    return f"{_subject(found)} {'in' if where['symbol'] or where['in'] else 'at'} {crash_facts.text(where)}"


def _who(found):
    image, parent, process = found["image"], found["parent"], found["process"]
    if process:
        yield (f"process   pid {process.get('pid')}, thread {process.get('tid')} of {process.get('threads')}, uid {process.get('uid')}, "
               f"at {_seconds(process.get('time'))}")
    if image:
        yield f"image     {image.get('path')}, build id {image.get('build') or 'none'}, executed at {_seconds(image.get('since'))}"
    if parent:
        flags = f" (flags {_hex(parent['flags'])})" if parent.get("flags") else ""
        yield (f"parent    {parent.get('name')} (pid {parent.get('pid')}); made by {parent.get('call') or parent.get('how')}{flags} "
               f"at {_seconds(parent.get('time'))}")
    for key in ("server", "reason"):
        if found[key] and (key == "reason" or found["kind"] == "server"):
            yield f"{key:9} " + " ".join(f"{name}={_plain(name, value)}" for name, value in found[key].items() if value is not None)


def _plain(name, value):
    return _hex(value) if name in ("address", "error", "offset", "rip", "handler", "flags") and isinstance(value, int) else value


def _code(found):
    rows = found["code"]
    here = next((number for number, row in enumerate(rows) if row["here"]), None)
    if here is None:
        return
    for row in rows[:here + BELOW]:
        yield f"{'=>' if row['here'] else '  '} {row['address']:#x}  {row['bytes']:<24.24}  {row['text']}"


def _registers(found):
    line = [f"{name:>8} {value:016x}" for name, value in found["registers"].items()]
    for at in range(0, len(line), 4):
        yield " ".join(line[at:at + 4])


def _stack(found):
    for row in found["stack"]:
        yield f"{row['at']:#x}  {row['value']:016x}" + (f"  {row['name']}" if row["name"] else "")


def _calls(found):
    for fact in found["calls"]:
        if fact.get("routed"):
            yield f"           ({fact['routed']} calls that the kernel answered)"
        yield f"{fact.get('time') or 0:>10.6f} {fact.get('text')}"
    if found["tail"].get("routed"):
        yield f"           ({found['tail']['routed']} calls that the kernel answered)"


def _dispositions(found):
    for fact in found["dispositions"]:
        where = "ignored" if fact.get("handler") == 1 else fact.get("in") or "unmapped"
        known = fact.get("pid") is not None
        by = f"by pid {fact['pid']} with {fact.get('call')} at {_seconds(fact.get('time'))}" if known else "by nobody known"
        foreign = "" if fact.get("belongs") in (None, "yes") else f"  NOT of this image ({fact['belongs']})"
        yield f"{fact.get('signame'):10} {_hex(fact.get('handler')):18} {where}, {by}{foreign}"


def _maps(found):
    for row in found["maps"]:
        yield (f"{_hex(row.get('start'))}-{_hex(row.get('end'))} {row.get('rights')} {_hex(row.get('offset'))} {row.get('path') or ''}"
               + (f" [{row['build']}]" if row.get("build") else ""))


def _backtrace(found):
    last, again = None, 0
    for frame in [*found["backtrace"], {}]:
        name, address = crash_facts.text(frame), _hex(frame.get("address"))
        if address == last and frame:
            again += 1
            continue
        if again:
            yield f"    the same {again} times more"
        last, again = address, 0
        if frame:
            number = "  " if frame["number"] is None else f"#{frame['number']}"
            yield f"{number:<3} {address}" + (f" {name}" if name != address else "")


SECTIONS = (("code", _code), ("backtrace", _backtrace), ("registers", _registers), ("stack", _stack),
            ("calls, oldest first", _calls), ("dispositions", _dispositions), ("maps", _maps))


def lines(found, full):
    """`full`: with everything; else without what only few need."""
    yield f"== {found['kind']} report {found['number']}: {_headline(found)}"
    for sentence in found["why"]:
        yield f"   {sentence}"
    for problem in found["problems"]:
        yield f"   note: {problem}"
    yield ""
    yield from (f"   {line}" for line in _who(found))
    for title, section in SECTIONS:
        rows = [f"     {row}" for row in section(found)]
        if rows and (full or title not in ("maps", "stack")):
            yield f"   {title}:"
            yield from rows
    yield from (f"   {key} " + " ".join(f"{name}={value}" for name, value in fields.items()) for key, fields in found["facts"])
