#!/usr/bin/env bash
# Run a generating target of the Makefile and add what it wrote to the commit: regenerate.sh TARGET FOLDER
set -euo pipefail
make --silent "$1"
git add "$2"
