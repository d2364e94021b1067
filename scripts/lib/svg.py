# SPDX-License-Identifier: MIT
"""SVG pictures: elements in the order in which they are drawn, coordinates in pixels with one decimal, texts escaped.

The same calls make the same bytes. Widths of texts are estimates for a sans-serif face, for layout that needs no renderer.
"""
from xml.sax.saxutils import escape, quoteattr

import tree

NARROW, WIDE = set("iljtfrI.,:;|!'()[]{} /-"), set("mwMWOQ@%")


def text_width(text, size):
    """About how wide a text is; rather too much than too little."""
    return size * sum(0.36 if c in NARROW else 0.92 if c in WIDE else 0.66 if c.isupper() else 0.6 for c in text)


def _number(value):
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)


def _attributes(values):
    return "".join(f" {name.rstrip('_').replace('_', '-')}={quoteattr(_number(value))}" for name, value in values.items()
                   if value is not None)


class Picture:
    def __init__(self, width, height, **attributes):
        self.width, self.height = width, height
        self.parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{_number(width)}" height="{_number(height)}" '
                      f'viewBox="0 0 {_number(width)} {_number(height)}"{_attributes(attributes)}>']

    def rect(self, x, y, width, height, title=None, **attributes):
        self._element("rect", dict(x=x, y=y, width=width, height=height, **attributes), title)

    def line(self, x1, y1, x2, y2, **attributes):
        self._element("line", dict(x1=x1, y1=y1, x2=x2, y2=y2, **attributes))

    def path(self, points, closed=False, **attributes):
        steps = "L".join(f"{_number(float(x))} {_number(float(y))}" for x, y in points)
        self._element("path", dict(d=f"M{steps}{'Z' if closed else ''}", **attributes))

    def text(self, x, y, words, **attributes):
        self.parts.append(f"<text{_attributes(dict(x=x, y=y, **attributes))}>{escape(words)}</text>")

    def _element(self, name, attributes, title=None):
        inside = f"<title>{escape(title)}</title>" if title else None
        self.parts.append(f"<{name}{_attributes(attributes)}" + (f">{inside}</{name}>" if inside else "/>"))

    def raw(self, text):
        self.parts.append(text)

    def write(self, path):
        with tree.new_file(path, "w") as file:
            file.write("\n".join(self.parts) + "\n</svg>\n")
