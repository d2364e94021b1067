# SPDX-License-Identifier: MIT
"""Builds what a run needs: kernel and servers by CMake, and the boot archive in the build directory."""
import os
from pathlib import Path

import archive
import cpio
import mkroot
import tree


def kernel_file():
    return tree.build_dir() / "microkernel" / "lichen-kernel"


def _jobs():
    return str(os.cpu_count() or 1)


def configure():
    """Run CMake once for the build directory; later changes are seen by the build itself."""
    if not (tree.TOP / "CMakeLists.txt").exists():
        raise tree.Failure("this tree has no CMakeLists.txt, nothing to build")
    directory = tree.build_dir()
    if not (directory / "CMakeCache.txt").exists():
        tree.progress("configuring the build")
        tree.tool(["cmake", "-S", str(tree.TOP), "-B", str(directory)], "configuring the build", _log())
    return directory


def _log():
    path = tree.build_dir() / "log" / "build.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def kernel_and_servers():
    """Bring them up to date. LICHEN_BUILT in the environment says that they are, for callers that run many commands."""
    if os.environ.get("LICHEN_BUILT"):
        return
    with tree.locked(tree.build_dir() / "build.lock"):
        _log().write_bytes(b"")
        directory = configure()
        tree.progress("building kernel and servers")
        tree.tool(["cmake", "--build", str(directory), "--parallel", _jobs()], "the build", _log())
    if not kernel_file().exists():
        raise tree.Failure(f"the build made no {kernel_file()}")


def target(name):
    """Build one target that the default build leaves out."""
    with tree.locked(tree.build_dir() / "build.lock"):
        tree.tool(["cmake", "--build", str(configure()), "--parallel", _jobs(), "--target", name], f"building {name}", _log())


def everything():
    """All that tests need: kernel, servers, unit tests (targets of the default build) and the boot archive."""
    kernel_and_servers()
    root_archive()
    os.environ["LICHEN_BUILT"] = "1"


def _archive_identity():
    """Changes whenever the archive would."""
    parts = [Path(cpio.__file__).read_text(), Path(archive.__file__).read_text()]
    parts.append((tree.build_dir() / "rootfs.stamp").read_text())
    staging = archive.staging_dir()
    for path in sorted(staging.rglob("*")) if staging.is_dir() else []:
        state = path.lstat()
        parts.append(f"{path.relative_to(staging)} {state.st_mode} {state.st_mtime_ns} {state.st_size}")
    return tree.sha256_text(*parts)


def root_archive():
    """build/root.cpio, remade when the root or the staged servers changed."""
    mkroot.make(tree.build_dir() / "rootfs")
    path, stamp = tree.build_dir() / "root.cpio", tree.build_dir() / "root.cpio.stamp"
    with tree.locked(tree.build_dir() / "root.cpio.lock"):
        identity = _archive_identity()
        if not (path.exists() and stamp.exists() and stamp.read_text() == identity):
            archive.write(archive.guest_tree(), [], path)
            stamp.write_text(identity)
    return path
