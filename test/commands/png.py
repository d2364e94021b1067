# SPDX-License-Identifier: MIT
"""Pictures as rsvg-convert writes them: PNG with 8 bits of red, green, blue and perhaps opacity, not interlaced."""
import struct
import zlib

CHANNELS = {2: 3, 6: 4}  # by the kind of colour: without and with transparency


def _unfilter(kind, line, above, channels):
    """One row's bytes from what the file has for them; filters as in the PNG specification, section 9."""
    for at, value in enumerate(line):
        left = line[at - channels] if at >= channels else 0
        corner = above[at - channels] if at >= channels else 0
        guess = (0, left, above[at], (left + above[at]) // 2, _nearest(left, above[at], corner))[kind]
        line[at] = (value + guess) & 255


def _nearest(left, above, corner):
    guess = left + above - corner
    return min((left, above, corner), key=lambda value: abs(guess - value))


class Png:
    def __init__(self, data):
        assert data[:8] == b"\x89PNG\r\n\x1a\n", "no PNG file"
        self.width, self.height, depth, colour, _, _, interlaced = struct.unpack_from(">IIBBBBB", data, 16)
        assert depth == 8 and colour in CHANNELS and not interlaced, "another kind of PNG"
        self.channels = CHANNELS[colour]
        packed, at = b"", 8
        while at < len(data):
            size, kind = struct.unpack_from(">I4s", data, at)
            packed += data[at + 8:at + 8 + size] if kind == b"IDAT" else b""
            at += size + 12
        self.raw, self.rows = zlib.decompress(packed), []

    def pixel(self, x, y):
        """(red, green, blue)."""
        stride = self.width * self.channels + 1
        while len(self.rows) <= y:
            start = len(self.rows) * stride
            line = bytearray(self.raw[start + 1:start + stride])
            _unfilter(self.raw[start], line, self.rows[-1] if self.rows else bytes(stride - 1), self.channels)
            self.rows.append(line)
        return tuple(self.rows[y][x * self.channels:x * self.channels + 3])
