#!/usr/bin/env bash
# Runs Debian's docker-registry on a free loopback port with an image in it, until standard input ends.
#
#   start-registry.sh OCI_DIR TAG [REPOSITORY]
#
# Pushes `oci:OCI_DIR:TAG` as REPOSITORY:TAG (default `boltseal/real`) with skopeo, prints the reference
# (`127.0.0.1:PORT/REPOSITORY:TAG`) as its one line of output, and then waits. A caller keeps a pipe on standard
# input open as long as it needs the registry; if the caller dies, the pipe ends and so does the registry. The
# storage is temporary.
set -euo pipefail

fail() {
    echo "start-registry.sh: $*" >&2
    exit 1
}

[ "$#" -ge 2 ] || fail "usage: start-registry.sh OCI_DIR TAG [REPOSITORY]"
oci=$1
tag=$2
repository=${3:-boltseal/real}
for tool in docker-registry skopeo; do
    command -v "$tool" >/dev/null || fail "\`$tool\` is not installed"
done

work=$(mktemp -d)
registry=
stop() {
    trap - EXIT INT TERM
    if [ -n "$registry" ]; then
        kill "$registry" 2>/dev/null || true
        wait "$registry" 2>/dev/null || true
    fi
    rm -rf "$work"
}
trap stop EXIT
trap 'exit 143' INT TERM

mkdir "$work/storage"
cat >"$work/config.yml" <<YAML
version: 0.1
log: { level: info, accesslog: { disabled: true } }
storage:
  filesystem: { rootdirectory: $work/storage }
http:
  addr: 127.0.0.1:0
YAML
docker-registry serve "$work/config.yml" </dev/null >"$work/log" 2>&1 &
registry=$!

port=
for _ in $(seq 100); do
    port=$(sed -n 's/.*listening on 127\.0\.0\.1:\([0-9]*\).*/\1/p' "$work/log" | head -n 1)
    [ -z "$port" ] || break
    kill -0 "$registry" 2>/dev/null || break
    sleep 0.1
done
[ -n "$port" ] || fail "docker-registry did not start: $(tail -n 5 "$work/log")"

reference=127.0.0.1:$port/$repository:$tag
skopeo --insecure-policy copy --quiet --dest-tls-verify=false "oci:$oci:$tag" "docker://$reference" >&2
echo "$reference"
# Nothing is expected; the end of input is the signal.
while read -r _; do :; done
