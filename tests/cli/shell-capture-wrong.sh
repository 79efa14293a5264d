# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
for words in 'start' 'start -' 'start /nowhere/x' 'start x foo' 'start x link foo' 'start x snaplen 13' \
	'start x sample 0' 'start x rotate 1k 2' 'start x rotate 1M' 'stop' \
	'start x; capture start y'; do
	"$CHAINBURST" shell --vdev net_null0 -c "capture $words" >stdout
	echo "$?: $(wc -l <stdout)"
done
