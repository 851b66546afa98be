"""Formulae: the signs and shapes there are, and nothing else."""

import contextlib
import re
import time
import xml.etree.ElementTree as etree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elearn.core.markup.formula import LONGEST, BadFormulaError, mathml
from tests.support.references import complaints, html

pytestmark = pytest.mark.one_database


def test_a_formula_of_its_own_is_spoken_in_the_writers_words() -> None:
    found = html("/// formula | n equals z squared\nn =\n  z^2\n///", "ar")
    assert '<div aria-label="n equals z squared" class="formula" role="img" tabindex="0"><math' in found
    assert (
        '<math dir="ltr" display="block" alttext="n equals z squared"><mi>n</mi><mo>=</mo>'
        "<msup><mi>z</mi><mn>2</mn></msup></math>" in found
    )


def test_a_formula_in_a_line_stands_among_words_and_never_in_code() -> None:
    found = html(r"For \(p_1 = 0{,}5\), not `\(p\)`; **\(a*b*c\)** and \\(no\\).")
    assert found.count("<math") == 2
    assert "<msub><mi>p</mi><mn>1</mn></msub><mo>=</mo><mn>0,5</mn>" in found
    assert r"<code>\(p\)</code>" in found and r"\(no\)" in found
    assert "<strong><span><math" in found and "<em>" not in found


def test_a_formula_in_a_heading_and_a_cell() -> None:
    found = html("## The size \\(n\\) {#size}\n\n| \\(n\\) |\n|---|\n| \\(\\frac{1}{2}\\) |")
    assert found.count("<math") == 3


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"1{,}96^2", "<msup><mn>1,96</mn><mn>2</mn></msup>"),
        (r"1{,}000{,}000", "<mn>1,000,000</mn>"),
        ("x,y", "<mi>x</mi><mo>,</mo><mi>y</mi>"),
        (r"58\%", "<mn>58</mn><mi>%</mi>"),
        (r"\mathrm{PMT}", "<mi>PMT</mi>"),
        (r"\hat{\beta}_0", '<msub><mover accent="true"><mi>β</mi><mo>^</mo></mover><mn>0</mn></msub>'),
        (r"a < b", "<mo>&lt;</mo>"),
        (r"\text{si } a \& b", "<mtext>si\xa0</mtext>"),
        (r"\sum_{i=1}^{n} w_i", "<mo>∑</mo>"),
        (r"\begin{cases} 1 & x \\ 0 & y \end{cases}", '<mtd class="ta-start"><mn>1</mn></mtd>'),
        (r"\left( \frac{a}{b} \right)", '<mo stretchy="true" fence="true" form="prefix">(</mo>'),
        ("٣ + ٤", "<mn>٣</mn>"),
    ],
)
def test_what_a_formula_becomes(tex: str, expected: str) -> None:
    assert expected in mathml(tex)


@pytest.mark.parametrize(
    ("tex", "message"),
    [
        ("", "a formula without content"),
        (r"\foo{x}", r"\foo is not known in a formula"),
        (r"\def\x{y}", r"\def is not known"),
        (r"\newcommand{\x}{y}", r"\newcommand is not known"),
        (r"\href{javascript:alert(1)}{x}", r"\href is not known"),
        (r"\style{color:red}{x}", r"\style is not known"),
        (r"\class{x}{y}", r"\class is not known"),
        (r"\color{red} x", r"\color is not known"),
        (r"\unicode{x3c}", r"\unicode is not known"),
        (r"\begin{itemize} x \end{itemize}", r"\begin{itemize} is not known"),
        (r"\begin{cases} x", "this formula cannot be read"),
        ("58%", r"a per cent sign in a formula is written \%"),
        ("{x", "a brace of this formula stands without its pair"),
        ("x}{", "a brace of this formula stands without its pair"),
        (r"\frac{1}", "a part of this formula is missing"),
        ("x^", "this formula cannot be read"),
        ("x_1_2", "this formula cannot be read"),
        (r"\left( x", "this formula cannot be read"),
        ("{" * 20 + "x" + "}" * 20, "a formula of more than 12 levels"),
        ("x" * (LONGEST + 1), "a formula of more than 600 characters"),
        ("&#x3c;b&#x3e;", "a formula holds no code"),
        ("`x`", "a formula holds no code"),
    ],
)
def test_a_mistake_says_what_it_is(tex: str, message: str) -> None:
    with pytest.raises(BadFormulaError) as caught:
        mathml(tex)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a\n\nb \\(\\foo\\) c", 3, "\\foo is not known"),
        ("a\n\nb \\(x^2 c", 3, "a formula in a line stands between"),
        ("a\n\n/// formula | n\n\\foo\n///", 3, "\\foo is not known"),
        ("a\n\n/// formula\nn\n///", 3, "a block 'formula' needs the formula in words"),
        ("a\n\n/// formula | n\n///", 3, "a formula without content"),
    ],
)
def test_a_mistake_is_reported_at_its_line(text: str, line: int, message: str) -> None:
    assert any(at == line and said.startswith(message) for at, said in complaints(text)), complaints(text)


PIECES = st.sampled_from(
    [
        "{", "}", "^", "_", "\\frac", "\\sqrt", "[", "]", "&", "\\\\", "\\left", "\\right", "(", ")", "'", "\\text",
        "a", "1", ".", ",", "\\begin{cases}", "\\end{cases}", "\\begin{array}", "\\end{array}", "\\sum", "\\limits",
        "\\not",
        "\\overbrace", "\\binom", "\\mathbf", "\\operatorname", " ", "<", ">", '"', "\\hat", "\\stackrel", "\\pmod",
        "|", "\\big", "\\xrightarrow", "\\prime", "\\%", "\\{", "\\middle", "~", "$", "#", "\x03", "]]>",
        "\\text{<b>}",
    ]
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, max_size=60).map("".join))
def test_whatever_is_typed_becomes_well_formed_mathml_or_a_complaint(tex: str) -> None:
    began = time.process_time()
    try:
        found = mathml(tex, 'words "with" <marks> & more')
    except BadFormulaError:
        found = "<math/>"
    assert time.process_time() - began < 1
    root = etree.fromstring(re.sub("\x03", "", found))
    assert {element.tag for element in root.iter()} <= {
        "math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "mfrac", "msqrt", "mroot", "msub", "msup", "msubsup",
        "munder", "mover", "munderover", "mtable", "mtr", "mtd", "mstyle", "mpadded", "menclose", "mphantom",
    }  # fmt: skip
    names = {name for element in root.iter() for name in element.attrib}
    assert not {name for name in names if name.startswith("on") or name in ("style", "href", "src", "id")}


@pytest.mark.parametrize("piece", ["{", "\\frac", "\\sqrt", "^", "\\left(", "\\text{", "\\not", "'", "\\begin{cases}"])
def test_no_pile_of_signs_keeps_it_busy(piece: str) -> None:
    began = time.process_time()
    with contextlib.suppress(BadFormulaError):
        mathml(piece * (LONGEST // len(piece)))
    assert time.process_time() - began < 2
