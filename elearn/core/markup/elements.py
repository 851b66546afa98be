"""What the blocks of a text become on its finished tree: figures, formulae, questions, languages, sources."""

import re
import xml.etree.ElementTree as etree
from collections.abc import Iterator

from elearn.core.markup.blocks import NUMBER, Block
from elearn.core.markup.chart import chart
from elearn.core.markup.formula import BadFormulaError, mathml
from elearn.core.markup.media import recording
from elearn.core.markup.notes import clip
from elearn.core.markup.syntax import TASK
from elearn.core.markup.words import direction
from elearn.core.markup.work import Heading, Work

LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}\Z")


def place_blocks(root: etree.Element, blocks: list[Block], work: Work) -> None:
    """Turn every block that the parser met into what it means, those inside it first."""
    for parent in list(_inner_first(root)):
        children = list(parent)
        if not any(child.get(NUMBER) for child in children):
            continue
        placed: list[etree.Element] = []
        for index, child in enumerate(children):
            number = child.attrib.pop(NUMBER, "")
            if not number:
                placed.append(child)
                continue
            block = blocks[int(number)]
            if block.kind == "caption":
                _caption(child, block, work, placed)
            elif block.kind == "sources":
                placed.append(_sources(child, block, work, parent is root, children[index + 1 :]))
            else:
                _PLACED[block.kind](child, block, work)
                placed.append(child)
        parent[:] = placed
    for block in blocks:
        if not block.met:
            work.notes.add("a block stands at the start of its lines; in a box or list it is indented with the text "
                           "around it", line=block.line)  # fmt: skip


def _inner_first(root: etree.Element) -> Iterator[etree.Element]:
    """Every element after those inside it, in the order of the text."""
    open_ = [(root, iter(root))]
    while open_:
        element, rest = open_[-1]
        child = next(rest, None)
        if child is None:
            open_.pop()
            yield element
        else:
            open_.append((child, iter(child)))


def _caption(element: etree.Element, block: Block, work: Work, before: list[etree.Element]) -> None:
    """The picture or the table before it gets this caption."""
    target = before[-1] if before else None
    if not work.text(element):
        work.notes.add("a caption without words", line=block.line)
    if len(element) == 1 and element[0].tag == "p":
        element.text, element[:] = element[0].text, element[0][:]
    if target is not None and target.tag == "table" and target.find("caption") is None:
        element.tag = "caption"
        target.insert(0, element)
        return
    alone = target is not None and target.tag == "p" and len(target) == 1 and target[0].tag == "img"
    if target is None or not alone or work.text(target):
        work.notes.add("a caption stands right below a picture or a table", line=block.line)
        before.append(element)
        return
    figure, element.tag = etree.Element("figure"), "figcaption"
    figure.extend([target[0], element])
    before[-1] = figure


def _sources(
    element: etree.Element, block: Block, work: Work, outermost: bool, after: list[etree.Element]
) -> etree.Element:
    """A part of its own at the end."""
    if work.count("sources") > 1:
        work.notes.add("there is one block of sources in a text", line=block.line)
    elif not outermost or any(other.get("class") != "footnote" for other in after):
        work.notes.add("the sources stand at the end of a text, in no other block", line=block.line)
    if work.empty(element):
        work.notes.add("a block of sources without a source", line=block.line)
    element.tag, element.attrib = "section", {"class": "sources"}
    title = etree.Element("h2", {"id": "sources"})
    title.text = work.word("sources")
    element.insert(0, title)
    return element


def _lang(element: etree.Element, block: Block, work: Work) -> None:
    if block.title and not LANGUAGE.match(block.title):
        work.notes.add(f"'{clip(block.title)}' is not the code of a language, such as tr or fr", line=block.line)
    elif block.title:
        element.attrib.update({"lang": block.title, "dir": direction(block.title)})
    if work.empty(element):
        work.notes.add("a block without content", line=block.line)


def _formula(element: etree.Element, block: Block, work: Work) -> None:
    element.attrib = {"class": "formula", "role": "img", "tabindex": "0", "aria-label": block.title}
    try:
        element.text = work.insert(mathml("\n".join(block.body), block.title, display=True))
    except BadFormulaError as bad:
        work.notes.add(str(bad), line=block.line)
        element.text = "\n".join(block.body)


def inline_formula(element: etree.Element, work: Work) -> None:
    """A formula in a line of text."""
    tex = element.text or ""
    element.tag = "span"
    try:
        element.text = work.insert(mathml(tex))
    except BadFormulaError as bad:
        work.notes.add(str(bad), f"\\({tex}")


def _question(element: etree.Element, block: Block, work: Work) -> None:
    """A question to oneself: each option opens and says whether it is right and why."""
    title, *others = list(element)
    lists = [part for part in others if part.tag == "ul" and part.find(f"li[@{TASK}]") is not None]
    if len(lists) != 1 or others[-1] is not lists[0]:
        work.notes.add(
            "a question ends with its one list of options, each with - [ ] or (right) - [x]",
            line=block.line,
        )
        return
    options = list(lists[0])
    if len(options) < 2 or any(not option.get(TASK) for option in options):
        work.notes.add("a question has two options or more, each with - [ ] or (right) - [x]", line=block.line)
    if not any(option.get(TASK) == "done" for option in options):
        work.notes.add("a question has at least one right option: - [x]", line=block.line)
    key = f"check-{work.count('check')}"
    element.attrib = {"class": "box check", "role": "group", "aria-labelledby": key}
    element[:] = []
    etree.SubElement(element, "p", {"class": "box-title"}).text = work.word("check")
    asked = etree.SubElement(element, "div", {"id": key, "class": "asked"})
    asked.extend([title, *others[:-1]])
    for option in options:
        element.append(_option(option, key, block, work))


def _option(item: etree.Element, name: str, block: Block, work: Work) -> etree.Element:
    """An item of the list as a fold; those of one question close each other."""
    right = item.get(TASK) == "done"
    fold = etree.Element("details", {"name": name})
    label, *feedback = list(item) or [etree.Element("p")]
    if work.empty(label):
        work.notes.add("an option without words", line=block.line)
    if all(work.empty(part) for part in feedback):
        work.notes.add(
            f"this option has no feedback, which stands indented below it: {clip(work.text(label))}", line=block.line
        )
    summary = etree.SubElement(fold, "summary")
    summary.text, summary[:] = label.text, label[:]
    said = etree.Element("strong", {"class": "ok-word" if right else "bad-word"})
    said.text = work.word("right" if right else "wrong")
    if not feedback or feedback[0].tag != "p":
        feedback.insert(0, etree.Element("p"))
    said.tail = f" {feedback[0].text or ''}"
    feedback[0].text = ""
    feedback[0].insert(0, said)
    fold.extend(feedback)
    return fold


_PLACED = {
    "audio": recording,
    "video": recording,
    "chart": chart,
    "formula": _formula,
    "lang": _lang,
    "question": _question,
}


def tasks(element: etree.Element, work: Work) -> None:
    """A list of tasks: ticked or not, in a word for those who do not see the mark."""
    for item in element:
        state = item.attrib.pop(TASK, "")
        if not state:
            continue
        element.set("class", "tasks")
        if state == "done":
            item.set("class", "done")
        holder = item[0] if len(item) and item[0].tag == "p" and not (item.text or "").strip() else item
        told = etree.Element("span", {"class": "visually-hidden"})
        told.text, told.tail, holder.text = work.word(state), f" {holder.text or ''}", ""
        holder.insert(0, told)


def terms(work: Work) -> etree.Element | None:
    """The terms that a text refers to, each explained once, with a way back."""
    if not work.terms:
        return None
    section = etree.Element(
        "section",
        {"class": "terms", "role": "doc-glossary", "aria-label": work.word("terms"), "data-close": work.word("close")},
    )
    etree.SubElement(section, "h2").text = work.word("terms")
    listed = etree.SubElement(section, "dl")
    for key, term in work.terms.items():
        work.claim(f"term-{key}")
        work.claim(f"use-{key}")
        entry = etree.SubElement(listed, "div", {"id": f"term-{key}"})
        etree.SubElement(entry, "dt").text = term.title
        definition = etree.SubElement(entry, "dd")
        definition.text = f"{work.insert(term.definition)} "
        back = f"{work.word('back-term')} {term.title}"
        link = {"class": "footnote-backref", "href": f"#use-{key}", "role": "doc-backlink", "aria-label": back}
        etree.SubElement(definition, "a", link).text = "\u21a9\ufe0e"
    return section


__all__ = ["Heading", "inline_formula", "place_blocks", "tasks", "terms"]
