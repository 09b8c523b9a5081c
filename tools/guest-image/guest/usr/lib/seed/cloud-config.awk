# Reads the small part of #cloud-config that the guest knows and stages it as files below `staged`:
# hostname, files/N/{path,content,mode} and run/NNN (one executable each command).

function indent_of(line) { match(line, /^ */); return RLENGTH }

function plain(value) {
	sub(/^[ \t]+/, "", value)
	sub(/[ \t]+$/, "", value)
	if (value ~ /^".*"$/) {
		value = substr(value, 2, length(value) - 2)
		gsub(/\\n/, "\n", value)
		gsub(/\\t/, "\t", value)
		gsub(/\\"/, "\"", value)
		gsub(/\\\\/, "\\", value)
	} else if (value ~ /^'.*'$/) {
		value = substr(value, 2, length(value) - 2)
		gsub(/''/, "'", value)
	}
	return value
}

function put(path, text) { printf "%s", text > path; close(path) }

function quoted(word) { gsub(/'/, "'\\''", word); return "'" word "'" }

# A flow list such as [ touch, "/a b" ] becomes one shell line with each word quoted.
function words_of(list,    n, i, items, line) {
	gsub(/^\[[ ]*|[ ]*\]$/, "", list)
	n = split(list, items, /, */)
	for (i = 1; i <= n; i++) line = line (i > 1 ? " " : "") quoted(plain(items[i]))
	return line
}

function command(text,    path) {
	commands++
	path = sprintf("%s/run/%03d", staged, commands)
	if (text ~ /^\[.*\]$/) text = words_of(text)
	else text = plain(text)
	put(path, "#!/bin/sh\n" text "\n")
	system("chmod 755 " path)
}

function new_file() {
	files++
	folder = staged "/files/" sprintf("%03d", files)
	system("mkdir -p " folder)
}

function file_key(key, value) {
	if (key == "path") put(folder "/path", plain(value))
	else if (key == "permissions") put(folder "/mode", plain(value))
	else if (key == "content") put(folder "/content", plain(value))
}

# The lines of a block scalar are collected until one is indented less.
function begin_block(target, parent) { block = target; block_parent = parent; block_indent = -1; text = "" }

function end_block() {
	if (block == "content") put(folder "/content", text)
	else if (block == "command") command(text)
	block = ""
}

block != "" {
	if ($0 ~ /^[ \t]*$/) { text = text "\n"; next }
	if (indent_of($0) > block_parent) {
		if (block_indent < 0) block_indent = indent_of($0)
		text = text substr($0, block_indent + 1) "\n"
		next
	}
	end_block()
}

/^[ \t]*(#|$)/ { next }

/^[a-z_]+:/ {
	section = $0
	sub(/:.*/, "", section)
	rest = $0
	sub(/^[a-z_]+: */, "", rest)
	if (section == "hostname") put(staged "/hostname", plain(rest))
	else if (section != "write_files" && section != "runcmd")
		print "guest: #cloud-config " section " is not known here" > "/dev/console"
	next
}

section == "runcmd" && /^ *- / {
	rest = $0
	sub(/^ *- /, "", rest)
	if (rest ~ /^[|>][-+]?$/) begin_block("command", indent_of($0))
	else command(rest)
	next
}

section == "write_files" {
	line = $0
	if (line ~ /^ *- /) { new_file(); sub(/- /, "  ", line) }
	key = line
	sub(/^ */, "", key)
	sub(/:.*/, "", key)
	rest = line
	sub(/^ *[a-z_]+: */, "", rest)
	if (key == "content" && rest ~ /^[|>][-+]?$/) begin_block("content", indent_of(line))
	else file_key(key, rest)
}

END { if (block != "") end_block() }
