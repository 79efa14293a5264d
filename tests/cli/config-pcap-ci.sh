# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# configs/pcap-ci.yaml, and what tshark puts together from the capture that it leaves.
"$CHAINBURST" --config "$(dirname "$0")/../../configs/pcap-ci.yaml" 2>log | grep -E 'payloads sent|octets sent'
tshark -n -r chainburst.pcap -o ip.check_checksum:TRUE -o udp.check_checksum:TRUE -T fields -E separator=, \
	-e ip.checksum.status -e udp.checksum.status -e udp.length -e _ws.malformed 2>/dev/null | sort | uniq -c
