# SPDX-License-Identifier: MIT
"""scripts/debug: the boot of scripts/run under gdb, with the symbols of the kernel and of all servers.

QEMU waits at its first instruction with its gdb stub on a unix socket; the console is in a file. Servers are all linked to the same addresses: --server NAME chooses whose symbols are loaded, default the supervisor's; in gdb
`server PATH` adds another's, PATH below the build directory.
"""
import os
import socket
import subprocess
import tempfile
import threading
from pathlib import Path

import archive
import build
import channel
import qemu
import run
import system
import tree

GDB_COMMANDS = """set pagination off
set confirm off
set architecture i386:x86-64
file {kernel}
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


def server_files():
    """The native programs of the archive, unstripped as the build made them: {name: path}."""
    staged = archive.staging_dir() / "lichen"
    names = ["supervisor", *sorted(path.name for folder in ("servers", "drivers") for path in (staged / folder).glob("*"))]
    found = {}
    for name in names:
        places = [tree.build_dir() / folder / name / name for folder in ("servers", "drivers")]
        found.update({name: place for place in places if place.is_file()})
    return found


def _choose(names):
    known = server_files()
    for name in names:
        if name not in known:
            raise tree.Failure(f"no server {name}; built: {' '.join(known) or 'none'}")
    return [known[name] for name in (names or ["supervisor"])]


def _parser():
    parser = tree.Parser(prog="debug", usage="debug [options] [-- COMMAND...]",
                         description="Boot under gdb, with symbols of kernel and servers.",
                         epilog="Other options (--memory, --add, --append, ...) are those of scripts/run.")
    parser.add_argument("--server", action="append", default=[], metavar="NAME", help="whose symbols (default: supervisor)")
    parser.add_argument("--batch", metavar="FILE", type=Path, help="run gdb commands from FILE after the start, then end")
    return parser


def _serve_channel(listener, text):
    """Give the guest its command while gdb has the terminal; its output appears there."""
    link = listener.accept()[0]
    protocol = channel.Protocol(text, link.sendall, {"O": 1, "E": 2})
    while data := link.recv(65536):
        protocol.feed(data)


def _channel_arguments(scratch, text):
    if text is None:
        return []
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(scratch / "channel"))
    listener.listen(1)
    threading.Thread(target=_serve_channel, args=(listener, text), daemon=True).start()
    return qemu.channel(scratch / "channel")


def _gdb_command(script, options):
    command = ["gdb", "-q", "-nx", "-x", str(script)]
    return [*command, "-batch", "-x", str(options.batch)] if options.batch else command


def command(arguments):
    cut = arguments.index("--") if "--" in arguments else len(arguments)
    options, rest = _parser().parse_known_args(arguments[:cut])
    if options.batch and not options.batch.exists():
        raise tree.Failure(f"{options.batch}: no such file")
    settings = run.parse(["--boot", "direct", *rest, *arguments[cut:]])
    if settings.linux:
        raise tree.Failure("--linux cannot be debugged here: its package has no symbols")
    target = system.Lichen(settings)
    with tempfile.TemporaryDirectory(prefix="lichen-debug-") as scratch:
        scratch = Path(scratch)
        console = tree.build_dir() / "log" / "debug-console.log"
        boot = target.boot_arguments(scratch)
        symbols = "\n".join(f"add-symbol-file {path}" for path in _choose(options.server))
        script = scratch / "commands.gdb"
        script.write_text(GDB_COMMANDS.format(kernel=build.kernel_file(), build=tree.build_dir(), symbols=symbols,
                                              socket=scratch / "gdb"))
        arguments = [*qemu.machine(settings.memory, settings.smp, "tcg"), *boot, "-nic", "none", "-S",
                     *qemu.debug_log(console.with_name("debug-kernel.log")), *qemu.console_file(console),
                     *_channel_arguments(scratch, settings.command), "-gdb", f"unix:{scratch / 'gdb'},server=on,wait=off"]
        process = qemu.start(arguments, stdin=subprocess.DEVNULL)
        try:
            print(f"console: {console}; kernel log: {console.with_name('debug-kernel.log')}", flush=True)
            return subprocess.run(_gdb_command(script, options), env=os.environ).returncode
        finally:
            qemu.stop(process)


if __name__ == "__main__":
    tree.main(command, "debug")
