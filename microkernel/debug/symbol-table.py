# SPDX-License-Identifier: MIT
"""Make the kernel's symbol table for backtraces: symbol-table.py NM KERNEL OUTPUT.S

Writes an assembly file with the functions sorted by address: symbol_count, symbol_offsets (32 bits each, from
image_text_start), symbol_names (offset of each name in symbol_text), symbol_text (NUL-terminated).
The table lies behind the code, so linking it in moves no function.
"""
import subprocess
import sys


def functions(nm, kernel):
    lines = subprocess.run([nm, "-n", kernel], check=True, capture_output=True, text=True).stdout.splitlines()
    fields = [line.split() for line in lines if len(line.split()) == 3]
    start = next(int(address, 16) for address, _, name in fields if name == "image_text_start")
    end = next(int(address, 16) for address, _, name in fields if name == "image_text_end")
    seen = {}
    for address, kind, name in fields:
        value = int(address, 16)
        if kind in "tT" and start <= value < end and not name.startswith((".", "image_")):
            seen.setdefault(value - start, name)
    return sorted(seen.items())


def main():
    nm, kernel, output = sys.argv[1:]
    table = functions(nm, kernel)
    out = ['\t.section .symbols, "a", @progbits', "\t.balign 8",
           "\t.global symbol_count, symbol_offsets, symbol_names, symbol_text",
           "symbol_count:", f"\t.quad {len(table)}", "symbol_offsets:"]
    out += [f"\t.long {offset}" for offset, _ in table]
    out.append("symbol_names:")
    position = 0
    for _, name in table:
        out.append(f"\t.long {position}")
        position += len(name) + 1
    out.append("symbol_text:")
    out += [f'\t.asciz "{name}"' for _, name in table]
    out.append('\t.section .note.GNU-stack, "", @progbits')
    with open(output, "w", encoding="ascii") as file:
        file.write("\n".join(out) + "\n")


main()
