#!/usr/bin/env bash
# Builds the image that `cargo xtask bench` measures, once: one gzip layer, a tar of about 760 MB, about 2,250
# packages (a Debian system with python3, nodejs, npm, a JRE and ruby, and Python and npm packages beside it).
#
#   build-large-image.sh [DIR]  DIR defaults to ~/.cache/boltseal/large-image
#
#   DIR/oci        OCI layout, tag `large`
#   DIR/facts.txt  bytes of the tar and of the layer, entries of the tar, lines of dpkg, npm and so on
#
# Needs root, mmdebstrap, umoci, GNU tar, pip, npm, and the package registries. A second call returns at once,
# unless these scripts changed.
set -euo pipefail
umask 022

fail() {
    echo "build-large-image.sh: $*" >&2
    exit 1
}

say() {
    echo "build-large-image.sh: $(date +%T) $*" >&2
}

for tool in mmdebstrap umoci tar pip npm flock; do
    command -v "$tool" >/dev/null || fail "\`$tool\` is not installed"
done

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
dir=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/boltseal/large-image}
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
recipe=$(cat "$here/build-large-image.sh" "$here/debian-root.sh" | sha256sum | cut -d' ' -f1)

exec 9>"$dir/lock"
flock 9
if [ "$(cat "$dir/complete" 2>/dev/null)" = "$recipe" ]; then
    say "$dir is complete"
    exit 0
fi

work=$(mktemp -d "$dir/building.XXXXXX")
trap 'rm -rf "$work"' EXIT

say "Debian root"
"$here/debian-root.sh" "$work/layer.tar" \
    python3,python3-yaml,python3-requests,nodejs,npm,default-jre-headless,ruby,git

say "Python and npm packages"
site=$work/extra/opt/venv/lib/python3/site-packages
mkdir -p "$site" "$work/extra/app"
pip install --quiet --disable-pip-version-check --root-user-action=ignore --no-deps --no-compile --target "$site" \
    Django==3.2.1 requests==2.19.1 urllib3==1.23 Jinja2==2.10 Flask==1.0 Werkzeug==0.15.3 certifi==2022.12.7 idna==2.7
echo '{"name":"large-app","version":"1.0.0","private":true}' >"$work/extra/app/package.json"
npm install --silent --prefix "$work/extra/app" --no-audit --no-fund --ignore-scripts --no-package-lock \
    lodash@4.17.15 minimist@1.2.0 express@4.16.0 >/dev/null
tar --create --file "$work/extra.tar" --directory "$work/extra" --owner=0 --group=0 --numeric-owner --sort=name .
tar --concatenate --file "$work/layer.tar" "$work/extra.tar"

say "layer"
umoci init --layout "$work/oci"
umoci new --image "$work/oci:large"
umoci raw add-layer --image "$work/oci:large" --history.created_by 'ADD large-root.tar /' "$work/layer.tar"
umoci gc --layout "$work/oci"

tar --list --file "$work/layer.tar" >"$work/names"
count() {
    grep -cE "$1" "$work/names" || true
}
{
    echo "tar-bytes $(stat -c %s "$work/layer.tar")"
    echo "layer-bytes $(find "$work/oci/blobs" -type f -printf '%s\n' | sort -n | tail -n 1)"
    echo "entries $(wc -l <"$work/names")"
    echo "dpkg $(tar --extract --to-stdout --file "$work/layer.tar" ./var/lib/dpkg/status | grep -c '^Status: install ok installed')"
    echo "python $(count '\.(dist-info/METADATA|egg-info(/PKG-INFO)?)$')"
    echo "node $(count '/package\.json$')"
    echo "gem $(count '/specifications/.*\.gemspec$')"
} >"$work/facts.txt"

rm -rf "$dir/complete" "$dir/oci" "$dir/facts.txt"
mv "$work/oci" "$work/facts.txt" "$dir/"
echo "$recipe" >"$dir/complete"
say "$dir is complete"
