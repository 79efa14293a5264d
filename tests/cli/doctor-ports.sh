# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Ports and links, by EAL arguments and by a file; what is asked for says which need is meant.
# shellcheck source=tests/cli/doctor_tree.bash
source "$(dirname "$0")/doctor_tree.bash"
healthy
eal=(--no-huge --no-pci --no-shconf --no-telemetry -m 64 --log-level=error --lcores=0@0)
ports() {
	grep -A99 -E '^[a-zA-Z]+ +(port|eal) ' | grep -v '^Cures'
}
echo "== arguments"
"$CHAINBURST" "${eal[@]}" --file-prefix "doctor$$" --vdev net_null0 -- doctor --sysroot tree | ports
echo "== a file whose links cannot be"
cat >bad.yaml <<-EOF
	eal: [--no-huge, --no-pci, --no-shconf, --no-telemetry, --log-level=error, --lcores=0@0,
	  --file-prefix=doctor$$, "--vdev=net_null0", "--vdev=net_pcap0,tx_pcap=x.pcap"]
	workers: 17
	links:
	  - {port: net_pcap0, name: long, mtu: 16111}
	  - {port: net_null1, name: gone}
	  - {port: 7, name: far}
	  - {port: 0, name: good}
EOF
doctor --config bad.yaml 2>&1 | ports
echo "exit $?"
echo "== the same with a smaller MTU has too few queues"
sed -i 's/16111/16110/' bad.yaml
doctor --config bad.yaml 2>&1 | ports | grep -A2 long:
echo "== no port at all"
"$CHAINBURST" "${eal[@]}" --file-prefix "doctor$$" -- doctor --sysroot tree | ports
echo "== arguments that the EAL does not take"
"$CHAINBURST" --no-huge --no-pci --no-shconf --vdev net_nonsense0 --log-level=emergency \
	--file-prefix "doctor$$" -- doctor --sysroot tree 2>/dev/null | ports
echo "== a file of devices alone needs no hugepages"
echo 'eal: [--vdev=net_null0]' >embedded.yaml
doctor --config embedded.yaml 2>&1 | ports
echo "== a file without devices"
echo 'workers: 1' >none.yaml
doctor --config none.yaml 2>&1 | ports
echo "== need"
"$CHAINBURST" --no-pci --no-shconf --vdev net_nonsense0 --log-level=emergency \
	--file-prefix "doctor$$" -- doctor --sysroot tree 2>/dev/null | sed -n 's/: not ready.*//p'
for words in '' '--need auto' '--need nic' '--need no-huge'; do
	# shellcheck disable=SC2086 # words are meant
	doctor $words | tail -1
done
