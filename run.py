"""Run kompetenssim from a checkout: make the environment if it is missing, then hand over to the command line.

`python run.py [arguments]` is `kompetenssim [arguments]`; `python run.py test [arguments]` is the test suite.
Standard library only. The syntax stays readable to older Pythons, so that they reach the message below.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  an older Python is exactly what this line is for
    sys.exit(
        "kompetenssim kräver Python 3.11 eller nyare, men det här är Python {}.{}. "
        "Installera en nyare Python och kör igen, till exempel: python3.11 run.py".format(*sys.version_info[:2])
    )

import contextlib
import hashlib
import importlib.metadata
import importlib.util
import json
import os
import re
import subprocess
import tomllib
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
LOCK = ROOT / ".venv.lock"
TEST_WORKERS = "2"


class SetupError(Exception):
    """Raised with one Swedish sentence that says what to do."""


def say(text: str) -> None:
    """Print a line about the set-up on stderr; stdout belongs to the program."""
    print(text, file=sys.stderr, flush=True)


def main(arguments: list[str]) -> int:
    """Prepare the environment and run; give the exit code (on POSIX the process is replaced instead)."""
    testing = arguments[:1] == ["test"]
    os.environ.setdefault("PYTHONUTF8", "1")  # a folder with å, ä, ö is found again whatever the locale
    try:
        python = prepare("dev" if testing else None)
    except SetupError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("Avbrutet. Installationen görs om nästa gång du kör.")
        return 130
    if testing:
        os.chdir(ROOT)
        return hand_over([str(python), "-m", "pytest", "-n", TEST_WORKERS, "--dist", "worksteal", *arguments[1:]])
    return hand_over([str(python), "-m", "kompetenssim", *arguments])


def hand_over(command: list[str]) -> int:
    """Become the command, so that signals and exit codes are its own; Windows has to wait for it."""
    sys.stdout.flush()
    sys.stderr.flush()
    if os.name != "nt":
        os.execv(command[0], command)
    with contextlib.suppress(KeyboardInterrupt):
        return subprocess.call(command)
    return 130


def prepare(extra: str | None) -> Path:
    """Give the Python to run with: this one where kompetenssim is installed from here, else that of `.venv`."""
    here = Path(sys.prefix)
    if here.resolve() != ENVIRONMENT.resolve() and installed_from_here():
        lacking = missing_packages(extra)
        if lacking:
            say(f"Installerar det som saknas i den aktuella miljön ({', '.join(lacking)}) …")
            install(Path(sys.executable), extra)
        return Path(sys.executable)
    python = interpreter(ENVIRONMENT)
    if not is_current(python, extra):
        with locked():
            if not is_current(python, extra):  # another run may have finished it while this one waited
                build(python, extra)
    return python


def installed_from_here() -> bool:
    """Tell whether the running Python has kompetenssim as an editable install of this checkout."""
    try:
        text = importlib.metadata.distribution("kompetenssim").read_text("direct_url.json")
    except importlib.metadata.PackageNotFoundError:
        return False
    source = json.loads(text or "{}")
    if not source.get("dir_info", {}).get("editable"):
        return False
    path = urllib.request.url2pathname(urllib.parse.urlsplit(source["url"]).path)
    return Path(path).resolve() == ROOT


def missing_packages(extra: str | None) -> list[str]:
    """Name the packages of pyproject.toml that the running Python lacks."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = project["dependencies"] + (project["optional-dependencies"][extra] if extra else [])
    lacking = []
    for requirement in wanted:
        name = re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0]
        try:
            importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            lacking.append(name)
    return lacking


# --- the environment beside this file ---------------------------------------------------------------------------------


def interpreter(environment: Path) -> Path:
    """Give the path of an environment's Python."""
    return environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def stamp() -> Path:
    """Give the file that says what the environment holds; written last, so that an interrupted install has none."""
    return ENVIRONMENT / "kompetenssim.json"


def wanted_stamp() -> str:
    """Hash what decides the content of the environment: where we are and what is asked for."""
    digest = hashlib.sha256(str(ROOT).encode("utf-8"))
    for name in ("pyproject.toml", "constraints.txt"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def read_stamp() -> dict[str, object]:
    """Read the stamp; an absent or damaged one is empty."""
    try:
        content = json.loads(stamp().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def write_stamp(content: dict[str, object]) -> None:
    """Replace the stamp in one step."""
    fresh = stamp().with_suffix(".ny")
    fresh.write_text(json.dumps(content), encoding="utf-8")
    fresh.replace(stamp())


def extras_of(content: dict[str, object]) -> list[str]:
    """Give the extras that a stamp names."""
    extras = content.get("extras")
    return [str(name) for name in extras] if isinstance(extras, list) else []


def is_current(python: Path, extra: str | None) -> bool:
    """Tell whether the environment is complete and follows pyproject.toml and constraints.txt as they are now."""
    content = read_stamp()
    complete = content.get("hash") == wanted_stamp() and (extra is None or extra in extras_of(content))
    return complete and python.exists()


def build(python: Path, extra: str | None) -> None:
    """Make the environment, or mend one that is old or was interrupted."""
    before = read_stamp()
    if before.get("pagar") or not has_pip(python):
        create(ENVIRONMENT)
        before = {}
    extras = sorted({*extras_of(before), *([extra] if extra else [])})
    say(f"Installerar kompetenssim i {ENVIRONMENT} (tar någon minut första gången) …")
    write_stamp({"pagar": True})
    try:
        install(python, *extras)
    except SetupError:
        stamp().unlink()  # pip failed but cleaned up after itself: the next run may go on from here
        raise
    write_stamp({"hash": wanted_stamp(), "extras": extras})


def has_pip(python: Path) -> bool:
    """Tell whether an environment can install; one that was made without pip is given it."""
    if not python.exists():
        return False
    return succeeds([str(python), "-m", "pip", "--version"]) or succeeds([str(python), "-m", "ensurepip", "--default-pip"])


def succeeds(command: list[str]) -> bool:
    """Run a command in silence and tell whether it ended with code 0."""
    return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0


def create(environment: Path) -> None:
    """Make an empty virtual environment, replacing a broken one."""
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        version = "{}.{}".format(*sys.version_info[:2])
        raise SetupError(
            "Den här Python-installationen kan inte skapa virtuella miljöer (modulen venv eller ensurepip saknas). "
            f"På Debian och Ubuntu: sudo apt install python{version}-venv – kör sedan igen."
        )
    say(f"Skapar den virtuella miljön {environment} …")
    run_quietly([sys.executable, "-m", "venv", "--clear", str(environment)], "Den virtuella miljön kunde inte skapas.")


def install(python: Path, *extras: str | None) -> None:
    """Install this checkout, editable, with the versions of constraints.txt."""
    names = ",".join(name for name in extras if name)
    target = f"{ROOT}[{names}]" if names else str(ROOT)
    run_quietly(
        [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input",
         "-c", str(ROOT / "constraints.txt"), "-e", target],
        "Installationen misslyckades. Kontrollera nätverket och kör igen.",
    )


def run_quietly(command: list[str], failure: str) -> None:
    """Run a command in silence; when it fails, show what it said and raise SetupError."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, close_fds=False)
    if done.returncode:
        say(done.stdout.decode("utf-8", "replace").rstrip())
        raise SetupError(failure)


@contextlib.contextmanager
def locked() -> Iterator[None]:
    """Let one run at a time touch the environment.

    The system lets go of the lock when the run and the pip it started are gone, however they ended.
    """
    try:
        handle = LOCK.open("a+b")
    except OSError as error:
        raise SetupError(f"Det går inte att skriva i {ROOT}: {error.strerror}.") from error
    with handle:
        if not try_lock(handle):
            say("Väntar på en annan körning som installerar …")
            wait_lock(handle)
        os.set_inheritable(handle.fileno(), True)
        yield


if sys.platform == "win32":
    import msvcrt
    import time

    def try_lock(handle: IO[bytes]) -> bool:
        """Take the lock if it is free."""
        handle.seek(0)
        try:
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def wait_lock(handle: IO[bytes]) -> None:
        """Take the lock when it becomes free."""
        while not try_lock(handle):
            time.sleep(0.5)

else:
    import fcntl

    def try_lock(handle: IO[bytes]) -> bool:
        """Take the lock if it is free."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def wait_lock(handle: IO[bytes]) -> None:
        """Take the lock when it becomes free."""
        fcntl.flock(handle, fcntl.LOCK_EX)


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    sys.exit(main(sys.argv[1:]))
