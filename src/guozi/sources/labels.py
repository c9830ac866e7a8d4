"""Compares names as people print them: width, spaces, numbering, 其中/加/减, marks and remarks in brackets aside."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from guozi.core.reporting.form import Covers

_LEADING = re.compile(
    r"(?:[△▲☆★*#]|其中[:]?|加[:]|减[:]|[一二三四五六七八九十]{1,3}[、.]|\([一二三四五六七八九十]{1,3}\)|\([0-9]{1,2}\)|[0-9]{1,2}[、.](?![0-9])|of which[:]?|add[:]|less[:])+"
)
_REMARK = re.compile(r"\([^()]*填列\)")
_BRACKETS = re.compile(r"\([^()]*\)")
_ENDING = re.compile(r"[:：。.;]+$")


@lru_cache(maxsize=16384)
def key(text: str) -> str:
    """What a printed name is compared by. Two names with one key are the same name; an empty key is no name."""
    if len(text) > 200:
        return ""
    bare = "".join(unicodedata.normalize("NFKC", text).lower().split())
    bare = _LEADING.sub("", bare, count=1) if _LEADING.match(bare) else bare
    return _ENDING.sub("", _REMARK.sub("", bare))


@lru_cache(maxsize=16384)
def loose(text: str) -> str:
    """The key without anything in brackets: 所有者权益（或股东权益）合计 → 所有者权益合计. Used only where the key itself finds nothing."""
    return _BRACKETS.sub("", key(text))


COVER: Mapping[str, str] = {
    key(label): field
    for field, labels in {
        "form": ("表样代码", "Form code"),
        "number": ("表号", "报表编号", "Form number"),
        "layout": ("表样版本", "Layout of"),
        "entity": ("统一社会信用代码", "信用代码", "社会信用代码", "USCC"),
        "entity_name": ("编制单位", "填报单位", "企业名称", "单位名称", "公司名称", "Enterprise"),
        "period": ("报告期", "报告期间", "所属期间", "会计期间", "会计期", "期间", "Period"),
        "report_type": ("报表类型", "报表类型码", "Report type"),
        "unit": ("金额单位", "单位", "货币单位", "Unit"),
        "currency": ("币种", "Currency"),
    }.items()
    for label in labels
}
"""What stands before a value in the head of a form → the field of the cover."""

NAME_HEADS = re.compile(r"项目|报表项目|指标|科目|会计科目|资产|负债.*权益.*|负债|item|items|name")
"""Heads over a column of item names; a sheet printed in two halves has two of them."""

CODE_HEADS = frozenset(key(text) for text in ("代码", "编码", "项目代码", "指标代码", "Code"))
LINE_HEADS = frozenset(key(text) for text in ("行次", "行", "序号", "Line", "No."))

COLUMN_HEADS: Mapping[Covers, frozenset[str]] = {
    Covers.CLOSING: frozenset({"期末余额", "期末数", "期末", "期末金额", "年末余额", "年末数", "年末金额", "本期期末"}),
    Covers.OPENING: frozenset({"年初余额", "年初数", "年初", "年初金额", "期初余额", "期初数", "上年年末余额", "上年年末", "上期期末"}),
    Covers.MONTH: frozenset({"本月数", "本月金额", "本月", "本月发生额"}),
    Covers.YTD: frozenset({"本期金额", "本期数", "本期", "本年金额", "本年数", "本年累计", "本年累计数", "本年累计金额", "本期发生额"}),
    Covers.PRIOR_YTD: frozenset({"上期金额", "上期数", "上期", "上年金额", "上年数", "上年同期", "上年同期数", "上年同期累计", "上年累计", "上期发生额"}),
}  # fmt: skip
"""Names by which the columns go in practice, beside a form's own."""

AMOUNT_HEADS = frozenset({"amount", "金额"})
ITEM_WORD = "item"
AMOUNT_WORD = "amount"
