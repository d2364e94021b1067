# SPDX-License-Identifier: MIT
"""BusyBox for the guest, built from Debian's source against musl, dynamically linked.

Two binaries: `busybox`, with everything, and `busybox-suid`, with the few applets that must be setuid root. A result is kept
in the cache under a key of source, configuration and compiler, with `<binary>.links`: the applets' paths, one a line.
"""
import os
from pathlib import Path

import sources
import tree

VARIANTS = {"busybox": "defconfig", "busybox-suid": "allnoconfig"}


def _kernel_headers(directory):
    """A directory with only the kernel's own headers, which musl does not bring."""
    directory.mkdir(parents=True)
    for name, path in (("linux", "/usr/include/linux"), ("asm-generic", "/usr/include/asm-generic"),
                       ("asm", "/usr/include/x86_64-linux-gnu/asm"), ("mtd", "/usr/include/mtd")):
        if Path(path).is_dir():
            (directory / name).symlink_to(path)
    return directory


def _set_options(config, fragment):
    """Apply NAME=value lines to a kernel-style configuration file."""
    wanted = dict(line.split("=", 1) for line in fragment.splitlines() if line.startswith("CONFIG_"))
    lines = []
    for line in config.read_text().splitlines():
        name = line.removeprefix("# ").split("=")[0].split(" ")[0]
        if name not in wanted:
            lines.append(line)
    lines += [f"# {name} is not set" if value == "n" else f"{name}={value}" for name, value in wanted.items()]
    config.write_text("\n".join(lines) + "\n")


def _compile(variant, fragment, source, out, log):
    jobs = f"-j{min(os.cpu_count() or 1, 8)}"
    headers = _kernel_headers(out / "kernel-headers")
    make = ["make", "-C", str(source), f"O={out}", "CC=musl-gcc", "SKIP_STRIP=n",
            f"EXTRA_CFLAGS=-idirafter {headers} -ffile-prefix-map={source}=. -ffile-prefix-map={out}=.",
            "KCONFIG_NOTIMESTAMP=1"]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000", "LC_ALL": "C"}
    tree.tool([*make, VARIANTS[variant]], f"configuring {variant}", log, env=environment)
    _set_options(out / ".config", fragment)
    # Questions about options that the fragment brings in take their defaults.
    with open("/dev/null") as nothing:
        tree.tool([*make, "oldconfig"], f"configuring {variant}", log, env=environment, stdin=nothing)
    tree.tool([*make, jobs, "busybox", "busybox.links"], f"building {variant}", log, env=environment)


def build(variant):
    """The directory in the cache that holds the built variant."""
    fragment = (tree.TOP / "boot" / "rootfs" / f"{variant}.fragment").read_text()
    pin = sources.read_lock()["busybox"]
    compiler = tree.tool(["gcc", "-dumpfullversion"], "asking gcc for its version").strip()
    key = tree.sha256_text(variant, fragment, pin.sha256, compiler, Path(__file__).read_text())[:16]
    home = tree.cache_dir("busybox") / f"{variant}-{key}"
    with tree.locked(tree.cache_dir("busybox") / f"{variant}.lock"):
        if home.exists():
            return home
        tree.progress(f"building {variant} (about a minute)")
        work = tree.cache_dir("busybox") / f"work-{variant}"
        tree.remove_tree(work)
        source = sources.fetch("busybox", work / "source")
        _compile(variant, fragment, source, work / "out", tree.cache_dir("busybox") / f"{variant}.log")
        with tree.new_directory(home) as fresh:
            (fresh / "busybox").write_bytes((work / "out" / "busybox").read_bytes())
            (fresh / "busybox.links").write_bytes((work / "out" / "busybox.links").read_bytes())
        tree.remove_tree(work)
    return home
