"""What `{%-` and `-%}` take away, after parsing, as Tera does it.

A tag trims only the text that touches it. The `else` part of a `for` is left as written, and a
comment at the very top trims nothing: so it is in Tera.
"""

from __future__ import annotations

from dataclasses import replace

from ggen_graph.core.template.tera import ast
from ggen_graph.core.template.tera.values import BLANKS


def trimmed(
    nodes: tuple[ast.Node, ...],
    around: ast.Trim = ast.Trim(),  # noqa: B008 - a NamedTuple is a value
) -> tuple[ast.Node, ...]:
    """The nodes of a body without the white space that their tags take away.

    `around` is what the tags around the body take from its start and its end.
    """
    found: list[ast.Node] = []
    after_text = False
    next_left = around.left
    for node in nodes:
        if isinstance(node, ast.Text):
            text = node.text.lstrip(BLANKS) if next_left else node.text
            if text:
                found.append(replace(node, text=text))
            after_text, next_left = True, False
            continue
        if isinstance(node, ast.Super):
            after_text = False
            found.append(node)
            continue
        before, after = _edges(node)
        if after_text and before:
            _trim_last(found)
        next_left, after_text = after, False
        found.append(_inside(node))
    if around.right:
        _trim_last(found)
    return tuple(found)


def _edges(node: ast.Node) -> tuple[bool, bool]:
    """Whether a tag trims the text before it and the text after it."""
    match node:
        case ast.If():
            return node.branches[0].trim.left, node.end.right
        case ast.Raw() | ast.For() | ast.FilterSection() | ast.Macro() | ast.Block():
            return node.start.left, node.end.right
        case ast.Text() | ast.Super():
            return False, False
        case _:
            return node.trim.left, node.trim.right


def _inside(node: ast.Node) -> ast.Node:
    """A node whose bodies are trimmed."""
    match node:
        case ast.Raw():
            text = node.text.lstrip(BLANKS) if node.start.right else node.text
            return replace(node, text=text.rstrip(BLANKS) if node.end.left else text)
        case ast.For() | ast.FilterSection() | ast.Macro() | ast.Block():
            around = ast.Trim(node.start.right, node.end.left)
            return replace(node, body=trimmed(node.body, around))
        case ast.If():
            lefts = [branch.trim.left for branch in node.branches[1:]] + [node.end.left]
            return replace(
                node,
                branches=tuple(
                    replace(branch, body=trimmed(branch.body, ast.Trim(branch.trim.right, right)))
                    for branch, right in zip(node.branches, lefts, strict=True)
                ),
            )
        case _:
            return node


def _trim_last(found: list[ast.Node]) -> None:
    if found and isinstance(last := found[-1], ast.Text):
        text = last.text.rstrip(BLANKS)
        found.pop()
        if text:
            found.append(replace(last, text=text))
