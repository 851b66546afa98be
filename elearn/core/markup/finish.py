"""Everything that is decided on the finished tree of a text: addresses, anchors, classes, alternative texts."""

import re
import xml.etree.ElementTree as etree
from urllib.parse import urlsplit

from elearn.core.markup.blocks import Block
from elearn.core.markup.elements import inline_formula, place_blocks, tasks, terms
from elearn.core.markup.media import attachment
from elearn.core.markup.notes import clip
from elearn.core.markup.references import BadReferenceError
from elearn.core.markup.syntax import HEADINGS, SHORT_TAGS, TASK
from elearn.core.markup.work import ANCHOR, Heading, Work

ALIGN = {"left": "ta-start", "center": "ta-center", "right": "ta-end"}
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")


def finish_short(root: etree.Element, work: Work) -> None:
    """As finish(), and only what can stand inside a question or an option."""
    for element in root.iter():
        if element.tag not in SHORT_TAGS:
            work.notes.add(f"<{element.tag}> cannot stand in a short text", (element.text or "").strip())
        if element.tag == "a" and element.get("href", "").startswith("term:"):
            work.notes.add("a term of the glossary cannot stand in a short text", element.get("href", ""))
            element.attrib.pop("href")
    finish(root, [], work)


def finish(root: etree.Element, blocks: list[Block], work: Work) -> None:
    """Go through the whole tree once, then through what needs all anchors."""
    work.words = sum(_words(element) for element in root if element.get("class") != "footnote")
    place_blocks(root, blocks, work)
    tables = 0
    for parent in list(root.iter()):
        for index, element in enumerate(list(parent)):
            if element.tag in HEADINGS:
                _heading(element, work)
            elif element.get("id"):
                work.claim(str(element.get("id")))
            if element.tag == "img":
                _picture(element, work)
            elif element.tag == "a":
                work.links.append(element)
            elif element.tag == "table":
                tables += 1
                caption = element.find("caption")
                name = element.attrib.pop("aria-label", "") if caption is None else work.text(caption)
                parent[index] = _table(element, name or f"{work.word('table')} {tables}", work)
            elif element.tag in ("ul", "ol") and element.find(f"li[@{TASK}]") is not None:
                tasks(element, work)
            elif element.tag == "div" or element.tag == "details":
                _box(element, work)
    for link in work.links:
        _link(link, work)
    listed = terms(work)
    if listed is not None:
        root.append(listed)
    for formula in list(root.iter("math")):
        inline_formula(formula, work)


def _words(element: etree.Element) -> int:
    """Running words, for the time that reading takes."""
    return sum(any(map(str.isalnum, word)) for word in "".join(element.itertext()).split())


def _heading(element: etree.Element, work: Work) -> None:
    title = work.text(element)
    # Counted, so that a heading without an anchor of its own still has the same one in every language.
    anchor = element.get("id") or f"part-{len(work.outline) + 1}"
    element.set("id", anchor)
    work.claim(anchor)
    work.outline.append(Heading(2 if element.tag in ("h1", "h2") else 3, anchor, title))
    if not title:
        work.notes.add("a heading without words", "##")


def _picture(element: etree.Element, work: Work) -> None:
    source = element.get("src", "")
    if not element.get("alt", "").strip():
        work.notes.add(f"the picture has no alternative text: {clip(source)}", f"]({source}" if source else "![](")
    element.attrib.pop("title", None)
    picture = work.picture(source, source or "![")
    if picture is None:
        element.attrib.pop("src", None)
        return
    element.set("src", picture.url)
    element.set("width", str(picture.width))
    element.set("height", str(picture.height))
    element.set("data-bytes", str(picture.size))
    element.set("loading", "lazy")
    element.set("decoding", "async")


def _link(element: etree.Element, work: Work) -> None:
    target = element.get("href", "")
    element.attrib.pop("title", None)
    if element.get("class") == "footnote-backref":
        number = re.sub(r"\D", "", element.get("data-number", ""))
        element.set("aria-label", f"{work.word('back')} {number}".strip())
        element.set("role", "doc-backlink")
        return
    if element.get("class") == "footnote-ref":
        element.set("role", "doc-noteref")
        return
    if work.empty(element):
        work.notes.add("a link without words", target)
    try:
        parts = urlsplit(target)
    except ValueError:
        work.notes.add(f"not an address: {clip(target)}", target)
        return
    if parts.scheme in ("http", "https"):
        element.set("rel", "noopener")
        if not parts.netloc:
            work.notes.add(f"not an address: {clip(target)}", target)
    elif parts.scheme == "mailto":
        pass
    elif target.startswith("#"):
        if target[1:] not in work.anchors:
            work.notes.add(f"no heading has this anchor: {clip(target)}", f"({target}")
    elif parts.scheme == "term":
        _term(element, target, work)
    elif target and not _SCHEME.match(target):
        file = work.file(target, target)
        if file is None:
            element.attrib.pop("href", None)
        else:
            attachment(element, file, work)
    else:
        try:
            element.set("href", work.resolver.link(target))
        except BadReferenceError as error:
            work.notes.add(str(error), target or "](")
            element.attrib.pop("href", None)


def _term(element: etree.Element, target: str, work: Work) -> None:
    """A term leads to its definition below the text; the first one is where the definition leads back to."""
    key = target.partition(":")[2]
    if key not in work.terms:
        try:
            if not ANCHOR.match(key):
                raise BadReferenceError(f"not the id of a term: {clip(target)}")
            work.terms[key] = work.resolver.term(key)
        except BadReferenceError as error:
            work.notes.add(str(error), target)
            element.attrib.pop("href", None)
            return
        element.set("id", f"use-{key}")
    element.attrib.update({"href": f"#term-{key}", "class": "term", "role": "doc-glossref"})


def _table(table: etree.Element, label: str, work: Work) -> etree.Element:
    """The table in a box that scrolls by itself and by keyboard; columns aligned by class; cells that head others."""
    for cell in table.iter():
        align = cell.attrib.pop("align", None)
        if align in ALIGN:
            cell.set("class", ALIGN[align])
    first = table.find("thead/tr")
    corner = first[0] if first is not None and len(first) else None
    for cell in first if first is not None else ():
        if work.text(cell):
            cell.set("scope", "col")
        else:
            cell.tag = "td"  # it heads nothing
    if corner is not None and corner.tag == "td" and len(first or ()) > 1:
        for row in table.iterfind("tbody/tr"):
            if len(row) and work.text(row[0]):
                row[0].tag = "th"
                row[0].set("scope", "row")
    frame = etree.Element("div", {"class": "table-scroll", "role": "region", "tabindex": "0", "aria-label": label})
    frame.append(table)
    frame.tail, table.tail = table.tail, None
    return frame


def _box(element: etree.Element, work: Work) -> None:
    """Our own class names; the footnotes become a part of the page that a screen reader can name."""
    classes = element.get("class", "").split()
    if element.tag == "details" and not element.get("name"):
        if classes != ["fold"]:
            element.set("class", f"box box-{classes[0]}" if classes else "box")
    elif classes[:1] == ["admonition"]:
        element.set("class", f"box box-{classes[1]}" if len(classes) > 1 else "box")
        for title in element.findall("p[@class='admonition-title']"):
            title.set("class", "box-title")
    elif classes == ["footnote"]:
        name = work.word("footnotes")
        element.attrib.update({"class": "footnotes", "role": "doc-endnotes", "aria-label": name})
        for rule in element.findall("hr"):
            element.remove(rule)
        for number, item in enumerate(element.findall("ol/li"), start=1):
            for link in item.iter("a"):
                if link.get("class") == "footnote-backref":
                    link.set("data-number", str(number))
