#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# symbols.sh BUILD-DIR: what the public headers declare is what the libraries export, no more and no
# less; all of it links through pkg-config alone; and no object holds data that can be written.
set -euo pipefail
build=$(readlink -f "$1")
cd "$(dirname "$0")/../.."
source tests/lint/public.sh

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
bad=0

# Names behind PKTPOOL_API: a function's stands before its first bracket, a variable's before ';'.
declared() {
	grep -hv "^#" "${public_headers[@]}" | tr '\n' ' ' | sed 's|/\*|\x01|g; s|\*/|\x02|g; s|\x01[^\x02]*\x02||g' |
		grep -oE 'PKTPOOL_API [^;(]*[;(]' | grep -oE '[a-z_0-9]+ *[;(]$' | tr -d ' ;(' | sort -u
}

objects() {
	find "$build/lib" -name '*.c.o' | sort
}

exported() {
	objects | xargs readelf -Ws | awk '$5 == "GLOBAL" && $6 == "DEFAULT" && $7 != "UND" { print $8 }' |
		sort -u
}

declared >"$tmp/declared"
exported >"$tmp/exported"
[[ -s $tmp/declared ]] || { echo "no declarations found" && exit 1; }
while read -r name; do
	echo "declared in a public header, exported nowhere: $name"
	bad=1
done < <(comm -23 "$tmp/declared" "$tmp/exported")
while read -r name; do
	echo "exported, but in no public header: $name"
	bad=1
done < <(comm -13 "$tmp/declared" "$tmp/exported")

# A program that names each of them links.
{
	for header in "${public_headers[@]}"; do
		printf '#include <%s>\n' "$(basename "$header")"
	done
	printf 'const void *const all[] = {\n'
	sed 's/.*/\t(const void *)\&&,/' "$tmp/declared"
	printf '};\nint main(void) { return all[0] == 0; }\n'
} >"$tmp/all.c"
export PKG_CONFIG_PATH=$build/meson-uninstalled
# shellcheck disable=SC2046 # several flags are meant
if ! gcc -D_GNU_SOURCE -w $(pkg-config --cflags libchainburst_proto) "$tmp/all.c" -o "$tmp/all" \
	$(pkg-config --libs libchainburst_proto) 2>"$tmp/link" || ! "$tmp/all"; then
	tail -20 "$tmp/link"
	echo "a program that names every public symbol does not link"
	bad=1
fi

while read -r object section size; do
	echo "$object: $size bytes of data that can be written ($section): no state at file scope in lib/"
	bad=1
done < <(for o in $(objects); do
	readelf -SW "$o" | sed 's/^ *\[ *[0-9]*\] *//' |
		awk -v o="${o#"$build/"}" '$1 ~ /^\.(t?data|t?bss)/ && $1 !~ /^\.data\.rel\.ro/ &&
			$5 !~ /^0+$/ { print o, $1, "0x" $5 }'
done)
echo "$(wc -l <"$tmp/declared") public symbols, $(objects | wc -l) objects"
exit "$bad"
