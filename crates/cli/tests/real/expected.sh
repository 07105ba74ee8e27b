#!/usr/bin/env bash
# Writes down which packages the ecosystems' own tools find in an unpacked root, one a line, sorted.
#
#   expected.sh ROOT DIR
#
#   dpkg.txt         package version architecture source source-version   (dpkg-query, installed ones)
#   dpkg-owned.txt   dist-info or egg-info path, owning package            (dpkg-query -S)
#   pip-system.txt   name==version below usr/lib/python3/dist-packages     (pip list)
#   pip-local.txt    name==version below usr/local                         (pip list)
#   npm.txt          name version path of /app                             (npm ls --all)
#   node-system.txt  name version path of every package.json with both, outside /app   (node)
#   gem.txt          name version path                                     (ruby, in the root)
#   jar.txt          group artifact version path                           (pom.properties, python's zipfile)
#   go.txt           module version, and `stdlib` with Go's own            (go version -m)
#   rust.txt         crate version source                                  (objcopy and zlib)
#
# Paths are relative to ROOT.
set -euo pipefail
export LC_ALL=C

[ "$#" -eq 2 ] || {
    echo "usage: expected.sh ROOT DIR" >&2
    exit 1
}
root=$(cd "$1" && pwd)
mkdir -p "$2"
out=$(cd "$2" && pwd)

dpkg-query --admindir="$root/var/lib/dpkg" -W \
    -f '${db:Status-Status} ${Package} ${Version} ${Architecture} ${source:Package} ${source:Version}\n' |
    sed -n 's/^installed //p' | sort >"$out/dpkg.txt"

: >"$out/dpkg-owned.txt"
(cd "$root" && find usr/lib/python3 -name '*.dist-info' -o -name '*.egg-info') | sort | while read -r path; do
    owner=$(dpkg-query --admindir="$root/var/lib/dpkg" -S "/$path" 2>/dev/null | sed 's/: .*//; s/:.*//') || owner=-
    echo "$path $owner" >>"$out/dpkg-owned.txt"
done

pip list --disable-pip-version-check --path "$root/usr/lib/python3/dist-packages" --format=freeze 2>/dev/null | sort >"$out/pip-system.txt"
pip list --disable-pip-version-check --path "$(echo "$root"/usr/local/lib/python3.*/dist-packages)" --format=freeze 2>/dev/null | sort >"$out/pip-local.txt"

# `path:name@version`; the first line is the application itself. A name may begin with `@`.
(cd "$root/app" && npm ls --all --parseable --long 2>/dev/null) | sed 1d | cut -d: -f1,2 |
    sed -E "s|^$root/([^:]*):(.+)@([^@]+)\$|\2 \3 \1|" | sort >"$out/npm.txt"

(cd "$root" && find . -path ./app -prune -o -path ./proc -prune -o -name package.json -type f -print) | sort |
    node -e '
        const fs = require("fs");
        for (const path of fs.readFileSync(0, "utf8").split("\n").filter(Boolean)) {
            let manifest;
            try { manifest = JSON.parse(fs.readFileSync(process.argv[1] + "/" + path, "utf8")); } catch { continue; }
            if (typeof manifest?.name === "string" && typeof manifest?.version === "string")
                console.log(manifest.name, manifest.version, path.slice(2));
        }' "$root" | sort >"$out/node-system.txt"

if [ -x "$root/usr/bin/ruby" ]; then
    chroot "$root" /usr/bin/ruby -e \
        'Gem::Specification.each { |gem| puts "#{gem.name} #{gem.version} #{gem.loaded_from.delete_prefix("/")}" }' |
        sort >"$out/gem.txt"
fi

python3 - "$root" >"$out/jar.txt" <<'PYTHON'
import os, sys, zipfile

root = sys.argv[1]
lines = []
for directory, _, names in os.walk(root):
    for name in names:
        path = os.path.join(directory, name)
        if not name.endswith((".jar", ".war", ".ear")) or os.path.islink(path):
            continue
        where = os.path.relpath(path, root)
        found = []
        with zipfile.ZipFile(path) as archive:
            for entry in archive.namelist():
                if entry.endswith("/pom.properties"):
                    text = archive.read(entry).decode()
                    fields = dict(line.strip().split("=", 1) for line in text.splitlines() if "=" in line)
                    found.append(f"{fields['groupId']} {fields['artifactId']} {fields['version']} {where}")
        lines += found or [f"- - - {where}"]
print("\n".join(sorted(lines)))
PYTHON

if [ -e "$root/app/bin/lab-go" ]; then
    go version -m "$root/app/bin/lab-go" | awk '
        NR == 1 { sub(/^go/, "", $NF); print "stdlib", $NF }
        $1 == "mod" || $1 == "dep" { print $2, $3 }' | sort >"$out/go.txt"
fi

if [ -e "$root/app/bin/lab-rust" ]; then
    section=$(mktemp)
    trap 'rm -f "$section"' EXIT
    objcopy --dump-section ".dep-v0=$section" "$root/app/bin/lab-rust" /dev/null
    python3 -c '
import json, sys, zlib
with open(sys.argv[1], "rb") as section:
    audit = json.loads(zlib.decompress(section.read()))
for package in audit["packages"]:
    print(package["name"], package["version"], package["source"], package.get("kind", "runtime"))
' "$section" | sort >"$out/rust.txt"
fi
