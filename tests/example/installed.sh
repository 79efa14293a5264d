#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# installed.sh BUILD-DIR: what `meson install` puts down is enough to build the README's programs with
# the README's line, and what is so built sends and echoes.
set -euo pipefail
build=$(readlink -f "$1")
here=$(readlink -f "$(dirname "$0")")
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

DESTDIR=$tmp meson install -C "$build" --no-rebuild --quiet >/dev/null
pc=$(dirname "$(find "$tmp" -name libchainburst_proto.pc)")
sed -i "s|^prefix=|prefix=$tmp|" "$pc"/*.pc
export PKG_CONFIG_PATH=$pc

cp "$here"/{send,recv}_one.c "$tmp"
cd "$tmp"
for program in send_one recv_one; do
	# shellcheck disable=SC2046 # several flags are meant
	cc $program.c $(pkg-config --cflags --libs libchainburst_proto) -o $program
done
"$here/run.sh" ./send_one ./recv_one
