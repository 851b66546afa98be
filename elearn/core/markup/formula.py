"""Formulae: LaTeX in, MathML out, with only the commands that mean one sign or one shape. Pure."""

import re
import xml.etree.ElementTree as etree
from functools import cache
from html import escape, unescape

from elearn.core.markup.notes import clip

LONGEST = 600  # characters
DEEPEST = 12
_COMMAND = re.compile(r"\\(?:[A-Za-z]+|.)", re.DOTALL)
_ENVIRONMENT = re.compile(r"\\(?:begin|end)\s*\{([^{}]*)\}")
ENVIRONMENTS = frozenset(
    {"matrix", "pmatrix", "bmatrix", "Bmatrix", "vmatrix", "Vmatrix", "cases", "split", "align*", "array"}
)


def _named(names: str) -> frozenset[str]:
    return frozenset(names.split())


SHAPES = _named(
    """frac dfrac tfrac binom sqrt left right begin end text textbf textit mathrm mathbf mathit mathsf mathbb mathcal
    operatorname sum prod int lim limits log ln exp min max arg sin cos tan sup inf det gcd Pr bar hat tilde vec dot
    overline underline overbrace underbrace overset underset stackrel displaystyle textstyle quad qquad big Big bigg
    bigl bigr Bigl Bigr lfloor rfloor lceil rceil langle rangle lvert rvert prime hline not pmod bmod dots ldots cdots
    lt gt degree boxed"""
)
_SIGNS = frozenset("\\{}%$&_#|,;:! ")
_TAGS = _named(
    """math mrow mi mn mo mtext mspace mfrac msqrt mroot msub msup msubsup munder mover munderover mtable mtr mtd mstyle
    mpadded menclose mphantom"""
)
_PARTS = {"mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2, "msubsup": 3, "munderover": 3}
_ATTRIBUTES = _named(
    """stretchy fence form separator accent accentunder largeop movablelimits linethickness minsize maxsize displaystyle
    scriptlevel width height depth lspace rspace"""
)
_VALUE = re.compile(r"[+-]?[\w.]{1,12}\Z")
_ALIGN = {"left": "ta-start", "right": "ta-end"}


class BadFormulaError(Exception):
    """What is wrong with a formula, for its writer."""


def mathml(tex: str, words: str = "", *, display: bool = False) -> str:
    """The formula as MathML; every character that came from the writer is escaped here."""
    tex = tex.strip()
    _check(tex)
    try:
        from latex2mathml.converter import convert_to_element  # half of all texts have no formula: not at start-up

        root = convert_to_element(tex, display="block" if display else "inline")
        body = "".join(_written(child) for child in _simplified(root))
    except BadFormulaError:
        raise
    except Exception as error:  # whatever a third-party parser makes of what a writer typed
        raise BadFormulaError(f"this formula cannot be read: {clip(tex)}") from error
    shown = ' display="block"' if display else ""
    return f'<math dir="ltr"{shown} alttext="{escape(words or tex)}">{body}</math>'


def _check(tex: str) -> None:
    if not tex:
        raise BadFormulaError("a formula without content")
    if len(tex) > LONGEST:
        raise BadFormulaError(f"a formula of more than {LONGEST} characters: {clip(tex)}")
    if "`" in tex or "\x02" in tex or "&#" in tex:
        raise BadFormulaError(f"a formula holds no code and no &#…;: {clip(tex)}")
    depth = deepest = 0
    for command in re.findall(r"\\.|[{}]", tex, re.DOTALL):
        depth += {"{": 1, "}": -1}.get(command, 0)
        deepest = max(deepest, depth)
        if depth < 0:
            break
    if depth:
        raise BadFormulaError(f"a brace of this formula stands without its pair: {clip(tex)}")
    if deepest > DEEPEST:
        raise BadFormulaError(f"a formula of more than {DEEPEST} levels: {clip(tex)}")
    for name in _ENVIRONMENT.findall(tex):
        if name not in ENVIRONMENTS:
            raise BadFormulaError(f"\\begin{{{clip(name)}}} is not known (there are {', '.join(sorted(ENVIRONMENTS))})")
    for command in _COMMAND.findall(tex):
        name = command[1:]
        if not (name in SHAPES or name in _SIGNS or name.isspace() or (name.isalpha() and _sign(command))):
            raise BadFormulaError(f"{clip(command)} is not known in a formula")
    if re.search(r"(?<!\\)%", tex):
        raise BadFormulaError("a per cent sign in a formula is written \\%")


@cache
def _sign(command: str) -> bool:
    from latex2mathml.symbols_parser import convert_symbol

    return convert_symbol(command) is not None


def _simplified(parent: etree.Element) -> list[etree.Element]:
    """Children without what a reader cannot tell apart: rows of one, numbers and words in pieces."""
    kept: list[etree.Element] = []
    for child in parent:
        if len(child) != _PARTS.get(child.tag, len(child)):
            raise BadFormulaError("a part of this formula is missing, such as the lower half of \\frac{1}{2}")
        child[:] = _simplified(child)
        bare = child.tag == "mrow" and not child.attrib
        if bare and len(child) == 1 and child[0].tag == "mo" and _text(child[0]) in (",", "."):
            kept.append(etree.Element("comma", {"sign": _text(child[0])}))
        elif bare and (len(child) == 1 or (parent.tag == "math" and len(parent) == 1)):
            kept.extend(child)
        else:
            kept.append(child)
    return _joined(kept) if parent.tag in ("math", "mrow", "mtd", "msqrt") else kept


def _joined(children: list[etree.Element]) -> list[etree.Element]:
    """0{,}25 is one number in many languages, and OPE one name."""
    out: list[etree.Element] = []
    for child in children:
        before = out[-1] if out else None
        last = child[0] if child.tag in ("msup", "msub", "msubsup") else child
        if last.tag == "mn" and len(out) > 1 and out[-1].tag == "comma" and out[-2].tag == "mn":
            comma, first = out.pop(), out.pop()
            last.text = _text(first) + comma.get("sign", "") + _text(last)
            out.append(child)
        elif before is not None and _upright(before) and _upright(child):
            before.text = _text(before) + _text(child)
        else:
            out.append(child)
    return out


def _upright(element: etree.Element) -> bool:
    return element.tag == "mi" and element.get("mathvariant") == "normal"


def _text(element: etree.Element) -> str:
    """The library writes signs as character references."""
    return unescape(element.text or "")


def _written(element: etree.Element) -> str:
    if element.tag == "comma":
        return f"<mo>{escape(element.get('sign', ''))}</mo>"
    inside = escape(_text(element), quote=False) + "".join(_written(child) for child in element)
    if element.tag not in _TAGS:
        return inside
    attributes = "".join(
        f' {name}="{escape(value)}"'
        for name, value in element.attrib.items()
        if name in _ATTRIBUTES and _VALUE.match(value)
    )
    if element.get("mathvariant") == "normal" and len(_text(element)) == 1:
        attributes += ' mathvariant="normal"'
    if element.get("columnalign") in _ALIGN:
        attributes += f' class="{_ALIGN[element.get("columnalign", "")]}"'
    return f"<{element.tag}{attributes}>{inside}</{element.tag}>"
