# SPDX-License-Identifier: MIT
"""Reading crash reports out of a log (docs/reports.md is the grammar).

find(text) answers the reports of a log in the order of their first lines. A report is a Report: its kind, its number, who wrote it,
`facts` (a list of Fact: key, fields), and `problems`, what is wrong with it: cut, lines lost, lines that are not of the grammar.
Nothing here raises on bad input. Values are kept as the log has them; number(), text() and so on of a Fact decode them.
"""
import collections
import re

_LINE = re.compile(r"^(?:\[ *(?P<time>\d+\.\d+)\] (?:<(?P<domain>\d+)> (?:(?P<writer>[^:|]+): )?)?)?\|(?P<number>\d+)\| (?P<rest>.*)$")
_FIELD = re.compile(r'(?P<name>[a-z_][a-z0-9_]*)=(?P<value>~?"(?:[^"\\]|\\.)*"~?|\S*)(?: |$)')
_ESCAPE = re.compile(r'\\(?:x([0-9a-f]{2})|(.))')
KINDS = ("guest", "server", "kernel")
ONCE = {"guest": ("process", "image", "parent", "reason", "code", "mask", "tail")}


class Fact(collections.namedtuple("Fact", "key fields")):
    """One line: a key and its fields, each a string as in the log."""

    def has(self, name):
        return self.fields.get(name, "-") != "-"

    def raw(self, name):
        return self.fields.get(name, "-")

    def number(self, name):
        """The field as a number, or None. 12, 0x1f; of `65535+` the number."""
        value = self.fields.get(name, "-").rstrip("+")
        try:
            return int(value, 0)
        except ValueError:
            return None

    def time(self, name):
        try:
            return float(self.fields.get(name, "-"))
        except ValueError:
            return None

    def text(self, name):
        """A quoted field without quotes and escapes, or None; what was cut is shown by an ellipsis."""
        value = self.fields.get(name, "-")
        match = re.fullmatch(r'(~?)"(.*)"(~?)', value)
        if not match:
            return None
        decoded = _ESCAPE.sub(lambda part: chr(int(part[1], 16)) if part[1] else part[2], match[2])
        decoded = decoded.encode("latin-1", "replace").decode("utf-8", "replace")
        return ("..." if match[1] else "") + decoded + ("..." if match[3] else "")

    def bytes(self, name):
        try:
            return bytes.fromhex(self.fields.get(name, "-"))
        except ValueError:
            return None

    def numbers(self, name):
        """Numbers apart by commas."""
        try:
            return [int(part, 0) for part in self.fields.get(name, "").split(",")]
        except ValueError:
            return []


class Report:
    def __init__(self, kind, number, domain, writer, time):
        self.kind, self.number, self.domain, self.writer, self.time = kind, number, domain, writer, time
        self.facts, self.problems = [], []
        self.lines, self.ended = 1, False

    def all(self, key):
        return [fact for fact in self.facts if fact.key == key]

    def first(self, key):
        """The first fact of a key; one without fields when there is none, so that questions to it answer None."""
        return next((fact for fact in self.facts if fact.key == key), Fact(key, {}))

    @property
    def complete(self):
        return self.ended and not self.problems

    def registers(self):
        return {name: fact.number(name) for fact in self.all("reg") for name in fact.fields}

    def maps(self):
        """(start, end, rights, offset, path, build id or None) of each mapping."""
        return [(fact.number("start"), fact.number("end"), fact.raw("rights"), fact.number("offset"), fact.text("path"),
                 fact.raw("build") if fact.has("build") else None) for fact in self.all("map")]

    def mapping(self, address):
        return next((row for row in self.maps() if row[0] is not None and row[1] is not None and row[0] <= address < row[1]), None)

    def as_json(self):
        return {"kind": self.kind, "number": self.number, "domain": self.domain, "writer": self.writer, "time": self.time,
                "complete": self.complete, "problems": self.problems,
                "facts": [{"key": fact.key, **{name: _json_value(fact, name) for name in fact.fields}} for fact in self.facts]}


def _json_value(fact, name):
    raw = fact.raw(name)
    if raw == "-":
        return None
    if '"' in raw:
        return fact.text(name)
    if re.fullmatch(r"-?\d+", raw):
        return int(raw)
    if re.fullmatch(r"\d+\.\d+", raw):
        return float(raw)
    return raw


def parse_fields(rest):
    """Fields of a line behind its key: a dictionary, and whether all of it was fields."""
    fields, at = {}, 0
    while at < len(rest):
        match = _FIELD.match(rest, at)
        if not match:
            return fields, False
        fields[match["name"]] = match["value"]
        at = match.end()
    return fields, True


def _end(report, rest, number):
    report.ended = True
    told = re.fullmatch(r"report end (\d+)", rest)
    if not told:
        report.problems.append(f"line {number}: its last line is not one")
    elif int(told[1]) != report.lines:
        report.problems.append(f"{int(told[1]) - report.lines} of {told[1]} lines are missing")


def _add(report, rest, number):
    key, _, fields = rest.partition(" ")
    parsed, whole = parse_fields(fields)
    if not whole or not re.fullmatch(r"[a-z_]+", key):
        report.problems.append(f"line {number}: not of the grammar: {rest[:60]}")
    if re.fullmatch(r"[a-z_]+", key):
        report.facts.append(Fact(key, parsed))


def _check(report):
    if not report.ended:
        report.problems.append(f"cut after {report.lines} lines: its end is missing")
    for key in ONCE.get(report.kind, ()):
        count = len(report.all(key))
        if count > 1:
            report.problems.append(f"'{key}' is there {count} times")


def _begin(match, reports, current):
    kind = match["rest"].removeprefix("report begin ").strip()
    report = Report(kind if kind in KINDS else "unknown", int(match["number"]), match["domain"], match["writer"],
                    float(match["time"]) if match["time"] else None)
    if report.kind == "unknown":
        report.problems.append(f"unknown kind {kind[:20]!r}")
    reports.append(report)
    current[match["domain"], match["number"]] = report


def _headless(match, reports, current):
    """The log begins within a report: what is there is kept."""
    report = Report("unknown", int(match["number"]), match["domain"], match["writer"], None)
    report.lines = 0
    report.problems.append("its beginning is missing")
    reports.append(report)
    current[match["domain"], match["number"]] = report
    return report


def find(text):
    reports, current = [], {}
    for number, line in enumerate(text.split("\n"), 1):
        match = _LINE.match(line.rstrip("\r"))
        if not match:
            continue
        rest, name = match["rest"], (match["domain"], match["number"])
        if rest.startswith("report begin "):
            _begin(match, reports, current)
            continue
        report = current.get(name) or _headless(match, reports, current)
        report.lines += 1
        if rest.startswith("report end"):
            _end(report, rest, number)
            del current[name]
        else:
            _add(report, rest, number)
    for report in reports:
        _check(report)
    return reports


def read(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return find(file.read())
