#!/usr/bin/env bash
# Builds the real image of the end-to-end test, once, and writes down what the ecosystems' own tools find in it.
#
#   build-image.sh [DIR]        DIR defaults to ~/.cache/boltseal/real-image
#
#   DIR/oci         OCI layout, tag `real`
#   DIR/docker.tar  the same as docker-archive, `boltseal/real:latest`
#   DIR/expected    what dpkg-query, pip, npm, gem, go and so on say, one package a line
#
# Three layers: a Debian root (python3, nodejs, npm, a JRE, ruby), old packages of several ecosystems on top, and
# a last one that deletes and replaces. umoci makes the layers, so nothing of ours had a hand in them.
#
# Needs root, mmdebstrap, umoci, skopeo, python3 with pip, npm, mvn, go, cargo, objcopy, dpkg, and the package
# registries. A second call returns at once, unless these scripts changed.
set -euo pipefail
umask 022

fail() {
    echo "build-image.sh: $*" >&2
    exit 1
}

say() {
    echo "build-image.sh: $(date +%T) $*" >&2
}

for tool in mmdebstrap umoci skopeo python3 pip npm node mvn go cargo objcopy dpkg dpkg-query flock; do
    command -v "$tool" >/dev/null || fail "\`$tool\` is not installed"
done

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
dir=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/boltseal/real-image}
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
recipe=$(cat "$here/build-image.sh" "$here/debian-root.sh" "$here/expected.sh" | sha256sum | cut -d' ' -f1)

exec 9>"$dir/lock"
flock 9
if [ "$(cat "$dir/complete" 2>/dev/null)" = "$recipe" ]; then
    say "$dir is complete"
    exit 0
fi

work=$(mktemp -d "$dir/building.XXXXXX")
trap 'rm -rf "$work"' EXIT

# --- first layer: a Debian system -----------------------------------------------------------------------------
say "Debian root"
"$here/debian-root.sh" "$work/base.tar" \
    python3,python3-yaml,python3-requests,nodejs,npm,default-jre-headless,ruby,hello

say "first layer"
oci=$work/oci
umoci init --layout "$oci"
umoci new --image "$oci:real"
umoci raw add-layer --image "$oci:real" --history.created_by 'ADD debian-root.tar /' "$work/base.tar"
rm "$work/base.tar"
umoci unpack --image "$oci:real" "$work/bundle"
root=$work/bundle/rootfs

# --- second layer: old packages -------------------------------------------------------------------------------
say "Python"
site=$(cd "$root" && ls -d usr/lib/python3.[0-9]*/ | sed 's|usr/lib/|usr/local/lib/|')dist-packages
mkdir -p "$root/$site"
pip install --quiet --disable-pip-version-check --root-user-action=ignore --no-deps --no-compile --target "$root/$site" \
    Django==3.2.1 requests==2.19.1 PyYAML==5.3.1 urllib3==1.23 Jinja2==2.10

say "npm"
mkdir -p "$root/app" "$root/srv/old"
echo '{"name":"lab-app","version":"1.0.0","private":true}' >"$root/app/package.json"
echo '{"name":"old-app","version":"0.1.0","private":true}' >"$root/srv/old/package.json"
npm_install() {
    npm install --silent --prefix "$1" --no-audit --no-fund --ignore-scripts --no-package-lock "${@:2}" >/dev/null
}
npm_install "$root/app" lodash@4.17.15 minimist@1.2.0 express@4.16.0
npm_install "$root/srv/old" left-pad@1.3.0

say "Java"
mkdir -p "$root/app/lib"
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy \
    -Dartifact=org.apache.logging.log4j:log4j-core:2.14.1 -DoutputDirectory="$root/app/lib" >&2

say "Go"
mkdir -p "$root/app/bin" "$work/go"
cat >"$work/go/go.mod" <<'MOD'
module example.com/lab

go 1.20

require (
	golang.org/x/text v0.3.2
	gopkg.in/yaml.v2 v2.2.2
)
MOD
cat >"$work/go/main.go" <<'GO'
package main

import (
	"fmt"

	"golang.org/x/text/language"
	"gopkg.in/yaml.v2"
)

func main() {
	tag, _ := language.Parse("de")
	text, _ := yaml.Marshal(tag.String())
	fmt.Print(string(text))
}
GO
(cd "$work/go" && go mod tidy 2>/dev/null && CGO_ENABLED=0 go build -trimpath -buildvcs=false -o "$root/app/bin/lab-go" .)

say "Rust"
if command -v cargo-auditable >/dev/null; then
    auditable=$(command -v cargo-auditable)
else
    CARGO_TARGET_DIR=$work/auditable-target cargo install --quiet --locked --root "$work/auditable" cargo-auditable
    auditable=$work/auditable/bin/cargo-auditable
fi
mkdir -p "$work/rust/src"
cat >"$work/rust/Cargo.toml" <<'TOML'
[package]
name = "lab-rust"
version = "0.1.0"
edition = "2021"

[dependencies]
regex = "=1.5.4"
remove_dir_all = "=0.5.2"
smallvec = "=1.6.0"

[workspace]
TOML
cat >"$work/rust/src/main.rs" <<'RUST'
fn main() {
    let words: smallvec::SmallVec<[&str; 4]> = regex::Regex::new(r"\w+").unwrap().find_iter("a b").map(|w| w.as_str()).collect();
    println!("{words:?} {}", remove_dir_all::remove_dir_all("/nonexistent").is_err());
}
RUST
(cd "$work/rust" && env -u RUSTFLAGS CARGO_TARGET_DIR="$work/rust-target" \
    "$auditable" auditable build --quiet --manifest-path Cargo.toml)
cp "$work/rust-target/debug/lab-rust" "$root/app/bin/lab-rust"
rm -rf "$work/auditable-target" "$work/rust-target"

say "second layer"
umoci repack --refresh-bundle --image "$oci:real" --history.created_by 'COPY lab /' "$work/bundle"

# --- third layer: deletions and replacements ------------------------------------------------------------------
say "third layer"
dpkg --root="$root" --purge hello >/dev/null
rm -r "$root/$site"/jinja2 "$root/$site"/Jinja2-2.10.dist-info "$root/$site"/urllib3 "$root/$site"/urllib3-1.23.dist-info
pip install --quiet --disable-pip-version-check --root-user-action=ignore --no-deps --no-compile --target "$root/$site" \
    urllib3==1.24.1
rm -r "$root/srv/old"
mkdir "$root/srv/old"
echo 'moved to /app' >"$root/srv/old/README"
umoci repack --image "$oci:real" \
    --history.created_by 'RUN dpkg --purge hello && pip uninstall -y Jinja2 && pip install urllib3==1.24.1' "$work/bundle"
umoci config --image "$oci:real" --config.env PATH=/usr/local/bin:/usr/bin:/bin --config.user nobody \
    --config.cmd /app/bin/lab-go --history.created_by 'USER nobody'
umoci gc --layout "$oci"

# --- what the ecosystems' own tools find ----------------------------------------------------------------------
say "ground truth"
"$here/expected.sh" "$root" "$work/expected"
skopeo --insecure-policy inspect "oci:$oci:real" >"$work/expected/image.json"

say "docker-archive"
skopeo --insecure-policy copy --quiet "oci:$oci:real" "docker-archive:$work/docker.tar:boltseal/real:latest"

rm -rf "$dir/complete" "$dir/oci" "$dir/docker.tar" "$dir/expected"
mv "$oci" "$work/docker.tar" "$work/expected" "$dir/"
echo "$recipe" >"$dir/complete"
say "$dir is complete"
