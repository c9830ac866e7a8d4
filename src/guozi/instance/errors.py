"""What can go wrong with an instance. Each message says what is wrong and what to do.

InstanceError
├── HomeError            the home folder or a file in it cannot be used
└── PostgresError        the database server cannot be used
    ├── BinariesMissing  no PostgreSQL of a fitting version on this machine
    ├── AccountMissing   started as root, and no other account to run the server as
    ├── ServerFailed     a program of PostgreSQL ended with an error; carries what it said
    └── AddressMissing   the address of a database of one's own is not set
"""


class InstanceError(Exception):
    """Anything that keeps an instance from being used; `str()` of it is for people."""


class HomeError(InstanceError):
    """The home folder or a file in it cannot be used."""


class PostgresError(InstanceError):
    """The database server cannot be used."""


class BinariesMissing(PostgresError):
    """No PostgreSQL of a fitting version on this machine."""


class AccountMissing(PostgresError):
    """PostgreSQL refuses to run as root, and there is no other account to run it as."""


class ServerFailed(PostgresError):
    """A program of PostgreSQL ended with an error."""


class AddressMissing(PostgresError):
    """`DATABASE_URL` is set, the address of the asked role is not."""
