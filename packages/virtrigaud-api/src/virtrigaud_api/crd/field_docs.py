"""The docstrings below the fields of a model, which become the descriptions that `kubectl explain` shows.

Python does not keep them at run time, so they are read from the source; only the generator pays for it.
"""

import ast
import inspect
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from virtrigaud_api.v1beta1.kube_model import KubeModel


def field_docs(model: type[KubeModel]) -> Mapping[str, str]:
    """Return the docstring of each documented field of a model, base classes included."""
    docs: dict[str, str] = {}
    for ancestor in reversed(model.__mro__):
        if issubclass(ancestor, KubeModel):
            docs |= _docs_of_module(inspect.getfile(ancestor)).get(ancestor.__name__, {})
    return docs


def model_doc(model: type[KubeModel]) -> str:
    """Return the docstring of a model as one line."""
    return _one_line(model.__doc__ or "")


@cache
def _docs_of_module(file: str) -> Mapping[str, Mapping[str, str]]:
    tree = ast.parse(Path(file).read_text(encoding="utf-8"))
    return {node.name: _docs_of_class(node) for node in tree.body if isinstance(node, ast.ClassDef)}


def _docs_of_class(node: ast.ClassDef) -> Mapping[str, str]:
    docs: dict[str, str] = {}
    for field, below in zip(node.body, node.body[1:], strict=False):
        match field, below:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                docs[name] = _one_line(text)
            case _:
                continue
    return docs


def _one_line(text: str) -> str:
    return " ".join(text.split())
