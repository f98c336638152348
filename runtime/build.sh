#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the lab runtime's WASM, or checks that a blob belongs to these sources. README.md beside this file says more.
set -euo pipefail
export LC_ALL=C

usage() {
	cat <<'TEXT'
usage: runtime/build.sh [--variant lab|later|noted|migrated|moved|dropped] [--out FILE] [--check]

  --variant   lab (default): the lab runtime; later: a fixture like a later mainnet release; noted, migrated, moved,
              dropped: fixtures like the lab's next release (README.md says what changes)
  --out       the blob to write or check; default: runtime/VARIANT.wasm for lab and later, else
              runtime/VARIANT.compact.compressed.wasm. A name that ends with .compressed.wasm is for a compressed blob.
  --check     builds nothing but to compare: exit 0 where the blob belongs to the sources, 1 where it does not

The provenance lies beside the blob, in FILE.json. CARGO_TARGET_DIR says where cargo works (default: runtime/target).
TEXT
}

die() {
	echo "build.sh: $1" >&2
	exit "${2:-2}"
}

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
variant=lab
out=
check=false
while (($# > 0)); do
	case $1 in
	--variant) variant=${2:?--variant wants a name} && shift ;;
	--out) out=${2:?--out wants a file} && shift ;;
	--check) check=true ;;
	--help | -h) usage && exit 0 ;;
	*) usage >&2 && exit 2 ;;
	esac
	shift
done
case $variant in
lab) features=() file=lab.wasm ;;
later) features=(--features later) file=later.wasm ;;
noted | migrated | moved | dropped) features=(--features "$variant") file=$variant.compact.compressed.wasm ;;
*) die "no variant '$variant': expected lab, later, noted, migrated, moved or dropped" ;;
esac
out=$(realpath -m "${out:-$here/$file}")
target=$(realpath -m "${CARGO_TARGET_DIR:-$here/target}")
provenance=$out.json

# --- What the blob is made of -----------------------------------------------------------------------------------------

# Everything that decides the blob; the unit tests do not.
sources_digest() {
	(cd "$here" && find Cargo.toml Cargo.lock build.sh src -path src/tests -prune -o -type f -print | sort |
		xargs sha256sum | sha256sum | cut -d' ' -f1)
}

digest() {
	sha256sum | cut -d' ' -f1
}

# A blob as nodes' builds leave it: a prefix that says so (`sp-maybe-compressed-blob`), then zstd.
prefix='\x52\xbc\x53\x76\x46\xdb\x8e\x05'

is_compressed() {
	[[ $out == *.compressed.wasm ]]
}

if is_compressed && ! command -v zstd >/dev/null; then
	die "a compressed blob takes zstd: apt-get install -y zstd, or give --out a name without .compressed"
fi

# Writes the WASM given to the blob.
pack() {
	mkdir -p "$(dirname "$out")"
	if is_compressed; then
		{ printf %b "$prefix" && zstd --quiet --stdout -19 "$1"; } >"$out"
		chmod 644 "$out"
	else
		install -m 644 "$1" "$out"
	fi
}

# The blob's WASM. Only that is held against the provenance: another zstd may pack it in other bytes.
unpacked() {
	if is_compressed; then
		cmp --quiet --bytes=8 "$out" <(printf %b "$prefix") || die "$out does not begin as a compressed blob does" 1
		tail --bytes=+9 "$out" | zstd --quiet --decompress --stdout
	else
		cat "$out"
	fi
}

field() {
	sed -n "s/^  \"$1\": \"\{0,1\}\([^\"]*[^\",]\)\"\{0,1\},\{0,1\}$/\1/p" "$provenance"
}

# --- Which toolchain --------------------------------------------------------------------------------------------------

wasm=wasm32-unknown-unknown
flags=(-Ctarget-cpu=mvp -Cpanic=abort --cfg substrate_runtime)
link=(--allow-undefined --export-table --import-memory --export=__heap_base)
std=()

use_rustup() {
	command -v rustup >/dev/null && (cd "$here" && rustup target list --installed 2>/dev/null) | grep -qx "$wasm" || return 1
	cargo=$(rustup which cargo)
	rustc=$(rustup which rustc)
	linker=rust-lld
}

# Debian has no WASM standard library, but the sources of `core` and `alloc`.
use_debian() {
	cargo=/usr/bin/cargo
	rustc=/usr/bin/rustc
	linker=wasm-ld-19
	[[ -x $cargo && -x $rustc ]] && command -v $linker >/dev/null || return 1
	[[ -e $($rustc --print sysroot)/lib/rustlib/src/rust/library/core ]] || return 1
	std=(-Zbuild-std=core,alloc)
	flags+=(-Clinker="$linker" -Clinker-flavor=wasm-ld)
	export RUSTC_BOOTSTRAP=1
}

find_toolchain() {
	use_rustup || use_debian || return 1
	toolchain="$($rustc --version), $linker"
}

# --- Building ---------------------------------------------------------------------------------------------------------

# Paths that a panic message would carry. Later flags win, so the most particular come last.
remap_paths() {
	local home sysroot registry
	home=$(realpath -m "${CARGO_HOME:-$HOME/.cargo}")
	sysroot=$($rustc --print sysroot)
	flags+=(--remap-path-prefix="$sysroot/lib/rustlib/src/rust=/rust" --remap-path-prefix="$home=/cargo")
	for registry in "$home"/registry/src/*; do
		flags+=(--remap-path-prefix="$registry=/crates")
	done
	flags+=(--remap-path-prefix="$target=/target" --remap-path-prefix="$here=/runtime")
	paths=("$home" "$sysroot/lib" "$here" "$target")
}

build() {
	local each
	export RUSTC=$rustc CARGO_TARGET_DIR=$target
	"$cargo" fetch --locked --manifest-path "$here/Cargo.toml"
	remap_paths
	for each in "${link[@]}"; do flags+=("-Clink-arg=$each"); done
	CARGO_ENCODED_RUSTFLAGS=$(printf '%s\x1f' "${flags[@]}")
	export CARGO_ENCODED_RUSTFLAGS=${CARGO_ENCODED_RUSTFLAGS%$'\x1f'}
	(cd "$here" && "$cargo" rustc --locked --release --lib --crate-type cdylib --target $wasm \
		--no-default-features "${features[@]}" "${std[@]}")
	built=$target/$wasm/release/assay_lab_runtime.wasm
	for each in "${paths[@]}"; do
		! grep -aqF "$each" "$built" || die "the blob contains a path of this machine: $each"
	done
}

write_provenance() {
	cat >"$provenance" <<JSON
{
  "variant": "$variant",
  "sources": "$(sources_digest)",
  "toolchain": "$toolchain",
  "wasm": "$(digest <"$built")",
  "bytes": $(stat -c %s "$built")
}
JSON
}

# --- Checking ---------------------------------------------------------------------------------------------------------

expect() {
	[[ $2 == "$3" ]] || die "$out: $1 is $3, its provenance says $2: build it anew with runtime/build.sh" 1
}

check_blob() {
	[[ -f $out && -f $provenance ]] || die "$out or its provenance is missing: build it with runtime/build.sh" 1
	expect 'the variant' "$(field variant)" "$variant"
	expect "the WASM's sha256" "$(field wasm)" "$(unpacked | digest)"
	expect "the sources' sha256" "$(field sources)" "$(sources_digest)"
	if ! find_toolchain || [[ $toolchain != "$(field toolchain)" ]]; then
		echo "$out belongs to these sources. Not rebuilt: that takes $(field toolchain)."
		return
	fi
	build
	unpacked | cmp "$built" - || die "$out differs from what these sources build to" 1
	echo "$out belongs to these sources: rebuilt, byte for byte the same."
}

if $check; then
	check_blob
	exit
fi
find_toolchain || die "no toolchain for $wasm. Either: rustup target add $wasm. Or, on Debian:
  apt-get install -y rustc-web cargo-web rust-web-src lld-19"
build
pack "$built"
write_provenance
echo "$out: $(field bytes) bytes of WASM, sha256 $(field wasm)"
