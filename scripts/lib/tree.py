# SPDX-License-Identifier: MIT
"""Paths, errors and progress shared by the commands in scripts/.

- Failure is the one way to give up: its text is the one line that the user sees, its status the exit status.
- Whatever is written is written beside its place and renamed into it, so nothing half-written stays behind.
- The cache (LICHEN_CACHE, default ~/.cache/lichen) survives the build directory; all in it can be deleted.
- Progress goes to stderr; progress_quiet() moves it into a log for commands whose stderr belongs to a guest.
"""
import argparse
import contextlib
import errno
import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

TOP = Path(os.environ.get("LICHEN_TOP") or Path(__file__).resolve().parents[2])
NO_SPACE = (os.strerror(errno.ENOSPC), "exceeds free space")  # the latter is xorriso's
_progress_sink = sys.stderr


class Failure(Exception):
    """A one-line reason to stop, with the exit status for it."""

    def __init__(self, text, status=125):
        super().__init__(text)
        self.status = status


class Parser(argparse.ArgumentParser):
    """Options whose errors are one line like all others."""

    def error(self, message):
        raise Failure(f"{message} (see --help)")


def output_file(text):
    """The type of an option that names a file to write: its folder must be there, so that nothing is found out after the work."""
    path = Path(text)
    if not text:
        raise Failure("a file without a name")
    if path.is_dir():
        raise Failure(f"{text}: is a folder, not a file")
    if not path.parent.is_dir():
        raise Failure(f"{text}: no such folder: {path.parent}")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise Failure(f"{text}: {os.strerror(errno.EACCES)}")
    return path


def output_folder(text):
    """The same for a folder to make."""
    path = Path(text)
    if not text or not path.resolve().parent.is_dir():
        raise Failure(f"{text}: no such folder: {path.parent}" if text else "a folder without a name")
    return path


def _made(path):
    """A folder of ours, made when it is missing."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Failure(f"{path}: cannot make this folder: {error.strerror}") from None
    if not os.access(path, os.W_OK | os.X_OK):
        raise Failure(f"{path}: {os.strerror(errno.EACCES)}")
    return path


def cache_dir(*parts):
    base = os.environ.get("LICHEN_CACHE") or Path.home() / ".cache" / "lichen"
    return _made(Path(base).joinpath(*parts))


def build_dir(*parts):
    return _made(Path(os.environ.get("LICHEN_BUILD") or TOP / "build").resolve().joinpath(*parts))


def need_space(directory, size):
    """Give up before a step that would fill the disk."""
    if shutil.disk_usage(directory).free < size:
        raise Failure(f"no space left on the disk: {size >> 20} MB needed in {directory}")


def progress(text):
    print(f"-- {text}", file=_progress_sink, flush=True)


def progress_quiet(stream):
    global _progress_sink
    _progress_sink = stream


def sha256_file(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def sha256_text(*parts):
    return hashlib.sha256("\0".join(str(part) for part in parts).encode()).hexdigest()


@contextlib.contextmanager
def locked(path):
    """Hold an exclusive lock on a file: two commands at once do the shared work once."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def new_path(path):
    """A temporary name to write to; what is there at the end appears under the path, unless an error came."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    os.close(handle)
    try:
        yield name
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)
        raise


@contextlib.contextmanager
def new_file(path, mode="wb"):
    """Write a file that appears under its name only when complete."""
    with new_path(path) as name, open(name, mode) as file:
        yield file


@contextlib.contextmanager
def new_directory(path):
    """Fill a directory that appears under its name only when complete, replacing an older one."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    try:
        yield temporary
        os.chmod(temporary, 0o755)
        remove_tree(path)
        temporary.rename(path)
    except BaseException:
        remove_tree(temporary)
        raise


def remove_tree(path):
    if os.path.lexists(path):
        shutil.rmtree(path)


def tool(command, what, log=None, **options):
    """Run a program; when it fails, raise a Failure naming what was being done and where its output is."""
    options.setdefault("stdin", subprocess.DEVNULL)
    try:
        if log:
            with open(log, "ab") as sink:
                code = subprocess.run(command, stdout=sink, stderr=subprocess.STDOUT, **options).returncode
            if code:
                raise Failure(f"{what} failed; see {log}")
            return ""
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
    except FileNotFoundError:
        raise Failure(f"{what}: {command[0]} is not installed") from None
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        if any(words in line for words in NO_SPACE for line in lines):
            raise Failure(f"{what} failed: no space left on the disk")
        raise Failure(f"{what} failed: {lines[-1] if lines else f'exit status {done.returncode}'}")
    return done.stdout.decode(errors="surrogateescape")


def _reason(error):
    """What an OSError says to people."""
    if error.errno == errno.ENOSPC:
        return "no space left on the disk"
    return f"{error.filename}: {error.strerror}" if error.filename else error.strerror or str(error)


def main(function, name):
    """Run a command's main function and turn what goes wrong into one line and an exit status."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        sys.exit(function(sys.argv[1:]))
    except Failure as failure:
        print(f"{name}: {failure}", file=sys.stderr)
        sys.exit(failure.status)
    except KeyboardInterrupt:
        print(f"{name}: interrupted", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:
        os._exit(141)
    except OSError as error:
        print(f"{name}: {_reason(error)}", file=sys.stderr)
        sys.exit(125)
