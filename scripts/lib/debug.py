# SPDX-License-Identifier: MIT
"""scripts/debug: the boot of scripts/run under gdb, with the symbols of the kernel and of all servers.

QEMU waits at its first instruction with its gdb stub on a unix socket; the console is in a file. Servers are all linked to the same
addresses: --server NAME chooses whose symbols are loaded, default the supervisor's; in gdb `server PATH` adds another's, PATH below the
build directory, and `lichen` lists what runs (`help lichen`).
"""
import json
import os
import subprocess
import tempfile
from pathlib import Path

import build
import gdb_stub
import tree

GDB_COMMANDS = """file {kernel}
python import lichen_commands; lichen_commands.start({config!r})
define server
    add-symbol-file {build}/$arg0
end
document server
server PATH: load the symbols of one server, a path below the build directory.
end
{symbols}
target remote {socket}
hbreak kernel_main
continue
"""


def _choose(names):
    known = gdb_stub.server_files()
    for name in names:
        if name not in known:
            raise tree.Failure(f"no server {name}; built: {' '.join(known) or 'none'}")
    return [known[name] for name in (names or ["supervisor"])]


def _parser():
    parser = tree.Parser(prog="debug", usage="debug [options] [-- COMMAND...]",
                         description="Boot under gdb, with symbols of kernel and servers; in gdb: help lichen.",
                         epilog="Other options (--memory, --add, --append, ...) are those of scripts/run.")
    parser.add_argument("--server", action="append", default=[], metavar="NAME", help="whose symbols (default: supervisor)")
    parser.add_argument("--batch", metavar="FILE", type=Path, help="run gdb commands from FILE after the start, then end")
    return parser


def _gdb_command(script, options):
    command = ["gdb", "-q", "-nx", "-x", str(script)]
    return [*command, "-batch", "-x", str(options.batch)] if options.batch else command


def command(arguments):
    cut = arguments.index("--") if "--" in arguments else len(arguments)
    options, rest = _parser().parse_known_args(arguments[:cut])
    if options.batch and not options.batch.exists():
        raise tree.Failure(f"{options.batch}: no such file")
    settings = gdb_stub.settings([*rest, *arguments[cut:]])
    with tempfile.TemporaryDirectory(prefix="lichen-debug-") as scratch:
        scratch = Path(scratch)
        with gdb_stub.machine(settings, scratch, "debug", {"O": 1, "E": 2}) as machine:
            config, script = scratch / "config.json", scratch / "commands.gdb"
            config.write_text(json.dumps(gdb_stub.program_files()))
            symbols = "\n".join(f"add-symbol-file {path}" for path in _choose(options.server))
            script.write_text(gdb_stub.prelude() + GDB_COMMANDS.format(kernel=build.kernel_file(), build=tree.build_dir(),
                                                                       symbols=symbols, socket=machine.stub, config=str(config)))
            print(f"console: {machine.console}; kernel log: {machine.log}", flush=True)
            return subprocess.run(_gdb_command(script, options), env=os.environ).returncode


if __name__ == "__main__":
    tree.main(command, "debug")
