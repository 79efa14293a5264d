# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# SIGINT while the port takes nothing: what has not begun is canceled, the rest is given up.
head -c 3000000 /dev/zero >file
"$CHAINBURST" send file --to 192.0.2.2:9000 --vdev net_ring0 --gateway-mac 02:00:00:00:00:02 \
	--json >report &
sleep 3
kill -INT $!
wait $!
echo "exit $?"
python3 - <<-'EOF'
	import json
	it = json.load(open('report'))
	done, why = it['payloads'], it['reasons']
	print(it['status'], it['exit_status'], done['accepted'] == done['completed'] + done['failed'])
	print(done['failed'] == why['canceled'] + why['stopped'], why['canceled'] > 0)
EOF
