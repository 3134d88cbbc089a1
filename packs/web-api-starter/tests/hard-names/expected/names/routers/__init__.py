"""The routers and their tables: one module per class of the model.

A class may be called `list` or `str`, and its module hides that builtin here: name none in this file.
"""

from collections.abc import Sequence

from fastapi import APIRouter

from names.routers import (
    app,
    book,
    circle,
    circle_shapes,
    circle_shapes36e9a1,
    class3d_model,
    class_,
    class_example,
    class_names,
    doc,
    e6_97_a5,
    foo_bar,
    foo_bar_names,
    foo_bar_names877611,
    import_,
    node,
    omit,
    order,
    orders,
    page,
    person,
    person_foaf,
    resource,
)
from names.table import Table

ROUTERS: Sequence[APIRouter] = (
    app.router,
    book.router,
    circle.router,
    circle_shapes.router,
    circle_shapes36e9a1.router,
    class3d_model.router,
    class_.router,
    class_example.router,
    class_names.router,
    doc.router,
    e6_97_a5.router,
    foo_bar.router,
    foo_bar_names.router,
    foo_bar_names877611.router,
    import_.router,
    node.router,
    omit.router,
    order.router,
    orders.router,
    page.router,
    person.router,
    person_foaf.router,
    resource.router,
)

TABLES: Sequence[Table] = (
    app.TABLE,
    book.TABLE,
    circle.TABLE,
    circle_shapes.TABLE,
    circle_shapes36e9a1.TABLE,
    class3d_model.TABLE,
    class_.TABLE,
    class_example.TABLE,
    class_names.TABLE,
    doc.TABLE,
    e6_97_a5.TABLE,
    foo_bar.TABLE,
    foo_bar_names.TABLE,
    foo_bar_names877611.TABLE,
    import_.TABLE,
    node.TABLE,
    omit.TABLE,
    order.TABLE,
    orders.TABLE,
    page.TABLE,
    person.TABLE,
    person_foaf.TABLE,
    resource.TABLE,
)
