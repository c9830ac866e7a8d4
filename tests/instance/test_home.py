"""The home of an instance: its paths and its secret key."""

import stat
from multiprocessing.pool import ThreadPool
from pathlib import Path

import pytest

from guozi.instance.errors import HomeError
from guozi.instance.home import Home


def test_the_home_is_var_below_the_working_folder_unless_the_environment_names_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert Home.from_environment({}).root == tmp_path / "var"
    assert Home.from_environment({"GUOZI_HOME": ""}).root == tmp_path / "var"
    assert Home.from_environment({"GUOZI_HOME": "/srv/guozi"}).root == Path("/srv/guozi")


def test_naming_a_home_creates_nothing(tmp_path: Path) -> None:
    Home.from_environment({"GUOZI_HOME": str(tmp_path / "var")})
    assert list(tmp_path.iterdir()) == []


def test_facts_and_files_are_private_and_the_home_may_be_passed_through(tmp_path: Path) -> None:
    home = Home(tmp_path / "new" / "var").create()
    assert stat.S_IMODE(home.root.stat().st_mode) == 0o711
    assert stat.S_IMODE(home.facts.stat().st_mode) == stat.S_IMODE(home.files.stat().st_mode) == 0o700
    home.create()


def test_many_may_make_a_home_at_once(tmp_path: Path) -> None:
    for turn in range(20):
        with ThreadPool(8) as pool:
            pool.map(lambda _, root=tmp_path / str(turn) / "var": Home(root).create(), range(8))


def test_a_home_that_cannot_be_made_is_told_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file")
    with pytest.raises(HomeError, match="Set GUOZI_HOME to a folder"):
        Home(tmp_path / "var").create()


def test_the_secret_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    home = Home(tmp_path / "var")
    key = home.secret_key({})
    assert len(key) > 60
    assert home.secret_key({}) == key
    assert stat.S_IMODE(home.secret_key_file.stat().st_mode) == 0o600
    assert Home(tmp_path / "other").secret_key({}) != key


def test_the_environments_secret_key_goes_first_and_no_file_is_made(tmp_path: Path) -> None:
    home = Home(tmp_path / "var")
    assert home.secret_key({"GUOZI_SECRET_KEY": "given"}) == "given"
    assert not home.root.exists()


def test_many_who_ask_at_once_get_the_same_new_secret_key(tmp_path: Path) -> None:
    home = Home(tmp_path / "var").create()
    with ThreadPool(8) as pool:
        keys = pool.map(lambda _: Home(home.root).secret_key({}), range(8))
    assert len(set(keys)) == 1
    assert [file.name for file in home.root.glob("secret_key*")] == ["secret_key"]


def test_a_secret_key_open_to_others_is_refused_with_the_command_that_mends_it(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.secret_key({})
    home.secret_key_file.chmod(0o640)
    with pytest.raises(HomeError, match=r"mode 640.*chmod 600"):
        home.secret_key({})


def test_an_empty_secret_key_is_refused(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.secret_key_file.touch(0o600)
    with pytest.raises(HomeError, match="is empty"):
        home.secret_key({})
