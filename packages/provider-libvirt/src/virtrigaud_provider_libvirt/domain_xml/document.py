"""Small tools for XML documents: build an element in one expression, parse, render."""

from collections.abc import Mapping
from xml.etree import ElementTree as ET


def element(tag: str, attributes: Mapping[str, str] | None = None, *children: ET.Element, text: str = "") -> ET.Element:
    """Build an element with its attributes, children and text."""
    made = ET.Element(tag, dict(attributes or {}))
    made.extend(children)
    if text:
        made.text = text
    return made


def parse(document: str) -> ET.Element:
    """Read a document that libvirt wrote."""
    return ET.fromstring(document)  # noqa: S314 - the hypervisor is who we trust


def render(root: ET.Element) -> str:
    """Write a document, indented for people."""
    ET.indent(root)
    return ET.tostring(root, encoding="unicode") + "\n"


def text_of(root: ET.Element, path: str, default: str = "") -> str:
    """The text of the element at `path`."""
    return root.findtext(path, default) or default


def attribute_of(root: ET.Element, path: str, name: str, default: str = "") -> str:
    """An attribute of the element at `path`."""
    found = root.find(path)
    return default if found is None else found.get(name, default)
