"""The Tera 1.x dialect: `grammar` → `whitespace` → `lower` → Jinja2's compiler and sandbox.

What a template may say is Tera's grammar, rule by rule; what it means is Tera's renderer, in
`values`, `filters_*`, `testers` and `functions`. Real Tera is the oracle in the tests.
"""
