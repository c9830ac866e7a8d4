"""An instance's own PostgreSQL: made once, started and stopped by us, reached by a private socket only."""

import fcntl
import os
import pwd
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from guozi.instance import binaries
from guozi.instance.binaries import Binaries, Origin
from guozi.instance.errors import AccountMissing, AddressMissing, HomeError, PostgresError, ServerFailed
from guozi.instance.home import Home

OWNER = "guozi_owner"
"""Owns the tables and migrates them."""
APP = "guozi_app"
"""What the application connects as: no right that its policies do not give."""
ADMIN = "postgres"
"""The server's superuser: for backups and tests, never for the application."""
DATABASE = "guozi"

ADDRESSES = {APP: "DATABASE_URL", OWNER: "DATABASE_OWNER_URL"}
"""The environment's addresses of a server of one's own, per role."""

ELSEWHERE = Path("/var/lib/guozi")
"""Where data stand when the account that runs the server cannot reach the home (root's own folder is closed to it)."""

SOCKET = ".s.PGSQL.5432"
SOCKET_PATH_LIMIT = 107
"""The longest path of a Unix socket, in bytes."""

START_SECONDS = 60
"""How long a start may take, recovery after a crash included."""

FIRST_STATEMENTS = (
    f"create role {OWNER} login nosuperuser nobypassrls",
    f"create role {APP} login nosuperuser nobypassrls noinherit",
    f"create database {DATABASE} owner {OWNER}",
    f"revoke all on database {DATABASE} from public",
    f"grant connect, temporary on database {DATABASE} to {APP}",
)

FORGETFUL = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
"""Settings of a server whose data may be lost with the machine: tests."""


@dataclass(frozen=True)
class Account:
    """The account that runs the server."""

    name: str
    uid: int
    gid: int


class Server:
    """The PostgreSQL of the instance at `home`.

    With `DATABASE_URL` in the environment nothing is started and the addresses are the environment's. `origin` admits
    only the system's programs or only the wheel's; `durable=False` is for data that may be lost. `say` gets what people
    should know, one line at a time.
    """

    def __init__(
        self,
        home: Path,
        *,
        origin: Origin | None = None,
        durable: bool = True,
        environ: Mapping[str, str] = os.environ,
        say: Callable[[str], None] = lambda line: print(line, file=sys.stderr),
    ) -> None:
        self._home = Home(home.absolute())
        self._origin = origin
        self._durable = durable
        self._environ = environ
        self._say = say

    @property
    def external(self) -> bool:
        """Whether the environment names a server of one's own."""
        return bool(self._environ.get(ADDRESSES[APP]))

    def url(self, role: str = APP) -> str:
        """The address of the database for a role; raises AddressMissing for a role that the environment leaves out."""
        if self.external:
            variable = ADDRESSES.get(role, "")
            if address := self._environ.get(variable):
                return address
            raise AddressMissing(
                f"DATABASE_URL is set, but not {variable or f'an address for {role}'}. "
                f"Set it to the address of the role {role}."
            )
        return f"postgresql://{role}@/{DATABASE}?host={quote(str(self.socket_folder), safe='/')}"

    @property
    def place(self) -> Path:
        """The folder with data, socket and log; where it really is."""
        return self._home.postgres.resolve()

    @property
    def data(self) -> Path:
        return self.place / "data"

    @property
    def log(self) -> Path:
        return self.place / "log"

    @property
    def socket_folder(self) -> Path:
        """In the place, or in /tmp under the place's hash where the path would be too long for a socket."""
        near = self.place / "socket"
        if len(os.fsencode(near / SOCKET)) <= SOCKET_PATH_LIMIT:
            return near
        return Path("/tmp") / f"guozi-{sha256(os.fsencode(self.place)).hexdigest()[:16]}"

    def running(self) -> bool:
        """Whether the server listens; of a server of one's own it is assumed."""
        if self.external:
            return True
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(str(self.socket_folder / SOCKET))
            except OSError:
                return False
        return True

    def start(self) -> None:
        """Makes the data once, starts the server unless it runs, and comes back when it takes connections.

        Two processes may call it at once. Raises PostgresError or HomeError.
        """
        if self.external:
            return
        self._home.create()
        with self._locked():
            account = self._account()
            self._make_place(account)
            programs = self._programs(account)
            self._make_data(programs, account)
            if not self._wait_for_former():
                self._launch(programs, account)

    def stop(self) -> None:
        """Stops the server, letting its sessions end at once; nothing happens when it does not run."""
        if self.external or not self.data.is_dir():
            return
        with self._locked():
            if self.running():
                account = self._account()
                self._run(self._programs(account), account, "pg_ctl", "stop", "-w", "-m", "fast", "-D", str(self.data))

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with open(self._home.root / "postgres.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _account(self) -> Account:
        """Oneself; as root the owner of the data, else `postgres` or `nobody`: PostgreSQL refuses to run as root."""
        if os.geteuid():
            return Account(str(os.geteuid()), os.geteuid(), os.getegid())
        if self.data.is_dir():
            owner = self.data.stat()
            return Account(str(owner.st_uid), owner.st_uid, owner.st_gid)
        for name in ("postgres", "nobody"):
            try:
                entry = pwd.getpwnam(name)
            except KeyError:
                continue
            return Account(name, entry.pw_uid, entry.pw_gid)
        raise AccountMissing(
            "PostgreSQL does not run as root, and there is neither an account `postgres` nor `nobody`. "
            "Make one: useradd --system postgres"
        )

    def _make_place(self, account: Account) -> None:
        place = self._home.postgres
        if not place.is_dir():
            if place.is_symlink():
                raise HomeError(
                    f"{place} leads to {place.readlink()}, which is gone: the database of this "
                    "instance stood there. Restore it, or remove the link to begin anew."
                )
            if self._reaches(account, self._home.root):
                place.mkdir(mode=0o700)
            else:
                ELSEWHERE.mkdir(mode=0o711, parents=True, exist_ok=True)
                elsewhere = tempfile.mkdtemp(prefix=f"{self._home.root.name}-", dir=ELSEWHERE)
                place.symlink_to(elsewhere)
                self._say(
                    f"The database stands in {elsewhere}, since the account {account.name}, "
                    f"which runs PostgreSQL, cannot reach {self._home.root}."
                )
            os.chown(place, account.uid, account.gid)
        if found := re.search(r"[\"'`$\\,\s]", str(self.place)):
            raise HomeError(
                f"The path {self.place} holds the character {found[0]!r}, which PostgreSQL's programs do not "
                "take. Set GUOZI_HOME to another folder."
            )
        folder = self.socket_folder
        if not folder.is_dir():
            folder.mkdir(mode=0o700)
            os.chown(folder, account.uid, account.gid)
        if folder.is_symlink() or folder.stat().st_uid != account.uid or folder.stat().st_mode & 0o077:
            raise HomeError(
                f"{folder} should belong to the account {account.name} alone (mode 700), and does not. "
                "Remove it and start again."
            )

    @staticmethod
    def _reaches(account: Account, path: Path) -> bool:
        return _run_as(account, ["/bin/sh", "-c", 'cd "$0"', str(path)], Path("/"), {}).returncode == 0

    def _programs(self, account: Account) -> Binaries:
        """Those of the version that made the data, where there are any, at a place that the account can reach."""
        version = self.data / "PG_VERSION"
        found = binaries.find(self._origin, int(version.read_text()) if version.is_file() else None)
        return found if self._reaches(account, found.folder) else found.copy_to(self.place / f"programs-{found.major}")

    def _make_data(self, programs: Binaries, account: Account) -> None:
        if self.data.is_dir():
            return
        new = self.place / "data.new"
        shutil.rmtree(new, ignore_errors=True)
        sync = () if self._durable else ("--no-sync",)
        self._run(
            programs,
            account,
            "initdb",
            "-D",
            str(new),
            "-U",
            ADMIN,
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            *sync,
        )
        self._run(
            programs,
            account,
            "postgres",
            "--single",
            "-D",
            str(new),
            "postgres",
            stdin="".join(f"{line}\n" for line in FIRST_STATEMENTS),
        )
        new.rename(self.data)  # whole or absent

    def _wait_for_former(self) -> bool:
        """True once a server that was found takes connections, False when there is none.

        After a kill its sessions may still stand in the data folder: waits until they have gone, then removes the notes
        of the dead server, since its process number may be another's by now, or a zombie's that nobody has buried.
        """
        note = self.data / "postmaster.pid"
        until = time.monotonic() + START_SECONDS
        while not (self.running() and note.read_text().rstrip().endswith("ready")):
            if not (left := self._processes()):
                note.unlink(missing_ok=True)
                (self.socket_folder / f"{SOCKET}.lock").unlink(missing_ok=True)
                return False
            if time.monotonic() > until:
                raise PostgresError(
                    f"Processes {left} of a former server still use {self.data}. End them, then start again."
                )
            time.sleep(0.05)
        return True

    def _processes(self) -> list[int]:
        """The processes whose working folder is the data folder: the server and its sessions, and nothing else."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if process.joinpath("cwd").readlink() == self.data:
                    found.append(int(process.name))
            except OSError:
                continue  # ended meanwhile, or another account's
        return found

    def _launch(self, programs: Binaries, account: Account) -> None:
        settings = [
            "listen_addresses=",
            f"unix_socket_directories={self.socket_folder}",
            *(() if self._durable else FORGETFUL),
        ]
        options = " ".join(f"-c {shlex.quote(setting)}" for setting in settings)
        self._run(
            programs,
            account,
            "pg_ctl",
            "start",
            "-w",
            "-t",
            str(START_SECONDS),
            "-D",
            str(self.data),
            "-l",
            str(self.log),
            "-o",
            options,
        )

    def _run(self, programs: Binaries, account: Account, name: str, *arguments: str, stdin: str = "") -> None:
        environ = {"PATH": f"{programs.folder}:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(self.place)}
        done = _run_as(account, [str(programs.folder / name), *arguments], self.place, environ, stdin)
        # a single-user server answers with 0 even when a statement failed
        if done.returncode or "ERROR:" in done.stdout:
            raise ServerFailed(f"PostgreSQL's {name} failed: {done.stdout.strip()[-2000:]}{self._last_of_log()}")

    def _last_of_log(self) -> str:
        if not self.log.is_file():
            return ""
        lines = self.log.read_text("utf-8", errors="replace").splitlines()[-10:]
        return f"\nThe end of {self.log}:\n" + "\n".join(lines)


def _run_as(
    account: Account, command: list[str], cwd: Path, environ: Mapping[str, str], stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    switch = os.geteuid() == 0
    return subprocess.run(
        command,
        cwd=cwd,
        env=environ,
        input=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        umask=0o077,
        user=account.uid if switch else None,
        group=account.gid if switch else None,
        extra_groups=[] if switch else None,
    )
