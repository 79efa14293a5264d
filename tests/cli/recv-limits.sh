# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# --count and --bytes: whole payloads, and no more than were asked for.
seq 1 1000 >file
"$CHAINBURST" send file --to 192.0.2.2:9000 --payload 100 --pcap out.pcap -q
"$CHAINBURST" recv --pcap out.pcap --count 3 -o - -q | cmp - <(head -c 300 file) && echo three
"$CHAINBURST" recv --pcap out.pcap --bytes 101 -o - -q | cmp - <(head -c 200 file) && echo two
"$CHAINBURST" recv --pcap out.pcap -o - -q | cmp - file && echo all
"$CHAINBURST" recv --pcap out.pcap --count 1 -o - 2>&1 >/dev/null | grep -E '^recv|datagrams'
