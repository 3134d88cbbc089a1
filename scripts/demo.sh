#!/usr/bin/env bash
# `make demo`: the main job from start to end, in the folder demo/ and nowhere else.
set -euo pipefail
cd "$(dirname "$0")/.."
checkout=$PWD
ggen=$checkout/.venv/bin/ggen

step() { printf '\n== %s\n' "$1"; }
# What is shown is what is run; `ggen` stands for the one in .venv.
run() {
  printf '$'
  for word in "$@"; do
    case $word in
      *[!A-Za-z0-9_./=:@+-]*) printf " '%s'" "$word" ;;
      *) printf ' %s' "$word" ;;
    esac
  done
  printf '\n'
  "$@"
}
ggen() { "$ggen" "$@"; }

scripts/remove-demo.sh
mkdir demo
touch demo/.made-by-make-demo
export GGEN_HOME=$checkout/demo/.ggen-home
cd demo

step 'A project, from a pack and what it depends on'
run ggen new shop --pack web-api-starter --var author='Ada Example <ada@example.org>'
cd shop

step "The project's own tests, in its own environment"
run "${PYTHON:-python3}" -m venv .venv
run .venv/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
run .venv/bin/python -m pytest -q

step 'Which release made which file?'
run ggen packs sparql --query-file ../../queries/files/trace-origins.rq

step 'What requires what, and which version did it get?'
run ggen packs sparql --query-file ../../queries/lock/trace-requirements.rq

step 'Which template reads which query?'
run ggen packs sparql --query-file ../../queries/templates/trace-queries.rq

step 'Done'
cat <<TEXT
The project is in demo/shop; 'make demo' makes it anew each time. To try next:

  export PATH="$checkout/.venv/bin:\$PATH" GGEN_HOME="$GGEN_HOME"
  cd $PWD
  cat ggen.toml ggen.lock                          # what it wants, and what it got
  ggen packs list                                  # the packs there are
  ggen packs show web-api-starter --variables      # what one pack takes
  ggen graph status                                # what the graph was made from
  ggen packs sparql --query 'SELECT ?file WHERE { ?f a ggen:GeneratedFile ; ggen:path ?file } ORDER BY ?file'

Then, with a model of your own: $checkout/docs/tutorials/first-project.md
TEXT
