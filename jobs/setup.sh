#!/usr/bin/env bash
# Brings what a build needs and is missing: the native packages (Debian, Ubuntu). Prints nothing when all is there.
set -euo pipefail

packages=(libarchive-dev libsqlite3-dev zlib1g-dev libopenblas-dev libturbojpeg0-dev libpng-dev libwebp-dev)

if ! command -v swift >/dev/null 2>&1; then
    echo "error: no 'swift' on the PATH; install Swift 6.2 or later first (https://www.swift.org/install/linux)" >&2
    exit 1
fi

missing=()
for package in "${packages[@]}"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
    echo "error: no apt-get here; install what these Debian packages hold by your system's means: ${missing[*]}" >&2
    exit 1
fi
as_root=()
[ "$(id -u)" = 0 ] || as_root=(sudo)
echo "installing: ${missing[*]}" >&2
"${as_root[@]}" apt-get update -qq >&2
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
