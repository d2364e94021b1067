# SPDX-License-Identifier: MIT
"""The bar chart of scripts/bench as SVG: one bar a row, its length the ratio to Linux on a logarithmic scale around 1."""
import math

import svg

ROW_HEIGHT, LABEL_WIDTH, HALF_WIDTH, MARGIN = 18, 190, 260, 30
RANGE = 20.0  # the scale ends at 1/20 and 20


def _bar(picture, index, name, ratio):
    top, middle = MARGIN + index * ROW_HEIGHT, LABEL_WIDTH + HALF_WIDTH
    length = HALF_WIDTH * math.log(min(max(ratio, 1 / RANGE), RANGE)) / math.log(RANGE)
    left, colour = (middle, "#b5533c") if length > 0 else (middle + length, "#4f7f52")
    number_at = middle + length + (4 if length > 0 else -4)
    picture.text(LABEL_WIDTH - 8, top + 13, name, text_anchor="end")
    picture.rect(left, top + 3, abs(length), ROW_HEIGHT - 5, fill=colour)
    picture.text(number_at, top + 13, f"{ratio:.2f}", text_anchor="start" if length > 0 else "end")


def write(path, ratios):
    width, height = LABEL_WIDTH + 2 * HALF_WIDTH + 2 * MARGIN, 2 * MARGIN + ROW_HEIGHT * len(ratios)
    middle = LABEL_WIDTH + HALF_WIDTH
    picture = svg.Picture(width, height, font_family="sans-serif", font_size=11)
    picture.rect(0, 0, width, height, fill="white")
    picture.text(middle, 18, "Lichen / Linux, left is better (logarithmic)", text_anchor="middle")
    for index, (name, ratio) in enumerate(ratios):
        _bar(picture, index, name, ratio)
    picture.line(middle, MARGIN, middle, height - MARGIN, stroke="black")
    picture.write(path)
