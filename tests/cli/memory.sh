# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Memory does not grow with the file.
truncate -s 16M small
truncate -s 512M large
python3 - <<-'EOF'
	import os, resource, subprocess
	peak = {}
	for name in 'small', 'large':
	    run = subprocess.Popen([os.environ['CHAINBURST'], 'send', name, '--to', '192.0.2.2:9000',
	                            '--vdev', 'net_null0', '--data', 'map', '-q'])
	    _, status, usage = os.wait4(run.pid, 0)
	    peak[name] = usage.ru_maxrss
	    print(status)
	print(peak['large'] < peak['small'] + 16384 or peak)
EOF
