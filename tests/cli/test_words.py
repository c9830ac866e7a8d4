"""Every command explains itself in both languages, click's own words included."""

from pathlib import Path

import click
import pytest
from babel.messages.extract import extract_python
from django.utils.translation import gettext, override

from guozi.cli import main, words
from tests.cli.conftest import Instance

HAN = ("一", "\u9fff")


def _commands(group: click.Group, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], click.Command]]:
    found: list[tuple[tuple[str, ...], click.Command]] = [(path, group)]
    for name, command in group.commands.items():
        found += _commands(command, (*path, name)) if isinstance(command, click.Group) else [((*path, name), command)]
    return found


def _chinese(text: str) -> bool:
    return any(HAN[0] <= letter <= HAN[1] for letter in text)


def test_every_command_and_option_has_help_in_both_languages() -> None:
    """In this process, by the catalogue: a process for each would take minutes."""
    with override("zh-hans"):
        for path, command in _commands(main):
            options = [one for one in command.params if isinstance(one, click.Option)]
            for text in [command.help or "", *(one.help or "" for one in options)]:
                if text.startswith("2026 "):  # an example of a period
                    continue
                assert text, f"{path}: no help"
                assert not _chinese(text), f"{path}: not English: {text}"
                assert _chinese(gettext(text)), f"{path}: not translated: {text}"


@pytest.mark.parametrize(("language", "words"), [("en", "Usage: guozi filing"), ("zh", "用法：")])
def test_help_is_in_the_readers_language(nowhere: Instance, language: str, words: str) -> None:
    done = nowhere("filing", "--help", language=language)
    assert done.code == 0
    assert words in done.out
    assert _chinese(done.out) == (language == "zh")


def test_a_wrong_use_is_told_in_chinese_with_what_was_meant(nowhere: Instance) -> None:
    done = nowhere("filing", "loat", language="zh")
    assert (done.code, done.out) == (2, "")
    assert "错误：没有命令 'loat'" in done.err
    assert "您是否想用：'load'" in done.err


def _said(file: Path) -> set[str]:
    words = {"_": None, "ngettext": (1, 2), "ngettext_lazy": (1, 2)}
    with file.open("rb") as source:
        return {
            message if isinstance(message, str) else message[0]
            for _line, _function, message, _comments in extract_python(source, words, [], {})
        }


def test_our_catalogue_carries_every_word_of_click() -> None:
    """A new release of click with new words fails here, and says which."""
    folder = Path(click.__file__).parent
    clicks = {text for file in folder.glob("*.py") for text in _said(file)}
    assert _said(Path(words.__file__)) ^ clicks == set()
