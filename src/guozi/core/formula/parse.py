"""Text of a formula → tokens → syntax tree, with the place of every part; the only module that talks to sqlglot.

Every name and literal is handed to sqlglot as a placeholder (`q0`, `q1` …), so that no item code or label can be taken for a word of SQL
and every leaf keeps its place. What sqlglot gives back may hold only the node types listed here.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from guozi.core.kernel.findings import Finding, Place, mark

Span = tuple[int, int]

LONGEST_TEXT = 20_000
MOST_TOKENS = 2_000
MOST_PROBLEMS = 20
DEEPEST = 60
"""Levels of a text's tree; a difference of many terms has one for each."""
DEEPEST_BRACKETS = 20
"""Brackets, `case` and signs inside each other: sqlglot takes some 23 frames of Python's stack for each."""
LONGEST_NUMBER = 40

WORDS = frozenset({"and", "or", "not", "case", "when", "then", "else", "end", "in", "between"})
TRUTHS = {"true": True, "false": False}
MONEY_UNITS = {"\u5143": 1, "\u4e07\u5143": 10_000, "\u4ebf\u5143": 100_000_000}
"""元, 万元, 亿元 behind a number make it an amount."""

_FOLD = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    0x3000: 0x20,
    0x2212: ord("-"),
    0x00F7: ord("/"),
    0x00D7: ord("*"),
    0x2018: ord("'"),
    0x2019: ord("'"),
}
_WORD = re.compile(r"\w+(?:\.\w+)*")
_NUMBER = re.compile(rf"([0-9]+(?:\.[0-9]+)?)(?:\s*(%|{'|'.join(MONEY_UNITS)}))?(?![\w.])")
_OPERATOR = re.compile(r"<=|>=|<>|!=|[-+*/=<>(),≤≥≠]")
_SAME_OPERATOR = {"!=": "<>", "≠": "<>", "≤": "<=", "≥": ">="}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a part of a formula: a Finding before it knows its file."""

    code: str
    message: str
    span: Span
    args: Mapping[str, object] = field(default_factory=dict)
    hint: str = ""

    @property
    def key(self) -> tuple[Span, str, str, str]:
        """Equal for problems that say the same; in the order of the text."""
        return self.span, self.code, self.message, repr(sorted(self.args.items()))

    def finding(self, text: str, place: Place | None, source_line: str) -> Finding:
        """At its place: line and columns of the file where `place` says where the text begins, else of the text itself."""
        start, end = self.span
        line_start = text.rfind("\n", 0, start) + 1
        line_end = text.find("\n", start)
        line_end = len(text) if line_end < 0 else line_end
        lines = text.count("\n", 0, start)
        base = place or Place()
        column = start - line_start + (1 if lines else base.column or 1)
        width = max(1, min(end, max(line_end, start + 1)) - start)
        spot = replace(base, line=(base.line or 1) + lines, column=column, end_column=column + width)
        shown = source_line if place is not None else text[line_start:line_end]
        return Finding(self.code, self.message, self.args, spot, self.hint, source_line=shown)


@dataclass(frozen=True, slots=True)
class Token:
    """`kind`: name | number | percent | money | text | truth | word | operator.

    `text` is what counts: the code behind a label, `digits|unit` of a number.
    """

    kind: str
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Leaf:
    """A name or a literal."""

    token: Token

    @property
    def span(self) -> Span:
        """Where it stands."""
        return self.token.span


@dataclass(frozen=True, slots=True)
class Branch:
    """An operator (`add`, `equal`, `case`, `in`, `between` …) or a written function (`name` is its token, `function` its name)."""

    function: str
    args: tuple[Syntax, ...]
    span: Span
    name: Token | None = None
    depth: int = 0


Syntax = Leaf | Branch


class LabelIndex:
    """Labels of items (所有者权益（或股东权益）合计) by their first character, longest first.

    Full-width signs count as their half-width twins.
    """

    def __init__(self, labels: Mapping[str, str]) -> None:
        self._by_first: dict[str, list[tuple[str, str]]] = {}
        for label, code in labels.items():
            folded = fold(label)
            if folded:
                self._by_first.setdefault(folded[0], []).append((folded, code))
        for entries in self._by_first.values():
            entries.sort(key=lambda entry: -len(entry[0]))

    def at(self, text: str, position: int) -> tuple[str, int] | None:
        """The code and the end of the longest label that begins at that place of a folded text and ends where a word may end."""
        for label, code in self._by_first.get(text[position : position + 1], ()):
            end = position + len(label)
            if text.startswith(label, position) and not (end < len(text) and _is_word(text[end])):
                return code, end
        return None


def fold(text: str) -> str:
    """Full-width signs, ÷, × and the typographic minus as ASCII, character by character, so that places stay."""
    return text.translate(_FOLD)


def number(token: Token) -> Fraction:
    """The exact value of a number, percent or money token (money in yuan)."""
    digits, unit = token.text.split("|")
    value = Fraction(Decimal(digits))
    return value / 100 if unit == "%" else value * MONEY_UNITS.get(unit, 1)


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def tokenise(text: str, labels: LabelIndex) -> tuple[list[Token], list[Problem]]:
    """Cuts a text into tokens; labels become the codes that they stand for."""
    if len(text) > LONGEST_TEXT:
        return [], [
            Problem(
                "formula.too-long", mark("a formula of {length} characters is too long"), (0, 1), {"length": len(text)}
            )
        ]
    folded = fold(text)
    tokens: list[Token] = []
    problems: list[Problem] = []
    position = 0
    while position < len(folded) and len(problems) < MOST_PROBLEMS:
        character = folded[position]
        if character.isspace():
            position += 1
            continue
        start = position
        label = labels.at(folded, position)
        if label is not None:
            code, position = label
            tokens.append(Token("name", code, (start, position)))
        elif character == "'":
            position = _text(text, folded, start, tokens, problems)
        elif match := _NUMBER.match(folded, position):
            position = match.end()
            _number(match, tokens, problems)
        elif match := _WORD.match(folded, position):
            position = match.end()
            tokens.append(_word(match[0], match.span()))
        elif folded.startswith(("--", "/*"), position):
            end = folded.find("\n", start)
            position = len(folded) if end < 0 else end
            problems.append(Problem("formula.comment", mark("a comment has no place in a formula"), (start, position)))
        elif match := _OPERATOR.match(folded, position):
            position = match.end()
            tokens.append(Token("operator", _SAME_OPERATOR.get(match[0], match[0]), match.span()))
        elif character == '"':
            hint = mark("write texts in single quotes, and names without quotes")
            problems.append(
                Problem("formula.quotes", mark("double quotes mean nothing here"), (start, start + 1), hint=hint)
            )
            position += 1
        else:
            message = mark("'{character}' means nothing in a formula")
            problems.append(Problem("formula.character", message, (start, start + 1), {"character": text[start]}))
            position += 1
        if len(tokens) > MOST_TOKENS:
            return [], [
                Problem(
                    "formula.too-long",
                    mark("a formula of more than {most} parts is too long"),
                    (0, 1),
                    {"most": MOST_TOKENS},
                )
            ]
    return tokens, problems


def _text(text: str, folded: str, start: int, tokens: list[Token], problems: list[Problem]) -> int:
    position = start + 1
    while (end := folded.find("'", position)) >= 0 and folded.startswith("''", end):
        position = end + 2
    if end < 0:
        problems.append(Problem("formula.unclosed-text", mark("this text has no closing quote"), (start, start + 1)))
        return len(folded)
    tokens.append(Token("text", text[start + 1 : end].replace("''", "'"), (start, end + 1)))
    return end + 1


def _number(match: re.Match[str], tokens: list[Token], problems: list[Problem]) -> None:
    digits, unit = match[1], match[2] or ""
    if len(digits) > LONGEST_NUMBER:
        problems.append(Problem("formula.long-number", mark("this number is too long"), match.span()))
    elif len(digits) > 1 and digits[0] == "0" and digits[1] != ".":
        plain = digits.lstrip("0")
        plain = plain if plain[:1].isdigit() else f"0{plain}"
        args = {"digits": digits, "plain": plain}
        problems.append(
            Problem(
                "formula.number",
                mark("'{digits}' is not written as a number"),
                match.span(),
                args,
                mark("write {plain}"),
            )
        )
    else:
        kind = "percent" if unit == "%" else "money" if unit else "number"
        tokens.append(Token(kind, f"{digits}|{unit}", match.span()))


def _word(text: str, span: Span) -> Token:
    lowered = text.lower()
    if lowered in WORDS:
        return Token("word", lowered, span)
    if lowered in TRUTHS:
        return Token("truth", lowered, span)
    return Token("name", text, span)


def parse(text: str, labels: LabelIndex) -> tuple[Syntax | None, tuple[Problem, ...]]:
    """The syntax tree, or None and what stops it."""
    tokens, problems = tokenise(text, labels)
    if not tokens and not problems:
        return None, (Problem("formula.empty", mark("a formula is empty"), (0, max(1, len(text)))),)
    if problems:
        return None, tuple(problems)
    partners, problem = _brackets(tokens)
    problem = problem or _order(tokens, len(text))
    if problem is not None:
        return None, (problem,)
    return _Reader(tokens, partners).read()


def _unreadable(span: Span) -> Problem:
    return Problem("formula.syntax", mark("the formula cannot be read here"), span)


def _too_deep(span: Span, most: int) -> Problem:
    return Problem("formula.too-deep", mark("nested deeper than {most} levels"), span, {"most": most})


def _brackets(tokens: Sequence[Token]) -> tuple[dict[int, int], Problem | None]:
    """Which bracket (and `case`) closes which, and the first that is wrong: unclosed, unopened, or nested too deeply."""
    partners: dict[int, int] = {}
    opened: list[tuple[int, int]] = []  # index of the token, depth of what stands before it
    depth = 0
    for index, token in enumerate(tokens):
        if token.kind not in ("word", "operator"):
            depth = opened[-1][1] if opened else 0
        elif token.text in ("(", "case"):
            depth += 1
            opened.append((index, depth))
        elif token.text in (")", "end"):
            closes = "(" if token.text == ")" else "case"
            if not opened or tokens[opened[-1][0]].text != closes:
                return {}, Problem(
                    "formula.bracket", mark("'{bracket}' closes nothing"), token.span, {"bracket": token.text}
                )
            start, _ = opened.pop()
            partners[start], partners[index] = index, start
            depth = opened[-1][1] if opened else 0
        elif token.text in ("not", "-"):
            depth += 1
        if depth > DEEPEST_BRACKETS:
            return {}, _too_deep(token.span, DEEPEST_BRACKETS)
    if opened:
        token = tokens[opened[-1][0]]
        return {}, Problem("formula.bracket", mark("'{bracket}' is never closed"), token.span, {"bracket": token.text})
    return partners, None


def _order(tokens: Sequence[Token], length: int) -> Problem | None:
    """The first token that cannot stand where it stands: operands and operators take turns."""
    operand_wanted = True
    for index, token in enumerate(tokens):
        before = tokens[index - 1].text if index else ""
        if token.kind not in ("word", "operator"):
            fits, after = operand_wanted, False
        elif token.text in ("not", "-") and operand_wanted:
            fits, after = True, True
        elif token.text == "case":
            fits, after = operand_wanted, True
        elif token.text == "(":
            is_call = index > 0 and tokens[index - 1].kind == "name"
            fits, after = operand_wanted or is_call, True
        elif token.text == "when":
            fits, after = not operand_wanted or before == "case", True
        elif token.text in (")", "end"):
            fits, after = not operand_wanted or (token.text == ")" and before == "("), False
        elif token.text == "not":  # x not in (…), x not between …
            following = tokens[index + 1].text if index + 1 < len(tokens) else ""
            fits, after = following in ("in", "between"), False
        else:
            fits, after = not operand_wanted, True
        if not fits:
            return _unreadable(token.span)
        operand_wanted = after
    end = tokens[-1].span[1]
    return (
        Problem("formula.incomplete", mark("something is missing at the end"), (end, end + 1))
        if operand_wanted
        else None
    )


_BINARY: dict[type[exp.Expr], str] = {
    exp.Add: "add",
    exp.Sub: "subtract",
    exp.Mul: "multiply",
    exp.Div: "divide",
    exp.EQ: "equal",
    exp.NEQ: "not_equal",
    exp.LT: "less",
    exp.LTE: "less_or_equal",
    exp.GT: "greater",
    exp.GTE: "greater_or_equal",
    exp.And: "and",
    exp.Or: "or",
}
_MANY = frozenset({"add", "and", "or"})


class _Refused(Exception):
    """Left the allow-list: carries the problem; never leaves this module."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


class _Reader:
    """Hands placeholders to sqlglot and turns its tree into ours, with spans found from the leaves outwards."""

    def __init__(self, tokens: Sequence[Token], partners: Mapping[int, int]) -> None:
        self._tokens = tokens
        self._partners = partners
        self._starts: list[int] = []

    def read(self) -> tuple[Syntax | None, tuple[Problem, ...]]:
        parts: list[str] = []
        offset = 0
        for index, token in enumerate(self._tokens):
            part = token.text if token.kind in ("word", "operator") else f"q{index}"
            self._starts.append(offset)
            parts.append(part)
            offset += len(part) + 1
        whole = (self._tokens[0].span[0], self._tokens[-1].span[1])
        try:
            trees = sqlglot.parse(" ".join(parts))
            if len(trees) != 1 or trees[0] is None:
                return None, (_unreadable(whole),)
            return self._read(trees[0])[0], ()
        except SqlglotError as error:
            return None, (_unreadable(self._place(error)),)
        except _Refused as refused:
            return None, (refused.problem,)

    def _place(self, error: SqlglotError) -> Span:
        details = getattr(error, "errors", None)
        column = details[0].get("col") if details else None
        if not isinstance(column, int):
            return self._tokens[0].span
        index = bisect.bisect_right(self._starts, max(0, column - 1)) - 1
        return self._tokens[index].span

    def _read(self, tree: exp.Expr) -> tuple[Syntax, int, int]:
        """The part of the tree and the first and last of its tokens."""
        spine: list[exp.Expr] = []
        while type(tree) in _BINARY:  # a long sum leans to the left: a loop, so that its length is not our depth
            spine.append(tree)
            tree = tree.this
        result = self._single(tree)
        for node in reversed(spine):
            function = _BINARY[type(node)]
            left, first, _ = result
            right, _, last = self._read(node.expression)
            first, last = self._widen(first, last)
            merges = (
                function in _MANY
                and isinstance(left, Branch)
                and left.function == function
                and type(node.this) in _BINARY
            )
            args = (*left.args, right) if merges and isinstance(left, Branch) else (left, right)
            result = self._branch(function, args, first, last)
        return result

    def _single(self, tree: exp.Expr) -> tuple[Syntax, int, int]:
        if isinstance(tree, exp.Column):
            index = self._index(tree.name)
            return Leaf(self._tokens[index]), index, index
        if isinstance(tree, exp.Paren):
            inner, first, last = self._read(tree.this)
            return inner, *self._around(first, last)
        if isinstance(tree, exp.Neg | exp.Not):
            inner, first, last = self._read(tree.this)
            prefix = "-" if isinstance(tree, exp.Neg) else "not"
            if (
                first > 0
                and self._tokens[first - 1].text == prefix
                and self._tokens[first - 1].kind in ("word", "operator")
            ):
                first -= 1
            return self._branch("negate" if prefix == "-" else "not", (inner,), first, last)
        if isinstance(tree, exp.In) and tree.args.get("field") is None and tree.args.get("query") is None:
            return self._list("in", [tree.this, *tree.expressions])
        if isinstance(tree, exp.Between):
            return self._list("between", [tree.this, tree.args["low"], tree.args["high"]])
        if isinstance(tree, exp.Case):
            return self._case(tree)
        if isinstance(tree, exp.Anonymous) and isinstance(tree.this, str):
            return self._call(tree)
        raise _Refused(_unreadable(self._hull(tree)))

    def _call(self, tree: exp.Anonymous) -> tuple[Syntax, int, int]:
        index = self._index(str(tree.this))
        args = tuple(self._read(argument)[0] for argument in tree.expressions)
        token = self._tokens[index]
        if token.kind != "name":
            raise _Refused(_unreadable(token.span))
        return self._branch(token.text, args, index, self._partners[index + 1], token)

    def _list(self, function: str, trees: Sequence[exp.Expr]) -> tuple[Syntax, int, int]:
        read = [self._read(tree) for tree in trees]
        first, last = self._widen(read[0][1], read[-1][2])
        return self._branch(function, tuple(part for part, _, _ in read), first, last)

    def _case(self, tree: exp.Case) -> tuple[Syntax, int, int]:
        subject = None if tree.this is None else self._read(tree.this)
        parts: list[Syntax] = []
        first = len(self._tokens) if subject is None else subject[1]
        for branch in tree.args["ifs"]:
            condition, begin, _ = self._read(branch.this)
            first = min(first, begin)
            if subject is not None:
                condition = Branch(
                    "equal", (subject[0], condition), condition.span, depth=_depth((subject[0], condition))
                )
            parts += [condition, self._read(branch.args["true"])[0]]
        default = tree.args.get("default")
        while self._tokens[first].text != "case" or self._tokens[first].kind != "word":
            first -= 1
        last = self._partners[first]
        if default is None:
            span = self._tokens[last].span
            raise _Refused(
                Problem(
                    "formula.no-else",
                    mark("this case says nothing for the rest"),
                    span,
                    hint=mark("write else … before end"),
                )
            )
        parts.append(self._read(default)[0])
        return self._branch("case", tuple(parts), first, last)

    def _branch(
        self, function: str, args: tuple[Syntax, ...], first: int, last: int, name: Token | None = None
    ) -> tuple[Syntax, int, int]:
        span = (self._tokens[first].span[0], self._tokens[last].span[1])
        depth = _depth(args)
        if depth > DEEPEST:
            raise _Refused(_too_deep(span, DEEPEST))
        return Branch(function, args, span, name, depth), first, last

    def _index(self, placeholder: str) -> int:
        return int(placeholder[1:])

    def _around(self, first: int, last: int) -> tuple[int, int]:
        """With the pair of brackets that stands directly around."""
        first, last = self._widen(first, last)
        return (first - 1, last + 1) if first and self._partners.get(first - 1) == last + 1 else (first, last)

    def _widen(self, first: int, last: int) -> tuple[int, int]:
        """So far out that no bracket in it is without its partner."""
        index = first
        while index <= last:
            partner = self._partners.get(index, index)
            if partner < first:
                first = index = partner
            last = max(last, partner)
            index += 1
        return first, last

    def _hull(self, tree: exp.Expr) -> Span:
        """The tokens that a refused part came from; the whole where it holds none."""
        names = (
            str(node.this)
            for node in tree.walk()
            if isinstance(node, exp.Identifier | exp.Anonymous) and isinstance(node.this, str)
        )
        indices = [self._index(name) for name in names if re.fullmatch(r"q\d+", name)]
        first, last = (min(indices), max(indices)) if indices else (0, len(self._tokens) - 1)
        return self._tokens[first].span[0], self._tokens[last].span[1]


def _depth(args: Sequence[Syntax]) -> int:
    return 1 + max((arg.depth for arg in args if isinstance(arg, Branch)), default=0)
