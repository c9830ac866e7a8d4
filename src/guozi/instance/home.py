"""The home of an instance: one folder that holds its database, facts, files and secret key."""

import os
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from guozi.instance.errors import HomeError

SECRET_KEY_BYTES = 50
"""Length of a new secret key before encoding, in bytes."""


@dataclass(frozen=True)
class Home:
    """The paths of an instance.

    The folder itself may be passed through by every account (mode 711), since the account that runs PostgreSQL has to;
    what stands in it is private.
    """

    root: Path

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """The home named by `GUOZI_HOME`, else `./var`; nothing is created."""
        return cls(Path(environ.get("GUOZI_HOME") or "var").absolute())

    @property
    def postgres(self) -> Path:
        """Data, socket and log of the instance's own PostgreSQL; a link when the data had to stand elsewhere."""
        return self.root / "postgres"

    @property
    def facts(self) -> Path:
        """The projection of accepted filings; may be dropped and rebuilt."""
        return self.root / "facts"

    @property
    def files(self) -> Path:
        """Uploads, by hash."""
        return self.root / "files"

    @property
    def secret_key_file(self) -> Path:
        return self.root / "secret_key"

    def create(self) -> Self:
        """Makes the folders that are missing; raises HomeError where that is not possible."""
        try:
            self._make_root()
            for folder in (self.facts, self.files):
                folder.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise HomeError(
                f"{self.root} cannot be used as the home of an instance: {error.strerror}. "
                "Set GUOZI_HOME to a folder that this account may write to."
            ) from error
        return self

    def _make_root(self) -> None:
        try:
            self.root.mkdir(parents=True)
        except FileExistsError:
            if not self.root.is_dir():
                raise
        else:
            self.root.chmod(0o711)

    def secret_key(self, environ: Mapping[str, str] = os.environ) -> str:
        """The key that signs sessions and links: `GUOZI_SECRET_KEY`, else a file made once, for its owner only.

        Raises HomeError when the file is empty, open to other accounts, or cannot be read or made.
        """
        if key := environ.get("GUOZI_SECRET_KEY"):
            return key
        file = self.secret_key_file
        try:
            if not file.exists():
                self._write_new_secret_key(file)
            mode = file.stat().st_mode & 0o777
            key = file.read_text("ascii").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise HomeError(
                f"The secret key cannot be read from {file}: {error}. Set GUOZI_SECRET_KEY or mend the file."
            ) from error
        if mode & 0o077:
            raise HomeError(f"{file} can be read by other accounts (mode {mode:o}). Run: chmod 600 '{file}'")
        if not key:
            raise HomeError(f"{file} is empty. Remove it and a new key is made; everybody signs in again.")
        return key

    def _write_new_secret_key(self, file: Path) -> None:
        self.create()
        descriptor, new = tempfile.mkstemp(prefix=f"{file.name}.", dir=self.root)  # mode 600
        with open(descriptor, "w", encoding="ascii") as stream:
            stream.write(secrets.token_urlsafe(SECRET_KEY_BYTES) + "\n")
        try:
            os.link(new, file)  # whole or absent, and the first of two processes wins
        except FileExistsError:
            pass
        finally:
            os.unlink(new)
