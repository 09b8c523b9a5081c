# Reads network-config version 2 and stages one file a NIC below `staged`, named by its MAC address, with the lines
# "address A/N", "gateway A", "nameserver A" and "dhcp true|false".

function plain(value) { gsub(/^[ \t"'\[]+|[ \t"'\],]+$/, "", value); return value }

function flush_nic(    i) {
	if (mac == "") return
	for (i = 1; i <= lines; i++) print found[i] > (staged "/" mac)
	print "dhcp " dhcp > (staged "/" mac)
	mac = ""; lines = 0; dhcp = "false"
}

function note(kind, value,    n, i, items) {
	n = split(value, items, /,/)
	for (i = 1; i <= n; i++) if (plain(items[i]) != "") found[++lines] = kind " " plain(items[i])
}

function after_colon(line) { sub(/^[^:]*: */, "", line); return line }

BEGIN { dhcp = "false" }

/^ *ethernets:/ { nic_indent = -1; match($0, /^ */); parent = RLENGTH; next }

{
	match($0, /^ */)
	depth = RLENGTH
	if (nic_indent < 0 && depth > parent) nic_indent = depth
	if (depth == nic_indent) { flush_nic(); list = ""; next }
	line = substr($0, depth + 1)
}

line ~ /^macaddress:/ { mac = tolower(plain(after_colon(line))); next }
line ~ /^dhcp4:/ { dhcp = plain(after_colon(line)); list = ""; next }
line ~ /^nameservers:/ { servers = 1; next }
line ~ /^search:/ { list = "search"; next }
line ~ /^addresses:/ { list = servers ? "nameserver" : "address"; servers = 0; note(list, after_colon(line)); next }
line ~ /^gateway4:/ { note("gateway", after_colon(line)); next }
line ~ /^(- )?via:/ { note("gateway", after_colon(line)); next }
line ~ /^routes:/ { list = "routes"; next }
line ~ /^- / && (list == "address" || list == "nameserver") { note(list, substr(line, 3)); next }

END { flush_nic() }
