# SPDX-License-Identifier: MIT
"""Reads the characters off a picture of a screen that shows cells of a font with 8 x 16 pixels.

A font is {the glyph's 16 bytes: the characters that look so}. A cell is as wide as its glyphs, or one more in VGA's text mode,
where that last column repeats the one before or is empty. Which of a cell's two colours is the ink is not asked: the glyph is looked
up both ways. A cell of one colour is a space; one whose glyph is in no font reads as the replacement character.
"""
import re

HEIGHT = 16
UNKNOWN = "\ufffd"


class Picture:
    """A portable pixmap."""

    def __init__(self, data):
        size = re.match(rb"P6\s(\d+) (\d+)\s255\s", data)
        self.width, self.height = int(size.group(1)), int(size.group(2))
        self.pixels = data[size.end():]

    def cell(self, row, column, cell_width):
        """The 16 glyph bytes, a bit for each pixel that differs from the cell's upper left one."""
        bits, background = bytearray(), None
        for line in range(HEIGHT):
            place = ((row * HEIGHT + line) * self.width + column * cell_width) * 3
            colours = [self.pixels[place + i * 3:place + i * 3 + 3] for i in range(8)]
            background = colours[0] if background is None else background
            bits.append(sum(0x80 >> i for i in range(8) if colours[i] != background))
        return bytes(bits)


def inverted(bits):
    return bytes(byte ^ 0xff for byte in bits)


def characters(font, bits):
    """What a cell's glyph may stand for."""
    if not any(bits):
        return {" "}
    return font.get(bits) or font.get(inverted(bits)) or {UNKNOWN}


def text_lines(data, font, cell_width):
    """The lines of a screen; of characters that look the same the first one is told."""
    picture = Picture(data)
    lines = []
    for row in range(picture.height // HEIGHT):
        cells = (picture.cell(row, column, cell_width) for column in range(picture.width // cell_width))
        lines.append("".join(min(characters(font, bits)) for bits in cells).rstrip())
    return lines


def vga_font(memory):
    """The font that VGA's text mode shows, from the card's memory: plane 2 of 4, 32 bytes a character, of code page 437."""
    plane = memory[2::4]
    font = {}
    for code in range(256):
        glyph = plane[code * 32:code * 32 + HEIGHT]
        name = bytes([code]).decode("cp437")
        if name.isprintable():
            font.setdefault(glyph, set()).add(name)
    return font
