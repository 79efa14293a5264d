# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# SIGINT while the next hop is being asked for: what waits is canceled, all descriptors come back.
head -c 3000000 /dev/zero >file
"$CHAINBURST" send file --to 192.0.2.2:9000 --vdev net_ring0 --json >report &
sleep 2
kill -INT $!
wait $!
echo "exit $?"
python3 - <<-'EOF'
	import json
	it = json.load(open('report'))
	done, why = it['payloads'], it['reasons']
	print(it['status'], done['accepted'] == done['completed'] + done['failed'])
	print(done['failed'] == why['canceled'] > 0)
EOF
