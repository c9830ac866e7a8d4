"""Formula text → checked tree: names resolved, indicators expanded, columns and lags pushed down to cells, types checked."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from guozi.core.formula import parse, types
from guozi.core.formula.functions import FUNCTIONS, PUSHED, WRITTEN, Function
from guozi.core.formula.parse import Branch, LabelIndex, Leaf, Problem, Span, Syntax
from guozi.core.formula.tree import (
    Attribute,
    Call,
    Cell,
    ColumnName,
    Constant,
    Formula,
    ItemName,
    Named,
    Names,
    Node,
    Parameter,
    walk,
)
from guozi.core.kernel.findings import Finding, Place, mark
from guozi.core.kernel.money import Type

MOST_NODES = 5_000
DEEPEST = 100
"""Levels of a tree with the indicators in it: every engine walks it level by level."""

_ADAPTING = frozenset({"add", "subtract", "coalesce", "mean", "min", "max"}) | types.COMPARISONS
_COMPARATIVE = {"ytd": "prior_ytd", "closing": "opening"}


@dataclass(frozen=True, slots=True)
class _Context:
    """What surrounding functions ask of the cells under them: a column, years back; and where names are looked up first."""

    column: str | None = None
    default_column: str | None = None
    years: int = 0
    comparative: bool = False
    form: str = ""
    item: ItemName | None = None  # inside an `otherwise` text its columns are the only names


@dataclass(frozen=True, slots=True)
class _Body:
    """An indicator's tree under a context, or what was wrong with it so many levels down (further up it may not be too deep)."""

    node: Node | None
    problems: tuple[Problem, ...]
    depth: int
    height: int


def compile_formula(
    text: str,
    names: Names,
    *,
    expect: frozenset[Type] | None = None,
    column: str | None = None,
    form: str = "",
    code: str = "",
    place: Place | None = None,
    source_line: str = "",
) -> Formula | tuple[Finding, ...]:
    """Compiles one formula, or says all that is wrong with it. For many formulas over the same names make one `Compiler`.

    `expect`: the types that the result may have. `column`: the column of items that name none (else each form's default).
    `form`: where an item code that several forms share is looked up first. `code`: the indicator that this is the formula of, for cycles.
    `place`: where the text begins in its file; findings then carry file, line and columns of that file, and `source_line` as given.
    """
    return Compiler(names).compile(
        text, expect=expect, column=column, form=form, code=code, place=place, source_line=source_line
    )


class Compiler:
    """Compiles formulas over one set of names, remembering labels and expanded indicators."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._labels = LabelIndex(names.labels)
        self._no_labels = LabelIndex({})
        self._columns = frozenset(
            column.code for items in names.items.values() for item in items for column in item.columns
        )
        self._parsed: dict[str, tuple[Syntax | None, tuple[Problem, ...]]] = {}
        self._uses: dict[str, tuple[str, ...]] = {}
        self._acyclic: set[str] = set()
        self._bodies: dict[tuple[str, _Context], _Body] = {}

    def compile(
        self,
        text: str,
        *,
        expect: frozenset[Type] | None = None,
        column: str | None = None,
        form: str = "",
        code: str = "",
        place: Place | None = None,
        source_line: str = "",
    ) -> Formula | tuple[Finding, ...]:
        """As `compile_formula`."""
        walker = _Walker(self, (code,) if code else ())
        problems = walker.problems
        try:
            for name in self._indicators_in(self.parse(text)[0]):
                self.cycle(name, ())  # reads every text that will be needed now, while the stack is short
            root = walker.text(text, _Context(default_column=column, form=form))
        except RecursionError:  # within all limits, but asked from deep down in somebody's stack
            root = None
            problems.append(Problem("formula.too-deep", mark("nested too deeply to be read"), (0, 1)))
        if root is not None and not problems and expect is not None and root.type not in expect:
            args = {"type": root.type, "wanted": " / ".join(sorted(expect))}
            message = mark("this gives {type}, but {wanted} is wanted")
            problems.append(Problem("formula.result", message, root.span, args))
        if root is None or problems:
            once = {problem.key: problem for problem in problems}
            return tuple(once[key].finding(text, place, source_line) for key in sorted(once))
        return Formula(text, root)

    @property
    def names(self) -> Names:
        """What formulas may name."""
        return self._names

    @property
    def columns(self) -> frozenset[str]:
        """Every column of every form: they act as functions."""
        return self._columns

    def parse(self, text: str, with_labels: bool = True) -> tuple[Syntax | None, tuple[Problem, ...]]:
        """The syntax tree of a text, remembered."""
        if not with_labels:
            return parse.parse(text, self._no_labels)
        if text not in self._parsed:
            self._parsed[text] = parse.parse(text, self._labels)
        return self._parsed[text]

    def cycle(self, code: str, above: Sequence[str]) -> tuple[str, ...]:
        """The way from an indicator back to itself or to one of those `above` it; empty where there is none."""
        if code in above:
            return (*above[above.index(code) :], code)
        if code in self._acyclic:
            return ()
        path = [code]
        pending = [iter(self._used_by(code))]
        while path:
            following = next(pending[-1], None)
            if following is None:
                self._acyclic.add(path.pop())
                pending.pop()
            elif following in path:
                return (*path[path.index(following) :], following)
            elif following in above:
                return (*above[above.index(following) :], *path, following)
            elif following not in self._acyclic:
                path.append(following)
                pending.append(iter(self._used_by(following)))
        return ()

    def body(self, code: str, context: _Context, stack: tuple[str, ...], depth: int) -> _Body:
        """The tree of an indicator under that context, so many levels down, or what is wrong with it."""
        key = (code, context)
        known = self._bodies.get(key)
        if known is None or (known.node is None and depth < known.depth):
            walker = _Walker(self, (*stack, code), depth)
            root = walker.text(self._names.indicators[code], context)
            sound = None if walker.problems else root
            known = _Body(sound, tuple(walker.problems), depth, 0 if sound is None else _height(sound))
            self._bodies[key] = known
        return known

    def _used_by(self, code: str) -> tuple[str, ...]:
        if code not in self._uses:
            tree, _ = self.parse(self._names.indicators[code])
            self._uses[code] = self._indicators_in(tree)
        return self._uses[code]

    def _indicators_in(self, tree: Syntax | None) -> tuple[str, ...]:
        names = dict.fromkeys(leaf.token.text for leaf in _leaves(tree) if leaf.token.kind == "name")
        return tuple(name for name in names if name in self._names.indicators and name not in self._names.items)


class _Walker:
    """One walk over one text: collects problems and goes on; a part that is wrong becomes None and is not blamed twice."""

    def __init__(self, compiler: Compiler, stack: tuple[str, ...], depth: int = 0) -> None:
        self._compiler = compiler
        self._names = compiler.names
        self._stack = stack
        self._depth = depth
        self.problems: list[Problem] = []

    def text(self, text: str, context: _Context) -> Node | None:
        """The tree of a whole text."""
        tree, problems = self._compiler.parse(text, with_labels=context.item is None)
        self.problems += problems
        root = None if tree is None else self._node(tree, context)
        if root is not None and _more_nodes_than(root, MOST_NODES):
            self._problem("formula.too-large", mark("with all that it uses, this formula is too large"), (0, len(text)))
            return None
        return root

    def _problem(self, code: str, message: str, span: Span, hint: str = "", /, **args: object) -> None:
        self.problems.append(Problem(code, message, span, args, hint))

    def _node(self, tree: Syntax, context: _Context) -> Node | None:
        self._depth += 1
        node = None if self._too_deep(0, tree.span) else self._at_depth(tree, context)
        self._depth -= 1
        return node

    def _too_deep(self, height: int, span: Span) -> bool:
        if self._depth + height <= DEEPEST:
            return False
        self._problem("formula.too-deep", mark("nested deeper than {most} levels"), span, most=DEEPEST)
        return True

    def _at_depth(self, tree: Syntax, context: _Context) -> Node | None:
        if isinstance(tree, Leaf):
            return self._name(tree, context) if tree.token.kind == "name" else _literal(tree)
        if tree.name is not None:
            return self._written(tree, tree.name.span, context)
        args = [self._node(arg, context) for arg in tree.args]
        return self._operator(tree, args)

    # operators

    def _operator(self, tree: Branch, args: Sequence[Node | None]) -> Node | None:
        known = [arg for arg in args if arg is not None]
        if tree.function in types.COMPARISONS:
            inner = [arg.function for arg in tree.args if isinstance(arg, Branch) and arg.function in types.COMPARISONS]
            if inner and {tree.function, *inner} == {"equal"}:
                self._problem(
                    "formula.two-comparisons", mark("two = in one check"), tree.span, mark("write two checks")
                )
                return None
            if inner:
                message, hint = mark("one comparison inside another"), mark("join comparisons with and, or")
                self._problem("formula.two-comparisons", message, tree.span, hint)
                return None
        if len(known) < len(args):
            return None
        if tree.function == "negate" and isinstance(known[0], Constant) and isinstance(known[0].value, Fraction):
            return replace(known[0], value=-known[0].value, text=f"-{known[0].text}", span=tree.span)
        if tree.function == "in":
            if len(known) < 2:
                self._problem("formula.syntax", mark("the formula cannot be read here"), tree.span)
                return None
            equals = [self._call(FUNCTIONS["equal"], (known[0], arg), arg.span) for arg in known[1:]]
            return equals[0] if len(equals) == 1 else self._call(FUNCTIONS["or"], equals, tree.span)
        if tree.function == "between":
            low = self._call(FUNCTIONS["greater_or_equal"], (known[0], known[1]), known[1].span)
            high = self._call(FUNCTIONS["less_or_equal"], (known[0], known[2]), known[2].span)
            return self._call(FUNCTIONS["and"], (low, high), tree.span)
        return self._call(FUNCTIONS[tree.function], known, tree.span)

    def _call(self, function: Function, args: Sequence[Node | None], span: Span) -> Node | None:
        known = tuple(arg for arg in args if arg is not None)
        if len(known) < len(args):
            return None
        if function.name in _ADAPTING:
            known = types.adapt(known)
        elif function.name == "case":
            values = types.adapt((*known[1::2], known[-1]))
            conditions = known[:-1:2]
            known = (*(part for pair in zip(conditions, values, strict=False) for part in pair), values[-1])
        type_ = function.rule(known)
        if type_ is None:
            self._mismatch(function, known, span)
            return None
        if function.name in ("equal", "not_equal") and not self._words_fit(known):
            return None
        return Call(type_, function.name, known, span=span)

    def _mismatch(self, function: Function, args: Sequence[Node], span: Span) -> None:
        given = ", ".join(arg.type for arg in args)
        if function.name in types.COMPARISONS:
            message = mark("{types} cannot be compared with {sign}")
            if all(arg.type is Type.TRUTH for arg in args):
                message = mark("truths are joined with and, or, not, never compared with {sign}")
        elif function.name in ("and", "or", "not"):
            message = mark("{sign} joins truths, but here stand {types}")
        else:
            message = mark("{types} do not go together in {sign}")
        self._problem(
            "formula.types", message, span, types=given, sign=function.written if function.named else _sign(function)
        )

    def _words_fit(self, args: Sequence[Node]) -> bool:
        """A text compared with an attribute is one of the words that the attribute may have."""
        fits = True
        for one, other in (args, args[::-1]):
            if isinstance(one, Attribute) and isinstance(other, Constant) and isinstance(other.value, str):
                words = self._names.words.get(f"{one.source}.{one.name}")
                if words is not None and other.value not in words:
                    message = mark("'{word}' is not a {set}")
                    self._unlike(
                        "formula.word", message, other.span, other.value, words, word=other.value, set=one.name
                    )
                    fits = False
        return fits

    # functions written by name

    def _written(self, tree: Branch, name_span: Span, context: _Context) -> Node | None:
        name = tree.function
        if name == "param":
            return self._parameter(tree, context)
        if context.item is None and name in self._compiler.columns:
            return self._column(tree, name_span, context)
        if name in ("year_ago", "comparative"):
            return self._lag(tree, context)
        args = [self._node(arg, context) for arg in tree.args]
        function = WRITTEN.get(name)
        if function is None:
            candidates = (*WRITTEN, *PUSHED, *self._compiler.columns)
            self._unlike("formula.function", mark("'{name}' is not a function"), name_span, name, candidates, name=name)
            return None
        if len(args) < function.least or (function.most is not None and len(args) > function.most):
            self._problem(
                "formula.arguments", mark("{name} is written {written}"), tree.span, name=name, written=function.written
            )
            return None
        return self._call(function, args, tree.span)

    def _only_argument(self, tree: Branch) -> Syntax | None:
        if len(tree.args) == 1:
            return tree.args[0]
        written = f"{tree.function}(a)"
        self._problem(
            "formula.arguments", mark("{name} is written {written}"), tree.span, name=tree.function, written=written
        )
        return None

    def _column(self, tree: Branch, name_span: Span, context: _Context) -> Node | None:
        argument = self._only_argument(tree)
        if argument is None:
            return None
        if context.column is not None or context.comparative:
            self._problem("formula.nested-columns", mark("one column inside another"), name_span)
            return None
        return _spanned(self._node(argument, replace(context, column=tree.function)), tree.span)

    def _lag(self, tree: Branch, context: _Context) -> Node | None:
        argument = self._only_argument(tree)
        if argument is None:
            return None
        if tree.function == "year_ago":
            return _spanned(self._node(argument, replace(context, years=context.years + 1)), tree.span)
        if context.column is not None or context.comparative:
            self._problem("formula.nested-columns", mark("one column inside another"), tree.span)
            return None
        return _spanned(self._node(argument, replace(context, comparative=True)), tree.span)

    def _parameter(self, tree: Branch, context: _Context) -> Node | None:
        first = tree.args[0] if tree.args else None
        if not isinstance(first, Leaf) or first.token.kind != "text" or len(tree.args) > 2:
            written = "param('file.member', key)"
            self._problem(
                "formula.arguments", mark("{name} is written {written}"), tree.span, name="param", written=written
            )
            return None
        key = self._node(tree.args[1], context) if len(tree.args) == 2 else None
        name = first.token.text
        declared = self._names.parameters.get(name)
        if declared is None:
            self._unlike(
                "formula.parameter", mark("no parameter '{name}'"), first.span, name, self._names.parameters, name=name
            )
            return None
        type_, demands_key = declared
        if demands_key != (len(tree.args) == 2):
            message = (
                mark("'{name}' has a value for each key")
                if demands_key
                else mark("'{name}' is a single value, without a key")
            )
            hint = mark("write param('{name}', key)") if demands_key else mark("write param('{name}')")
            self._problem("formula.parameter-key", message, tree.span, hint, name=name)
            return None
        if len(tree.args) == 2 and key is None:
            return None
        if key is not None and key.type is not Type.TEXT:
            self._problem("formula.types", mark("a key is a text, not {type}"), key.span, type=key.type)
            return None
        if context.years:
            self._lagged(tree.span)
            return None
        return Parameter(type_, name, key, span=tree.span)

    def _lagged(self, span: Span) -> None:
        self._problem("formula.lag", mark("only items and indicators made of items can be taken a year ago"), span)

    # names

    def _name(self, leaf: Leaf, context: _Context) -> Node | None:
        name, span = leaf.token.text, leaf.span
        if context.item is not None:
            return self._own_column(name, context.item, context, span)
        source, _, rest = name.partition(".")
        if rest and source in ("enterprise", "cover"):
            return self._attribute(name, span, context)
        if rest and (item := self._item_of(rest, source)) is not None:
            return self._cell(item, context, span)
        if name in self._names.items:
            return self._item(name, context, span)
        if name in self._names.indicators:
            return self._indicator(name, context, span)
        if name in self._compiler.columns:
            hint = mark("write {name}(item)")
            self._problem(
                "formula.name", mark("'{name}' is a column, and columns act as functions"), span, hint, name=name
            )
            return None
        candidates = (*self._names.items, *self._names.indicators, *self._names.labels)
        if rest:
            candidates = (
                *(f"{item.form}.{item.code}" for items in self._names.items.values() for item in items),
                *candidates,
            )
            candidates = (*self._names.attributes, *candidates)
        self._unlike(
            "formula.name", mark("'{name}' is neither an item nor an indicator"), span, name, candidates, name=name
        )
        return None

    def _item_of(self, code: str, form: str) -> ItemName | None:
        return next((item for item in self._names.items.get(code, ()) if item.form == form), None)

    def _attribute(self, name: str, span: Span, context: _Context) -> Node | None:
        type_ = self._names.attributes.get(name)
        if type_ is None:
            message = mark("'{name}' is nothing that is known of an enterprise or a cover")
            self._unlike("formula.attribute", message, span, name, self._names.attributes, name=name)
            return None
        if context.years:
            self._lagged(span)
            return None
        source, _, attribute = name.partition(".")
        return Attribute(type_, source, attribute, span=span)

    def _item(self, code: str, context: _Context, span: Span) -> Node | None:
        items = self._names.items[code]
        item = items[0] if len(items) == 1 else self._item_of(code, context.form)
        if item is None:
            forms = ", ".join(f"{item.form}.{code}" for item in items)
            hint = mark("write one of {forms}")
            self._problem(
                "formula.ambiguous", mark("'{name}' stands in several forms"), span, hint, name=code, forms=forms
            )
            return None
        return self._cell(item, context, span)

    def _cell(self, item: ItemName, context: _Context, span: Span) -> Node | None:
        usual = next((column for column in item.columns if column.default), item.columns[0])
        if context.comparative:
            covers = _COMPARATIVE.get(usual.covers)
            column = next((column for column in item.columns if column.covers == covers), None)
            if column is None:
                message = mark("'{name}' states no figure of last year beside this year's")
                self._problem("formula.column", message, span, name=item.code)
                return None
            return self._of_column(item, replace(column, otherwise=""), context, span)
        wanted = context.column or context.default_column
        column = usual if wanted is None else next((column for column in item.columns if column.code == wanted), None)
        if column is None:
            columns = [column.code for column in item.columns]
            message = mark("'{name}' has no column {column}")
            hint = mark("it has {columns}")
            self._problem(
                "formula.column", message, span, hint, name=item.code, column=wanted, columns=", ".join(columns)
            )
            return None
        return self._of_column(item, column, context, span)

    def _of_column(self, item: ItemName, column: ColumnName, context: _Context, span: Span) -> Node | None:
        otherwise: Node | None = None
        if column.otherwise:
            walker = _Walker(self._compiler, self._stack, self._depth)
            otherwise = walker.text(column.otherwise, _Context(years=context.years, item=item))
            if otherwise is None or otherwise.type is not item.type:
                message = mark("what column {column} says under otherwise cannot be used: {text}")
                self._problem("formula.otherwise", message, span, column=column.code, text=column.otherwise)
                return None
            otherwise = _respanned(otherwise, span)
        default = next((other.code for other in item.columns if other.default), item.columns[0].code) == column.code
        return Cell(item.type, item.form, item.code, column.code, context.years, otherwise, default, span=span)

    def _own_column(self, name: str, item: ItemName, context: _Context, span: Span) -> Node | None:
        """Inside an `otherwise` text a column's name is this item's cell in it; its own `otherwise` is not asked again."""
        column = next((column for column in item.columns if column.code == name), None)
        if column is None:
            self._unlike(
                "formula.name", mark("'{name}' is not a column"), span, name, [c.code for c in item.columns], name=name
            )
            return None
        return self._of_column(item, replace(column, otherwise=""), context, span)

    def _indicator(self, code: str, context: _Context, span: Span) -> Node | None:
        cycle = self._compiler.cycle(code, self._stack)
        if cycle and (not self._stack or cycle[0] in self._stack):
            way = " → ".join(cycle)
            self._problem("formula.cycle", mark("a formula that leads to itself: {way}"), span, way=way)
            return None
        body = None if cycle else self._compiler.body(code, replace(context, form=""), self._stack, self._depth)
        if body is not None and body.node is not None:
            if self._too_deep(body.height, span):
                return None
            return Named(body.node.type, code, body.node, self._names.indicators[code], span=span)
        told = () if body is None else body.problems
        too_deep = any(problem.code == "formula.too-deep" for problem in told)
        if too_deep or (told and self._compiler.body(code, _Context(), self._stack, self._depth).node is not None):
            # Sound by itself, but not so deep down, or not under this column or lag.
            self.problems += (replace(problem, span=span) for problem in told)
        else:
            self._problem("formula.indicator", mark("indicator {name} has faults of its own"), span, name=code)
        return None

    def _unlike(
        self, code: str, message: str, span: Span, word: str, candidates: Iterable[str], /, **args: object
    ) -> None:
        """A problem with the nearest of what there is, where one is near."""
        near = difflib.get_close_matches(word, list(dict.fromkeys(candidates)), n=1, cutoff=0.6)
        hint = mark("did you mean {near}?") if near else ""
        self.problems.append(Problem(code, message, span, {**args, "near": near[0]} if near else args, hint))


def _literal(leaf: Leaf) -> Node:
    token = leaf.token
    if token.kind == "text":
        return Constant(Type.TEXT, token.text, token.text, span=token.span)
    if token.kind == "truth":
        return Constant(Type.TRUTH, parse.TRUTHS[token.text], token.text, span=token.span)
    type_ = Type.MONEY if token.kind == "money" else Type.RATIO
    return Constant(type_, parse.number(token), token.text.replace("|", ""), span=token.span)


def _sign(function: Function) -> str:
    """`+` for the function that is written `a + b`."""
    return function.written.split()[1] if " " in function.written else function.written


def _spanned(node: Node | None, span: Span) -> Node | None:
    """A cell under a column function is the whole of it; anything else keeps its own place."""
    return replace(node, span=span) if isinstance(node, Cell) else node


def _respanned(node: Node, span: Span) -> Node:
    """All of an `otherwise` tree stands where its cell stands."""
    if isinstance(node, Call):
        return replace(node, args=tuple(_respanned(arg, span) for arg in node.args), span=span)
    return replace(node, span=span)


def _leaves(tree: Syntax | None) -> Iterator[Leaf]:
    if isinstance(tree, Leaf):
        yield tree
    elif tree is not None:
        for arg in tree.args:
            yield from _leaves(arg)


def _height(node: Node) -> int:
    return 1 + max((_height(child) for child in node.children()), default=0)


def _more_nodes_than(root: Node, most: int) -> bool:
    return any(index >= most for index, _ in enumerate(walk(root)))
