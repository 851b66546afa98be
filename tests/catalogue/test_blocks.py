"""A lesson cut into blocks, and the blocks of a translation beside those of its source."""

from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elearn.catalogue.alignment import align, counterparts
from elearn.catalogue.blocks import Block, cells, split
from elearn.catalogue.units import print_of

pytestmark = pytest.mark.one_database

LESSON = dedent(
    """\
    Somebody asks
    **why**.[^one]

    ## A heading {#a-heading}
    Text right below it,
    2020. is no list here.

    - one
      goes on
    - two
        1. inside
    - [x] done

    | Country | Households |
    |:--|--:|
    | Niger | 41 |

    ![Two bars](../../assets/bars.svg)

    /// caption
    What it *shows*.
    ///

    !!! example "At the counter"
        A dialogue.

        > A quotation
        > on two lines.

    /// chart | Growth
        type: bar
        unit: families

    | Year | Families |
    |---|---|
    | 2020 | 5 |
    ///

    Term
    :   What it means.

    ```
    # no heading
    ```

    *[PMT]: Proxy means test
    [^one]: A source,
        on two lines.

        And a second paragraph.
    [^two]: Another.
    """
)


def test_every_block_has_its_kind_its_line_and_its_words() -> None:
    assert [(block.kind, block.line, " ".join(block.text.split())) for block in split(LESSON, 5)] == [
        ("text", 5, "Somebody asks **why**.[^one]"),
        ("heading 2", 8, "A heading {#a-heading}"),
        ("text", 9, "Text right below it, 2020. is no list here."),
        ("item", 12, "one goes on"),
        ("item", 14, "two"),
        ("numbered item", 15, "inside"),
        ("task", 16, "done"),
        ("table row", 18, "| Country | Households |"),
        ("table row", 20, "| Niger | 41 |"),
        ("image", 22, "![Two bars](../../assets/bars.svg)"),
        ("block caption", 24, ""),
        ("text", 25, "What it *shows*."),
        ("box example", 28, "At the counter"),
        ("text", 29, "A dialogue."),
        ("text", 31, "A quotation on two lines."),
        ("block chart", 34, "Growth type: bar unit: families"),
        ("table row", 38, "| Year | Families |"),
        ("table row", 40, "| 2020 | 5 |"),
        ("text", 43, "Term"),
        ("definition", 44, "What it means."),
        ("code", 46, "# no heading"),
        ("abbreviation", 50, "*[PMT]: Proxy means test"),
        ("footnote", 51, "A source, on two lines. And a second paragraph."),
        ("footnote", 55, "Another."),
    ]


def test_names_that_all_languages_share_are_kept() -> None:
    found = split(LESSON)
    assert [block.key for block in found if block.key] == ["a-heading", "one", "two"]
    assert [block.ticked for block in found if block.kind == "task"] == [True]


def test_the_cells_of_a_row() -> None:
    assert cells(r"| a \| b | c |") == [r"a \| b", "c"]


@given(st.text(st.sampled_from('ab1 \n\n-*#|>[]()!:/`^{}=_.?"~\t'), max_size=300))
def test_any_text_is_cut_and_no_word_is_lost(text: str) -> None:
    found = split(text)
    assert [block.line for block in found] == sorted(block.line for block in found)
    assert all(1 <= block.line <= text.count("\n") + 1 for block in found)


@given(st.lists(st.text(st.characters(categories=["L"]), min_size=1, max_size=12), min_size=1, max_size=60), st.data())
def test_neither_spaces_nor_the_folding_of_lines_change_a_print(words: list[str], data: st.DataObject) -> None:
    folded = "".join(word + data.draw(st.sampled_from([" ", "  ", "\n", "\u00a0", " \n    "])) for word in words)
    [one], [other] = split(" ".join(words)), split(folded)
    assert print_of(one) == print_of(other)
    [more] = split(" ".join([*words, "more"]))
    assert print_of(one) != print_of(more)


def test_what_is_said_in_another_way_has_another_print() -> None:
    texts = ["a b", "- a b", "1. a b", "## a b", '!!! note "a b"', "- [ ] a b", "- [x] a b", "[^x]: a b", "[^y]: a b"]
    prints = [print_of(block) for text in texts for block in split(text)]
    assert len(set(prints)) == len(texts)


def blocks(*texts: str) -> list[Block]:
    return [Block("text", line, text) for line, text in enumerate(texts, start=1)]


def pairs(source: list[Block], target: list[Block]) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    return [(pair.source, pair.target) for pair in align(source, target)]


LONG = "A paragraph of some length with the number 41 in it, so that it can be told from others."
FIRST, THIRD = (
    "The first has 63 countries in it and a few more words.",
    "The third of them speaks of 2017 and of 189 rials.",
)
EN = blocks(FIRST, LONG, THIRD)


def test_blocks_that_answer_to_each_other() -> None:
    assert pairs(EN, EN) == [((0,), (0,)), ((1,), (1,)), ((2,), (2,))]


def test_a_block_that_is_missing_is_found() -> None:
    assert pairs(EN, blocks(FIRST, THIRD)) == [((0,), (0,)), ((1,), ()), ((2,), (1,))]


def test_a_block_too_many_is_found() -> None:
    assert pairs(blocks(FIRST, THIRD), EN) == [((0,), (0,)), ((1,), (2,)), ((), (1,))]


def test_two_blocks_in_one_are_found_on_either_side() -> None:
    assert pairs(EN, blocks(FIRST, f"{LONG} {THIRD}")) == [((0,), (0,)), ((1, 2), (1,))]
    assert pairs(blocks(FIRST, f"{LONG} {THIRD}"), EN) == [((0,), (0,)), ((1,), (1, 2))]


def test_an_anchor_holds_its_section_together() -> None:
    source = split("## One {#one}\n\nShort.\n\n## Two {#two}\n\n" + LONG)
    target = split("## Un {#one}\n\n## Deux {#two}\n\n" + LONG)
    assert pairs(source, target) == [((0,), (0,)), ((1,), ()), ((2,), (1,)), ((3,), (2,))]


def test_footnotes_may_stand_in_any_order() -> None:
    source, target = split("[^a]: One.\n[^b]: Two.\n[^c]: Three."), split("[^c]: Trois.\n[^a]: Un.")
    assert pairs(source, target) == [((0,), (1,)), ((1,), ()), ((2,), (0,))]


def test_the_line_where_something_ought_to_stand() -> None:
    assert counterparts(EN, blocks(FIRST, THIRD)) == [1, 1, 2]
    assert counterparts(EN, []) == [1, 1, 1]


KINDS = st.sampled_from(["text", "item", "table row", "heading 2", "footnote"])
KEYS = st.sampled_from(["", "a", "b", "c"])
SIDES = st.lists(st.builds(Block, KINDS, st.just(1), st.text("ab 12", max_size=20), KEYS), max_size=12)


@settings(max_examples=200)
@given(SIDES, SIDES)
def test_every_block_stands_in_exactly_one_pair(source: list[Block], target: list[Block]) -> None:
    found = align(source, target)
    assert sorted(at for pair in found for at in pair.source) == list(range(len(source)))
    assert sorted(at for pair in found for at in pair.target) == list(range(len(target)))


def test_a_run_too_long_to_align_is_paired_by_place() -> None:
    many = blocks(*["- x"] * 300)
    assert pairs(many, many[:-1])[-2:] == [((298,), (298,)), ((299,), ())]
