# SPDX-License-Identifier: MIT
"""A parsed report as values: what scripts/lib/report.py keeps as the log's words becomes int, float or text, and None where
there was nothing. Build ids, bytes and words stay the digits that they are."""
import re

DIGITS = ("build", "bytes", "words", "start_bytes")


def value(fact, name):
    word = fact.raw(name)
    if word == "-":
        return None
    if '"' in word[:2]:
        return fact.text(name)
    if name not in DIGITS and re.fullmatch(r"-?\d+|0x[0-9a-f]+", word):
        return int(word, 0)
    if name not in DIGITS and re.fullmatch(r"-?\d+\.\d+", word):
        return float(word)
    return word


class View:
    """`facts`: (key, {name: value}) in the order of the lines."""

    def __init__(self, parsed):
        self.kind, self.number, self.writer = parsed.kind, parsed.number, parsed.writer
        self.complete, self.problems = parsed.complete, list(parsed.problems)
        self.facts = [(fact.key, {name: value(fact, name) for name in fact.fields}) for fact in parsed.facts]

    def all(self, key):
        return [fields for name, fields in self.facts if name == key]

    def one(self, key):
        """A key's first fact; an empty one if there is none."""
        return next((fields for name, fields in self.facts if name == key), {})
