# SPDX-License-Identifier: MIT
"""scripts/fetch-package: files out of Debian's binary packages that the build needs, such as a font.

The package is authenticated by apt and not pinned: its contents may change with Debian's updates. Downloads are cached. A
directory that already holds the same version is left alone.
"""
from pathlib import Path

import apt
import tree

STAMP = ".lichen-package"


def fetch(name, target):
    """Unpack the named package into a directory."""
    target = Path(target)
    stamp = target / STAMP
    if target.exists() and any(target.iterdir()) and not stamp.exists():
        raise tree.Failure(f"{target} exists and was not made by fetch-package")
    version, deb = apt.PrivateApt().download_binaries([name])[name]
    identity = f"{name} {version}\n"
    if stamp.exists() and stamp.read_text() == identity:
        return target
    with tree.new_directory(target) as fresh:
        tree.tool(["dpkg-deb", "-x", str(deb), str(fresh)], f"unpacking {name}")
        (fresh / STAMP).write_text(identity)
    return target


def command(arguments):
    parser = tree.Parser(prog="fetch-package", description="Unpack a Debian binary package into DIR.",
                         epilog="Downloads are cached in LICHEN_CACHE (default ~/.cache/lichen).")
    parser.add_argument("name", metavar="NAME")
    parser.add_argument("directory", metavar="DIR")
    options = parser.parse_args(arguments)
    fetch(options.name, options.directory)
    return 0


if __name__ == "__main__":
    tree.main(command, "fetch-package")
