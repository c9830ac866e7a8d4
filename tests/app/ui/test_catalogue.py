"""The texts of the interface and their translations."""

from pathlib import Path

import pytest

from guozi.app.ui import catalogue

CODE = 'from django.utils.translation import gettext, ngettext, pgettext\nA = gettext("Total {n}")\nB = pgettext("door", "Open")\n'
PAGE = '{% load i18n %}{% translate "Hello" %}{% blocktranslate with x=y trimmed %}Read {{ x }}{% endblocktranslate %}'
RIGHT = {"Total {n}": "共 {n}", "Open": "开", "Hello": "你好", "Read %(x)s": "读 %(x)s", "left blank": "留空"}


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package with a shelf, a page, a core room, and its translations written."""
    for path, text in {
        "app/shelf/views.py": CODE,
        "app/shelf/templates/shelf/page.html": PAGE,
        "core/kernel/a.py": 'B = mark("left blank")\n',
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    catalogue.extract(tmp_path)
    for fragment in fragments(tmp_path).values():
        lines, text = [], ""
        for line in fragment.read_text(encoding="utf-8").splitlines():
            text = line.removeprefix('msgid "').rstrip('"') if line.startswith("msgid") else text
            lines.append(f'msgstr "{RIGHT[text]}"' if line == 'msgstr ""' and text else line)
        fragment.write_text("\n".join(lines), encoding="utf-8")
    catalogue.compile_catalogue(tmp_path)
    return tmp_path


def fragments(package: Path) -> dict[str, Path]:
    return {path.stem: path for path in (package / "locale/zh_Hans/fragments").glob("*.po")}


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_what_guozi_itself_says_on_every_page_is_translated_and_compiled() -> None:
    wrong = catalogue.check()
    assert [line for line in catalogue.of_room(wrong, "ui") if not line.startswith("django.")] == []
    assert [line for line in catalogue.of_room(wrong, "core-kernel") if not line.startswith("django.")] == []


def test_texts_are_found_in_code_templates_and_core_and_go_to_their_rooms(package: Path) -> None:
    assert set(fragments(package)) == {"shelf", "core-kernel"}
    assert {key[1] for key in catalogue.texts(package)} == set(RIGHT)


def test_a_complete_catalogue_has_nothing_wrong(package: Path) -> None:
    assert catalogue.check(package) == []


def test_compiling_twice_gives_the_same_bytes(package: Path) -> None:
    mo = package / "locale/zh_Hans/LC_MESSAGES/django.mo"
    before = mo.read_bytes()
    catalogue.compile_catalogue(package)
    assert mo.read_bytes() == before
    assert b"Date" not in before


def test_extracting_again_adds_nothing_and_keeps_translations(package: Path) -> None:
    before = fragments(package)["shelf"].read_bytes()
    assert catalogue.extract(package) == []
    assert fragments(package)["shelf"].read_bytes() == before


def test_extracting_for_one_room_leaves_the_others_alone(package: Path) -> None:
    edit(package / "core/kernel/a.py", "left blank", "left empty")
    assert catalogue.extract(package, only="shelf") == []
    assert catalogue.extract(package, only="core-kernel") == ["core-kernel: left empty"]


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('msgstr "你好"', 'msgstr ""', "not translated: 'Hello'"),
        ("共 {n}", "共 {m}", "other placeholders in the translation: 'Total {n}'"),
        ("读 %(x)s", "读", "other placeholders in the translation: 'Read %(x)s'"),
        ('msgid "Hello"', '#, fuzzy\nmsgid "Hello"', "fuzzy: 'Hello'"),
    ],
)
def test_a_translation_that_does_not_fit_is_named(package: Path, old: str, new: str, complaint: str) -> None:
    edit(fragments(package)["shelf"], old, new)
    catalogue.compile_catalogue(package)
    assert catalogue.check(package) == [f"shelf.po: {complaint}"]


def test_a_text_that_changed_is_both_missing_and_no_longer_said(package: Path) -> None:
    edit(package / "core/kernel/a.py", "left blank", "left empty")
    assert catalogue.check(package) == [
        "core-kernel.po: nothing says this any more, delete it: 'left blank'",
        "core/kernel/a.py:1: not in any fragment: 'left empty'",
    ]


def test_a_fragment_changed_without_compiling_is_noticed(package: Path) -> None:
    edit(fragments(package)["shelf"], "你好", "您好")
    assert [line.split(" ")[0] for line in catalogue.check(package)] == ["django.po", "django.mo"]


def test_a_text_in_two_fragments_is_named(package: Path) -> None:
    (package / "locale/zh_Hans/fragments/other.po").write_text('msgid "Hello"\nmsgstr "你好"\n', encoding="utf-8")
    assert "other, shelf: in more than one fragment: 'Hello'" in catalogue.check(package)


def test_chinese_in_a_string_is_found_and_in_docstrings_comments_and_bilingual_labels_is_not(package: Path) -> None:
    (package / "app/shelf/a.py").write_text(
        '"""国资"""\n# 注\nX = "\\u56fd"\nY = "国"\nZ = f(zh="国", en="x")\nW = f(zh="国", en="国")\n', encoding="utf-8"
    )
    (package / "app/shelf/templates/shelf/b.html").write_text("<p>国</p>", encoding="utf-8")
    assert [line.split(": ")[0] for line in catalogue.chinese_outside(package)] == [
        "app/shelf/a.py:4",
        "app/shelf/a.py:6",
        "app/shelf/templates/shelf/b.html:1",
    ]
