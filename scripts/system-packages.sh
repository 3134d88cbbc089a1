#!/usr/bin/env bash
# Installs the programs the tests need beside Python: node and npm, which compile the TypeScript that a pack generates;
# on Debian and the like also strace, mkfs.ext4 and mkfs.xfs, with which commands are cut off, Virtuoso, which runs
# our queries (its programs alone: the package virtuoso-opensource-7 would start a service), and Redis, which remembers
# what they gave. Elsewhere those tests are skipped. Only what is missing is installed; nothing happens when nothing is.
set -euo pipefail

packages=()
command -v node >/dev/null || packages+=(nodejs)
command -v npm >/dev/null || packages+=(npm)
if command -v apt-get >/dev/null; then
  PATH="$PATH:/usr/sbin:/sbin"
  command -v strace >/dev/null || packages+=(strace)
  command -v mkfs.ext4 >/dev/null || packages+=(e2fsprogs)
  command -v mkfs.xfs >/dev/null || packages+=(xfsprogs)
  command -v virtuoso-t >/dev/null || packages+=(virtuoso-opensource-7-bin)
  command -v redis-server >/dev/null || packages+=(redis-server)
fi
[ ${#packages[@]} -eq 0 ] && exit 0

stop() {
  echo "The tests need ${packages[*]}, and $1." >&2
  echo "Install Node.js 18 or newer with npm, then try again (macOS: brew install node; others: https://nodejs.org)." >&2
  exit 1
}

command -v apt-get >/dev/null || stop "there is no apt-get here to install them with"

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || stop "installing them needs root, or sudo"
  # With no terminal to ask on, sudo must not ask.
  if [ -t 0 ]; then as_root=(sudo); else as_root=(sudo -n); fi
fi

echo "Installing ${packages[*]} with apt-get"
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq || stop "'apt-get update' failed"
# --no-install-recommends: Debian's npm recommends a compiler and more, which nothing here uses.
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null || stop "'apt-get install' failed"
