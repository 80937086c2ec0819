#!/usr/bin/env bash
# Fetches the front-end packages at the versions below, checks their SHA-256, and rewrites
# internal/web/assets/files/vendor and internal/web/ui/icons_gen.go from them. Needs npm and Go.
# Run it after changing keep.txt or icons.txt in internal/web/assets/vendoring.
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# fetch NAME PACKAGE@VERSION SHA256: unpacks the package into $work/NAME.
fetch() {
	local file
	file=$(cd "$work" && npm pack --silent "$2" | tail -n 1)
	echo "$3  $work/$file" | sha256sum --check --quiet
	mkdir "$work/$1"
	tar -xzf "$work/$file" -C "$work/$1" --strip-components=1
}

fetch tabler @tabler/core@1.6.1 d02d679e51f6c179b21f035e154c13cdcb2ae8b18579e56ea606408ba7fc7a87
fetch icons @tabler/icons@3.51.0 b30108713d3fa60aee862c2a133225da8e0f309be0708fe2925763ff810c766c
fetch leaflet leaflet@1.9.4 84c65a256e50657896f54c33bd857b6849ebe94c817803be818bf32a3dde0b77
fetch htmx htmx.org@4.0.1 5fba65616ca148a86d377e9771bcada7f35faee3558651feb929eea425e13b3c
fetch echarts echarts@6.1.0 681aff88cc1038c3fa941a3a53d1b177a52250b05335efc607d6105ae13be481

go run ./internal/web/assets/vendoring -from "$work"
