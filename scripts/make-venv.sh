#!/usr/bin/env bash
# Makes the virtual environment VENV with the interpreter PYTHON, or says why it can't.
# Usage: make-venv.sh PYTHON VENV
set -euo pipefail
python=$1
venv=$2

if ! command -v "$python" >/dev/null; then
  echo "ggen needs Python 3.11 or newer, and there is no '$python' here." >&2
  echo "Install it (Debian, Ubuntu: apt-get install python3 python3-venv), or say which one to use: make PYTHON=/path/to/python3 …" >&2
  exit 1
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  echo "ggen needs Python 3.11 or newer; '$python' is $("$python" -V 2>&1)." >&2
  echo "Say which one to use: make PYTHON=/path/to/python3.11 …" >&2
  exit 1
fi

# Debian's python3 has the venv module but not what fills a new environment (ensurepip); its package python3-venv has.
if ! "$python" -m venv "$venv" >"$venv.log" 2>&1; then
  cat "$venv.log" >&2
  rm -rf "$venv" "$venv.log"
  echo >&2
  echo "'$python -m venv' failed. On Debian and Ubuntu it needs one more package: apt-get install python3-venv" >&2
  exit 1
fi
rm -f "$venv.log"
