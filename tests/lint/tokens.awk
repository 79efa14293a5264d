# SPDX-License-Identifier: BSD-3-Clause
# Calls that are banned, by folder. Comments and strings do not count. Used by tokens.sh.

BEGIN {
	lib = "^lib/"
	# The library never prints, ends the process or asserts; whoever calls it decides.
	ban(lib, "v?printf|puts|putchar|perror|rte_log|rte_vlog|RTE_LOG|RTE_LOG_DP", "lib/ never prints or logs")
	ban(lib, "abort|_?exit|_Exit|quick_exit|rte_exit|rte_panic|RTE_VERIFY", "lib/ never ends the process")
	ban(lib, "assert|RTE_ASSERT", "lib/ asserts nothing: check, count, return an errno")
	# No state but what hangs off a stack or a pool.
	ban(lib, "RTE_INIT|RTE_INIT_PRIO|RTE_FINI|RTE_LOG_REGISTER|RTE_LOG_REGISTER_DEFAULT|RTE_LOG_REGISTER_SUFFIX|__constructor__|constructor", "lib/ has no constructors")
	ban(lib, "rand|srand|random|rte_rand|rte_rand_max|time|gettimeofday", "time and randomness are parameters in lib/")
	ban(lib, "sleep|usleep|nanosleep|rte_delay_us|rte_delay_ms|rte_delay_us_block|rte_delay_us_sleep", "lib/ never waits")
	# The two files need an array for one call of the control path.
	ban(lib, "malloc|calloc|realloc|strdup|strndup|asprintf|alloca", "memory in lib/ comes from EAL: rte_*alloc_socket, pktpool_mem_alloc", "^lib/pktpool/(mem_dma|track)\\.c$")
	# One place talks to the driver (and one for frames that pass the stack by); one place walks chains.
	ban("^(app|lib)/", "rte_eth_tx_burst|rte_eth_rx_burst|rte_eth_tx_buffer|rte_eth_tx_prepare|rte_eth_tx_done_cleanup", "only lib/proto/link/port_ethdev.c bursts, and app/cli/engine/raw.c", "^(lib/proto/link/port_ethdev\\.c$|app/cli/engine/raw\\.c$|app/bench/)")
	ban("^(app|lib)/", "rte_pktmbuf_chain|rte_pktmbuf_lastseg", "walks the whole chain: use pkt_chain_back()", "^(lib/pktpool/|app/bench/)")
	ban("^(app|lib)/", "rte_ipv4_fragment_packet|rte_ipv6_fragment_packet|rte_ipv4_frag_reassemble_packet|rte_ipv6_frag_reassemble_packet", "DESIGN 10: rte_ip_frag is a baseline of the benchmark only", "^app/bench/")
	# No bound, no error, or a shell.
	ban("^(app|lib)/", "gets|strcpy|strcat|sprintf|vsprintf|strtok|atoi|atol|atoll|atof|system|popen|tmpnam|mktemp", "no bound or no error: use the checked form")
}

function ban(where, words, why, except) {
	n_bans++
	Where[n_bans] = where
	Words[n_bans] = "(^|[^A-Za-z0-9_])(" words ")[ \t]*\\("
	Why[n_bans] = why
	Except[n_bans] = except
}

# The line without comments and what is in quotes.
function code(s,   out, c, two, i) {
	out = ""
	for (i = 1; i <= length(s); i++) {
		c = substr(s, i, 1)
		two = substr(s, i, 2)
		if (in_comment) {
			if (two == "*/") {
				in_comment = 0
				i++
			}
		} else if (quote != "") {
			if (c == "\\")
				i++
			else if (c == quote)
				quote = ""
		} else if (two == "/*") {
			in_comment = 1
			i++
		} else if (two == "//") {
			break
		} else if (c == "\"" || c == "'") {
			quote = c
			out = out c
		} else {
			out = out c
		}
	}
	if (s !~ /\\$/)
		quote = ""
	return out
}

FNR == 1 {
	in_comment = 0
	quote = ""
	files++
}

{
	text = code($0)
	if (text !~ /\(/)
		next
	for (b = 1; b <= n_bans; b++) {
		if (Where[b] != "" && FILENAME !~ Where[b])
			continue
		if (Except[b] != "" && FILENAME ~ Except[b])
			continue
		if (text ~ Words[b]) {
			print FILENAME ":" FNR ": " Why[b] ": " $0
			bad = 1
		}
	}
}

END {
	print files + 0 " files, " n_bans " rules"
	exit bad || !files
}
