# SPDX-License-Identifier: MIT
"""A small scanner for C sources: functions with their lines, parameters and nesting, and preprocessor directives.

No C parser: comments, strings and directives are blanked out, functions are found as a `)` followed by `{` at file level, and
statements are walked by brackets and the control keywords. Unbraced statements count for nesting like braced ones; `else if`
counts as one level; a block after a macro call, as in list_for_each(...) { }, counts as a loop.
"""
import re

_HIDE = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
_DIRECTIVE = re.compile(r"^[ \t]*#[ \t]*(\w+)((?:[^\n\\]|\\\n|\\.)*)", re.M)
_TOKEN = re.compile(r"[A-Za-z_]\w*|[{}()\[\];:?,=]|[^\sA-Za-z_{}()\[\];:?,=]+")
_PAIRS = {"(": ")", "[": "]", "{": "}"}


class Function:
    """lines: how many lines the body has between its braces; line: where the name stands."""

    def __init__(self, name, line, end_line, lines, parameters, nesting, has_switch):
        self.name, self.line, self.end_line, self.lines = name, line, end_line, lines
        self.parameters, self.nesting, self.has_switch = parameters, nesting, has_switch


def _spaces(text):
    return re.sub(r"[^\n]", " ", text)


def hide_comments_and_strings(text):
    """The text with comments blank and literals reduced to quotes; positions and lines stay."""
    def replace(match):
        found = match.group(0)
        if found[0] == "/":
            return _spaces(found)
        return found[0] + " " * (len(found) - 2) + found[0]
    return _HIDE.sub(replace, text)


def hide_comments(text):
    return _HIDE.sub(lambda m: _spaces(m.group(0)) if m.group(0)[0] == "/" else m.group(0), text)


def directives(text):
    """(line, name, rest) of each preprocessor directive; the text has its comments hidden."""
    return [(text.count("\n", 0, match.start()) + 1, match.group(1), match.group(2).strip())
            for match in _DIRECTIVE.finditer(text)]


class _Tokens:
    def __init__(self, text, start, end):
        self.items = [(m.group(0), m.start()) for m in _TOKEN.finditer(text, start, end)]
        self.at = 0

    def peek(self, ahead=0):
        index = self.at + ahead
        return self.items[index][0] if index < len(self.items) else ""

    def next(self):
        token = self.peek()
        self.at += 1
        return token

    def skip_group(self):
        """Over a bracketed group whose opening bracket is next."""
        closing, depth, opening = _PAIRS[self.peek()], 0, self.peek()
        while self.at < len(self.items):
            token = self.next()
            depth += (token == opening) - (token == closing)
            if depth == 0:
                return


class _Body:
    """Walks the statements of one function body."""

    def __init__(self, tokens):
        self.tokens, self.deepest, self.has_switch = tokens, 0, False

    def block(self, depth):
        self.deepest = max(self.deepest, depth)
        while self.tokens.peek() and self.tokens.peek() != "}":
            self.statement(depth)
        self.tokens.next()

    def statement(self, depth):
        word = self.tokens.peek()
        if word == "{":
            self.tokens.next()
            self.block(depth)
        elif word in ("if", "for", "while", "switch"):
            self.control(depth, word)
        elif word == "do":
            self.tokens.next()
            self.inner(depth)
            self.simple(depth)
        elif word in ("case", "default"):
            while self.tokens.peek() not in (":", ""):
                self.tokens.next()
            self.tokens.next()
        else:
            self.simple(depth)

    def inner(self, depth):
        self.deepest = max(self.deepest, depth + 1)
        self.statement(depth + 1)

    def control(self, depth, word):
        self.has_switch |= word == "switch"
        self.tokens.next()
        if self.tokens.peek() == "(":
            self.tokens.skip_group()
        self.inner(depth)
        if word == "if" and self.tokens.peek() == "else":
            self.tokens.next()
            if self.tokens.peek() == "if":
                self.control(depth, "if")
            else:
                self.inner(depth)

    def simple(self, depth):
        """To the end of a declaration or expression; a block right after a call is a loop macro's."""
        previous = ""
        first = self.tokens.peek()
        while (word := self.tokens.peek()) not in (";", "}", ""):
            if word == "{" and previous == ")" and re.match(r"[a-z_]\w*$", first):
                self.inner(depth)
                return
            if word == ":" and re.match(r"[A-Za-z_]\w*$", previous) and previous == first:
                self.tokens.next()
                return
            if word in _PAIRS:
                self.tokens.skip_group()
                previous = _PAIRS[word]
            else:
                previous = self.tokens.next()
        if self.tokens.peek() == ";":
            self.tokens.next()


def _match_forward(text, start, opening, closing):
    depth = 0
    for position in range(start, len(text)):
        depth += (text[position] == opening) - (text[position] == closing)
        if depth == 0:
            return position
    return len(text) - 1


def _match_back(text, end):
    depth = 0
    for position in range(end, -1, -1):
        depth += (text[position] == ")") - (text[position] == "(")
        if depth == 0:
            return position
    return 0


def _count_parameters(text):
    inner = text.strip()
    if inner in ("", "void"):
        return 0
    depth, commas = 0, 0
    for character in inner:
        depth += (character in "([{") - (character in ")]}")
        commas += character == "," and depth == 0
    return commas + 1


def functions(text):
    """All functions defined in a source text."""
    code = hide_comments_and_strings(text)
    code = _DIRECTIVE.sub(lambda match: _spaces(match.group(0)), code)
    code = re.sub(r"__attribute__\s*\(\((?:[^()]|\([^()]*\))*\)\)", lambda m: _spaces(m.group(0)), code)
    position, found = 0, []
    while (start := code.find("{", position)) >= 0:
        end = _match_forward(code, start, "{", "}")
        head = code[:start].rstrip()
        if head.endswith(")"):
            opening = _match_back(head, len(head) - 1)
            name = re.search(r"([A-Za-z_]\w*)\s*$", head[:opening])
            if name:
                found.append(_function(code, name, head[opening + 1:-1], start, end))
        position = end + 1
    return found


def _function(code, name, parameters, start, end):
    body = _Body(_Tokens(code, start + 1, end + 1))
    body.block(0)
    first, last = code.count("\n", 0, start) + 1, code.count("\n", 0, end) + 1
    return Function(name.group(1), code.count("\n", 0, name.start()) + 1, last, max(0, last - first - 1),
                    _count_parameters(parameters), body.deepest, body.has_switch)
