"""The components as markup."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from guozi.app.ui.numbers import MoneyUnit
from guozi.app.ui.paging import Order, ordered, paged
from guozi.app.ui.samples import samples
from guozi.core.kernel.unknown import Unknown, Why


def shown(source: str, language: str = "zh-hans", **context: Any) -> str:
    with translation.override(language):
        return Template("{% load gz %}" + source).render(Context({"gz_unit": MoneyUnit.YI, **context}))


def test_an_amount_carries_its_yuan_so_that_the_unit_can_be_switched() -> None:
    text = shown("{% money v with_unit=True %}", v=Decimal("231847000000"))
    assert (
        text
        == '<data class="gz-n gz-money " value="231847000000" data-d="2">2,318.47</data><span class="gz-u gz-unit">亿元</span>'
    )


def test_an_amount_in_a_fixed_unit_is_left_alone_by_the_switch() -> None:
    text = shown('{% money v unit="wan" with_unit=True %}', v=Decimal(10000))
    assert "gz-money" not in text
    assert "gz-unit" not in text
    assert ">1.00<" in text


def test_a_tile_drops_decimals_in_yuan_only() -> None:
    assert ">1,234<" in shown("{% money v tile=True %}", v=Decimal("1234.4"), gz_unit=MoneyUnit.YUAN)
    assert ">0.12<" in shown("{% money v tile=True %}", v=Decimal("1234.4"), gz_unit=MoneyUnit.WAN)


@pytest.mark.parametrize("tag", ["money v", "ratio v", "number v"])
def test_an_unknown_value_is_a_dash_with_its_reason_for_the_ear(tag: str) -> None:
    text = shown("{% " + tag + " %}", v=Unknown(Why.NOT_FILED, "cash_flow 2025"))
    assert "\u2014" in text
    assert '<span class="gz-vh">没有填报：cash_flow 2025</span>' in text
    assert "0.00" not in text


def test_zero_is_written_as_zero() -> None:
    assert ">0.00<" in shown("{% money v %}", v=Decimal(0))


def test_a_change_says_its_direction_and_that_it_is_unfavourable_without_colour() -> None:
    text = shown('{% delta a b "lower_is_better" "pp" %}', a=Decimal("0.6184"), b=Decimal("0.6152"))
    assert "is-unfav" in text
    assert "上升（不利）" in text
    assert "个百分点" in text
    assert "%" not in text


def test_a_change_against_an_unknown_says_nothing() -> None:
    assert shown("{% delta a b %}", a=Decimal(1), b=Unknown(Why.NOT_FILED)) == ""


def test_a_door_around_a_number_names_what_it_opens() -> None:
    text = shown('{% why "/why/1" name="营业收入" %}{% money v %}{% endwhy %}', v=Decimal(1))
    assert text.startswith('<a class="gz-why " href="/why/1"><span class="gz-vh">营业收入 </span><data')
    assert text.endswith('<span class="gz-vh"> 溯源</span></a>')


def test_a_number_without_an_address_is_no_link() -> None:
    assert "<a" not in shown('{% why "" %}{% money v %}{% endwhy %}', v=Decimal(1))


def test_text_given_to_a_component_is_escaped() -> None:
    evil = '"><script>'
    for source in (
        "{% state 'ok' text=v %}",
        "{% icon 'home' title=v %}",
        "{% why v name=v %}x{% endwhy %}",
        "{% number 1 unit=v %}",
    ):
        assert "<script>" not in shown(source, v=evil)


def test_a_sparkline_is_broken_where_a_value_is_unknown() -> None:
    text = shown("{% sparkline v %}", v=[Decimal(1), Decimal(2), None, Decimal(3), Decimal(4)])
    assert text.count('class="now"') == 2
    assert shown("{% sparkline v %}", v=[None, Unknown(Why.NOT_FILED)]) == ""


def test_a_level_run_of_equal_values_is_drawn_in_the_middle() -> None:
    assert 'points="2.0,14.0 116.0,14.0"' in shown("{% sparkline v %}", v=[Decimal(5), Decimal(5)])


def test_a_bar_never_leaves_its_box_and_marks_a_negative_value() -> None:
    assert 'width="100.0"' in shown("{% bar a b %}", a=Decimal(30), b=Decimal(10))
    assert 'class="v neg"' in shown("{% bar a b %}", a=Decimal(-3), b=Decimal(10))
    assert shown("{% bar a b %}", a=Decimal(3), b=Decimal(0)) == ""


@pytest.mark.parametrize(("language", "word", "letter"), [("zh-hans", "红色", "红"), ("en", "Red", "R")])
def test_a_level_is_shape_and_word_in_either_language(language: str, word: str, letter: str) -> None:
    assert f"{word}</span>" in shown("{% level 1 %}", language)
    assert f">{letter}<" in shown("{% level 1 short=True %}", language)
    assert "levels.svg#l1" in shown("{% level 1 %}", language)


def test_sorting_keeps_the_query_and_forgets_the_page() -> None:
    from_page = RequestFactory().get("/", {"q": "steel", "page": "3", "sort": "name"})
    text = shown('{% sort_head "name" "N" order %}', request=from_page, order=Order("name", False))
    assert 'href="?q=steel&amp;sort=-name"' in text
    assert 'aria-sort="ascending"' in text


def test_no_component_writes_a_style_or_a_handler() -> None:
    request = RequestFactory().get("/ui/components")
    context = {**samples(), "page": paged(request, range(260)), "sort": ordered(request, {"name": "name"}, "name")[0]}
    with translation.override("en"):
        text = render_to_string("ui/components.html", context, request=request)
    assert "gz-frac" in text
    assert not re.findall(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:", text)
