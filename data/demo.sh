#!/bin/sh
# What `make demo` shows: data/demo.sh COMMAND ARCHIVE
set -eu
imr=$1
archive=$2

bold='' plain=''
if [ -t 1 ]; then
  bold=$(printf '\033[1m') plain=$(printf '\033[0m')
fi

step() { printf '\n%s$ imr-archive %s%s\n' "$bold" "$1" "$plain"; }

step "ingest data/letters"
"$imr" ingest data/letters --db "$archive"

step 'query "massage upheld by specialty"'
"$imr" query "massage upheld by specialty" --db "$archive"

step 'search "home exercise" --limit 3'
"$imr" search "home exercise" --limit 3 --db "$archive"

cat <<END

The archive is $archive. To go on (each command takes --help):

  $imr search "norco" --outcome overturned --db $archive
  $imr stats --by category --by year --db $archive
  $imr export data/demo/open --format datasette --db $archive
  $imr serve --db $archive          then open http://127.0.0.1:8001
  $imr ingest YOUR_FOLDER --db imr.db
END
