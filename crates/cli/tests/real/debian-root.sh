#!/usr/bin/env bash
# Makes the tar of a minimal Debian root with more packages in it, from the mirror that this machine's apt uses.
#
#   debian-root.sh OUT.tar PACKAGE[,PACKAGE…]
#
# Only the release itself is used, without its security and update suites, so that the image has something to find.
set -euo pipefail

fail() {
    echo "debian-root.sh: $*" >&2
    exit 1
}

[ "$#" -eq 2 ] || fail "usage: debian-root.sh OUT.tar PACKAGE[,PACKAGE…]"
out=$1
packages=$2

[ "$(id -u)" -eq 0 ] || fail "needs root (or \`unshare --map-auto --map-root-user\`), to make the files of a system"
command -v mmdebstrap >/dev/null || fail "\`mmdebstrap\` is not installed"

# "URI suite component" of every Debian archive that apt knows; a release has no dash in its name.
sources=$(apt-get indextargets --format '$(ORIGIN) $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
    awk '$1 == "Debian" && $3 !~ /[-\/]/ { print $2, $3, $4 }' | sort -u)
[ -n "$sources" ] || fail "apt knows no Debian release here; run \`apt-get update\` first"
suite=$(awk 'NR == 1 { print $2 }' <<<"$sources")

temporary=$(mktemp "$out.XXXXXX")
trap 'rm -f "$temporary"' EXIT
awk -v suite="$suite" '$2 == suite && $3 == "main" { print "deb", $1, $2, $3 }' <<<"$sources" |
    mmdebstrap --quiet --variant=minbase --format=tar --skip=output/dev --include="$packages" "$suite" - - >"$temporary"
mv "$temporary" "$out"
