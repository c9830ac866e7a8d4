"""Whatever the bytes are, reading ends with findings and never with an exception."""

from hypothesis import example, given, settings, strategies as st

from guozi.packs import picture
from guozi.packs.nodes import parse
from guozi.packs.tables import MappingLine, read_table
from tests.packs.small import files, load_small

PIECES = st.sampled_from(
    ["a", ": ", "- ", "{", "}", "[", "]", ",", "\n", "  ", "\t", "#", "&x", "*x", "!t", '"', "'", "|", ">", "---\n", "...\n", "%", "@",
     "zh", "en", "name", "甲", "2019-01-01", "\r", "\x85", "\u2028", "?", "<<", "\ufeff", "\x00", "{zh: a, en: b}"]
)  # fmt: skip


@given(st.binary(max_size=300))
@example(b"[" * 3000)
@example(b"{a: " * 3000)
@example(b"\x00")
@example(b"\xef\xbb\xbf")
@example(b"a: \xed\xa0\x80")
@settings(max_examples=300)
def test_any_bytes_end_as_a_document(data: bytes) -> None:
    document = parse(data, "x.yaml")
    assert document.root is not None or document.findings
    for finding in document.findings:
        assert picture(finding).startswith("x.yaml:")


@given(st.lists(PIECES, max_size=60).map("".join))
@settings(max_examples=400)
def test_anything_like_yaml_ends_as_a_document_whose_places_lie_in_the_file(text: str) -> None:
    document = parse(text.encode("utf-8", "surrogatepass"), "x.yaml")
    assert document.root is not None or document.findings
    for finding in document.findings:
        picture(finding)
        assert finding.place.line is not None
        assert 1 <= finding.place.line <= len(document.lines) + 1


@given(st.binary(max_size=200) | st.text(alphabet='a,"\n1-+甲', max_size=80).map(str.encode))
@settings(max_examples=200)
def test_any_table_ends_as_rows_and_findings(data: bytes) -> None:
    document, rows = read_table(b"item,code,sign\n" + data, "x.csv", MappingLine)
    assert isinstance(rows, list)
    for finding in document.findings:
        picture(finding)


@given(st.data())
@settings(max_examples=60)
def test_a_file_damaged_anywhere_never_breaks_the_loader(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(sorted(files())))
    text = files()[path].decode()
    start = data.draw(st.integers(0, len(text)))
    end = min(len(text), start + data.draw(st.integers(0, 12)))
    damaged = text[:start] + data.draw(st.lists(PIECES, max_size=3).map("".join)) + text[end:]
    for finding in load_small({path: damaged.encode("utf-8", "surrogatepass")}).findings:
        picture(finding)
