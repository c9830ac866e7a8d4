"""Errors as pages and as problem documents."""

import json

import pytest
from django.http import Http404, HttpRequest, HttpResponse
from django.test import RequestFactory, override_settings

from guozi.app.ui import views
from guozi.app.ui.middleware import Frame, language_of
from guozi.app.ui.problems import REFERENCE, pointer_of, problem_from, status_of
from guozi.core.kernel.errors import (
    ConflictError,
    DeniedError,
    GuoziError,
    NotFoundError,
    RefusedError,
    UnavailableError,
    UsageError,
)
from guozi.core.kernel.findings import Finding, Place

get = RequestFactory().get


def framed(error: Exception, path: str = "/x", language: str = "zh-hans") -> HttpResponse:
    """What a person gets when a view raises."""
    request = get(path)
    request.COOKIES["django_language"] = language

    def view(request: HttpRequest) -> HttpResponse:
        answer = frame.process_exception(request, error)
        assert isinstance(answer, HttpResponse)
        return answer

    frame = Frame(view)
    answer = frame(request)
    assert isinstance(answer, HttpResponse)
    return answer


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (UsageError, 400),
        (NotFoundError, 404),
        (ConflictError, 409),
        (DeniedError, 403),
        (RefusedError, 422),
        (UnavailableError, 503),
        (GuoziError, 500),
    ],
)
def test_each_error_has_its_status_as_page_and_as_document(kind: type[GuoziError], status: int) -> None:
    assert status_of(kind("x")) == status
    assert framed(kind("x")).status_code == status
    assert framed(kind("x"), "/api/v1/x").status_code == status


def test_a_page_of_an_error_says_what_happened_what_to_do_and_a_number_to_quote() -> None:
    text = framed(RefusedError("not filed: {what}", what="鞍钢")).content.decode()
    for words in ("没有填报：鞍钢", "未作任何改动", "请返回", "编号 E-"):
        assert words in text
    assert "It was" not in text


def test_a_page_of_an_error_speaks_the_language_that_was_chosen() -> None:
    assert "This cannot pass as it is." in framed(RefusedError("x"), language="en").content.decode()


def test_what_a_person_typed_is_escaped_on_the_page() -> None:
    assert "<script>" not in framed(RefusedError("not filed: {what}", what="<script>")).content.decode()


def test_a_problem_document_points_at_each_cell() -> None:
    finding = Finding(
        "cell.blank", "left blank: {what}", {"what": "x"}, Place(item="total_assets", item_column="closing")
    )
    request = get("/api/v1/x")
    request.META[REFERENCE] = "E-AAAAAAA"
    answer = problem_from(request, RefusedError("not filed: {what}", findings=[finding], what="y"))
    body = json.loads(answer.content)
    assert answer["Content-Type"] == "application/problem+json"
    assert (body["status"], body["code"], body["instance"]) == (422, "refused", "urn:guozi:reference:E-AAAAAAA")
    assert body["errors"][0]["pointer"] == "#/cells/total_assets/closing"


def test_a_pointer_escapes_what_json_pointers_escape() -> None:
    assert pointer_of(Finding("a", "b", place=Place(item="a/b~c"))) == "#/cells/a~1b~0c"
    assert pointer_of(Finding("a", "b")) == ""


def test_a_fault_is_shown_without_session_or_person() -> None:
    request = get("/x")
    request.META[REFERENCE] = "E-BBBBBBB"
    answer = views.server_error(request)
    assert answer.status_code == 500
    assert "E-BBBBBBB" in answer.content.decode()


def test_a_fault_of_ours_is_not_swallowed_by_the_frame() -> None:
    assert Frame(lambda request: HttpResponse()).process_exception(get("/"), ValueError("bug")) is None


def test_the_language_is_the_switch_then_the_person_then_chinese() -> None:
    request = get("/", headers={"accept-language": "en"})
    assert language_of(request) == "zh-hans"
    request.user = type("Person", (), {"language": "en"})()
    assert language_of(request) == "en"
    request.COOKIES["django_language"] = "zh-hans"
    assert language_of(request) == "zh-hans"
    request.COOKIES["django_language"] = "xx"
    assert language_of(request) == "en"


@pytest.mark.parametrize(("debug", "staff", "seen"), [(False, False, False), (False, True, True), (True, False, True)])
def test_the_page_of_components_is_there_for_staff_and_while_developing_only(
    debug: bool, staff: bool, seen: bool
) -> None:
    request = get("/components")
    request.user = type("Person", (), {"is_staff": staff, "is_authenticated": False})()
    with override_settings(DEBUG=debug):
        if seen:
            assert views.components(request).status_code == 200
        else:
            with pytest.raises(Http404):
                views.components(request)
