"""A value is as certain as the weakest thing that it used, and says why."""

from datetime import date

from guozi.core.formula.engine import Explanation
from guozi.core.kernel.asof import AsOf, Status
from guozi.packs.certainty import used_parameters
from guozi.packs.rulebook import Rulebook
from tests.packs.small import load_small


def book(year: int = 2020) -> Rulebook:
    return load_small().rulebook(AsOf(date(year, 12, 31), date(2026, 1, 1)))


def test_an_enacted_row_is_certain() -> None:
    assert book().certainty("debt_ratio").status is Status.ENACTED
    assert book().certainty("debt_ratio").reasons == ()


def test_a_row_whose_text_was_not_seen_is_not() -> None:
    (reason,) = book(2010).certainty("debt_ratio").reasons
    assert (reason.status, reason.cite.source, reason.why) == (Status.UNVERIFIED, "law-0", None)


def test_the_reasons_of_weaker_parts_are_the_packs_own_words() -> None:
    reasons = book().certainty("return_on_equity").reasons
    assert [reason.why.en if reason.why else "" for reason in reasons] == ["", "The mean was not seen"]


def test_only_the_values_that_were_used_count() -> None:
    certain = book().certainty("debt_line", [("lines.warning_line", "industrial")])
    assert certain.status is Status.ENACTED
    weaker = book().certainty("debt_line", [("lines.warning_line", "research")])
    assert [reason.why.en if reason.why else "" for reason in weaker.reasons] == ["Text not seen"]
    assert book().certainty("debt_line").status is Status.UNVERIFIED


def test_an_item_and_a_check_are_as_certain_as_their_layout() -> None:
    assert book().certainty("cash").status is Status.ENACTED
    assert book(2010).certainty("cash").status is Status.UNVERIFIED
    assert book().certainty("B1").status is Status.ENACTED
    assert book().certainty("B3.closing").status is Status.UNVERIFIED


def test_what_is_not_in_force_is_a_draft_at_most() -> None:
    assert book().certainty("nothing").status is Status.DRAFT


def test_an_explanation_says_which_values_it_took() -> None:
    key = Explanation("attribute", "enterprise.debt_class", "research", "enterprise.debt_class")
    parameter = Explanation("parameter", "lines.warning_line", True, "param(…)", (key,))
    top = Explanation("call", "greater", True, "…", (Explanation("parameter", "floor.assets", True, "…"), parameter))
    assert used_parameters(top) == {("lines.warning_line", "research"), ("floor.assets", "")}
