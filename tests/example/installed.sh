#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# installed.sh BUILD-DIR: what `meson install` puts down is enough to build the README's program with
# the README's line, and the program so built sends.
set -euo pipefail
build=$(readlink -f "$1")
here=$(readlink -f "$(dirname "$0")")
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

DESTDIR=$tmp meson install -C "$build" --no-rebuild --quiet >/dev/null
pc=$(dirname "$(find "$tmp" -name libchainburst_proto.pc)")
sed -i "s|^prefix=|prefix=$tmp|" "$pc"/*.pc
export PKG_CONFIG_PATH=$pc

cp "$here/send_one.c" "$tmp"
cd "$tmp"
# shellcheck disable=SC2046 # several flags are meant
cc send_one.c $(pkg-config --cflags --libs libchainburst_proto) -o send_one
"$here/run.sh" ./send_one
