#!/usr/bin/env bash
# Removes the folder that `make demo` made, and no other: demo/.made-by-make-demo must be there.
set -euo pipefail
cd "$(dirname "$0")/.."

[ -e demo ] || exit 0
if [ ! -f demo/.made-by-make-demo ]; then
  echo "demo/ is in the way, and 'make demo' did not make it: move it elsewhere first." >&2
  exit 1
fi
# Installed packs are read-only, folders too; a folder must be writable before its files can go.
find demo -type d ! -perm -u+w -exec chmod u+w {} +
rm -rf demo
