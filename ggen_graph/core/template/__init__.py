"""Templates: front matter, rows, and the two languages a body may be written in.

`frontmatter` reads what stands between the `---` lines, `rows` holds the answers of queries,
`engine` compiles and renders a body. A body is Tera 1.x (`.tera`, `.tmpl`; in `tera/`) or Jinja2
(`.j2`; in `jinja`), both in Jinja2's sandbox. `casing` has what both add.
"""
