# SPDX-License-Identifier: MIT
"""The bar chart of scripts/bench as SVG: one bar a row, its length the ratio to Linux on a logarithmic scale around 1."""
import math

import tree

ROW_HEIGHT, LABEL_WIDTH, HALF_WIDTH, MARGIN = 18, 190, 260, 30
RANGE = 20.0  # the scale ends at 1/20 and 20


def _bar(index, name, ratio):
    top, middle = MARGIN + index * ROW_HEIGHT, LABEL_WIDTH + HALF_WIDTH
    length = HALF_WIDTH * math.log(min(max(ratio, 1 / RANGE), RANGE)) / math.log(RANGE)
    left, colour = (middle, "#b5533c") if length > 0 else (middle + length, "#4f7f52")
    number_at = middle + length + (4 if length > 0 else -4)
    anchor = "start" if length > 0 else "end"
    return (f'<text x="{LABEL_WIDTH - 8}" y="{top + 13}" text-anchor="end">{name}</text>'
            f'<rect x="{left:.1f}" y="{top + 3}" width="{abs(length):.1f}" height="{ROW_HEIGHT - 5}" fill="{colour}"/>'
            f'<text x="{number_at:.1f}" y="{top + 13}" text-anchor="{anchor}">{ratio:.2f}</text>')


def write(path, ratios):
    width, height = LABEL_WIDTH + 2 * HALF_WIDTH + 2 * MARGIN, 2 * MARGIN + ROW_HEIGHT * len(ratios)
    middle = LABEL_WIDTH + HALF_WIDTH
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif" '
             f'font-size="11"><rect width="100%" height="100%" fill="white"/>',
             f'<text x="{middle}" y="18" text-anchor="middle">Lichen / Linux, left is better (logarithmic)</text>',
             *(_bar(index, name, ratio) for index, (name, ratio) in enumerate(ratios)),
             f'<line x1="{middle}" y1="{MARGIN}" x2="{middle}" y2="{height - MARGIN}" stroke="black"/></svg>']
    with tree.new_file(path, "w") as file:
        file.write("\n".join(parts) + "\n")
