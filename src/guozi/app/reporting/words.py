"""How reporting speaks: periods, deadlines, units of filings, reasons of unknown values; no request, no HTML."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, ngettext, pgettext

from guozi.app import wiring
from guozi.app.reporting.models import Task
from guozi.app.ui.numbers import MoneyUnit, unknown_reason
from guozi.core.kernel.citation import Citation, Label
from guozi.core.kernel.period import Period, PeriodType
from guozi.core.kernel.unknown import Unknown


def say(label: Label) -> str:
    """A text of a pack in the reader's language."""
    return label.in_language(get_language() or "zh-hans")


def period_words(period: Period | str) -> str:
    """A period as people write it."""
    one = Period.parse(period) if isinstance(period, str) else period
    if one.type is PeriodType.YEAR:
        return pgettext("period", "{year}").format(year=one.year)
    if one.type is PeriodType.QUARTER:
        return pgettext("period", "{year} Q{number}").format(year=one.year, number=one.number)
    return pgettext("period", "{year}-{number:02}").format(year=one.year, number=one.number)


def due_words(due: datetime, now: datetime | None = None) -> str:
    """The time that is left, or how late it is."""
    left = due - (now or timezone.now())
    return (
        gettext("{span} late").format(span=span_words(-left))
        if left < timedelta(0)
        else gettext("{span} left").format(span=span_words(left))
    )


def span_words(span: timedelta) -> str:
    """A length of time in its one or two greatest units."""
    days, hours = span.days, span.seconds // 3600
    if days >= 730:
        return ngettext("{count} year", "{count} years", days // 365).format(count=days // 365)
    if days >= 60:
        return ngettext("{count} month", "{count} months", days // 30).format(count=days // 30)
    if 1 <= days < 7 and hours:
        return gettext("{days} d {hours} h").format(days=days, hours=hours)
    if days >= 1:
        return ngettext("{count} day", "{count} days", days).format(count=days)
    if hours:
        return ngettext("{count} hour", "{count} hours", hours).format(count=hours)
    return gettext("less than an hour")


def moment(at: datetime) -> str:
    """A time as lists show it: without the year where it is this one."""
    local = timezone.localtime(at)
    return local.strftime("%m-%d %H:%M" if local.year == timezone.localtime().year else "%Y-%m-%d %H:%M")


def weekday(at: datetime) -> str:
    """The day of the week, short."""
    return date_format(timezone.localtime(at), "D")


def unit_of(code: str) -> MoneyUnit | None:
    """The reader's unit that is the same as a filing's, if there is one."""
    scale = wiring.library().vocabulary.units[code].scale
    return next((unit for unit in MoneyUnit if Decimal(unit.scale) == scale), None)


def type_words(report_type: str) -> str:
    """A report type by its name."""
    return say(wiring.library().vocabulary.sets["report_type"].words[report_type].name)


def form_words(code: str) -> str:
    """A form by its name."""
    form = wiring.library().forms.get(code)
    return say(form.name) if form else code


def cite_words(cite: Citation) -> str:
    """Which text, and where in it."""
    source = wiring.library().sources.get(cite.source)
    title = say(source.title) if source else cite.source
    number = f" {source.number}" if source and source.number else ""
    return f"{title}{number} {cite.article}".strip()


def reason_words(reason: Unknown) -> str:
    """Why a value is unknown, with the names of forms and items in place of their codes."""
    library = wiring.library()
    first, _, rest = reason.what.partition(" ")
    if first in library.forms:
        what = f"{say(library.forms[first].name)} {rest}".strip()
    else:
        item = next((item for form in library.forms.values() if (item := form.item(first))), None)
        what = say(item.name) if item else reason.what
    return unknown_reason(Unknown(reason.why, what))


def task_words(task: Task | None) -> str:
    """A task's name in the reader's language; nothing where nobody asked."""
    return say(Label(task.name_zh, task.name_en)) if task else ""
