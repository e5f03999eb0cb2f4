#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# check_install.sh BUILD_FOLDER: installs it somewhere else and uses what is there, with sources, build tree and LibTorch
# out of sight where the system lets one hide them. Tools that are not installed are left out, and said.
set -euo pipefail
build=$(realpath "$1")
source=$(realpath "$(dirname "$0")/../..")
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
prefix=$root/usr
fail() { printf 'check_install: %s\n' "$*" >&2; exit 1; }
has() { command -v "$1" >/dev/null || { printf 'check_install: without %s\n' "$1"; false; }; }

[ -e "$build/packaging/diagonal-cli.1.gz" ] || { echo "the target “packaging” is not built"; exit 77; }
cmake --install "$build" --prefix "$prefix" >"$root/list"
[ ! -e "$prefix/share/diagonal/icons" ] || fail "the window's icons are there twice"
hidden=("$(realpath "$source/.deps/libtorch" 2>/dev/null || echo "$build")" "$build" "$source")
for file in "$prefix"/bin/*; do
  readelf -d "$file" | grep -E 'R(UN)?PATH' | grep -qF '[$ORIGIN/../lib/diagonal/torch/lib]' || fail "$file: RUNPATH is not relative"
  for folder in "${hidden[@]}"; do
    ! ldd "$file" | grep -F "$folder/" || fail "$file needs $folder"
  done
  ! ldd "$file" | grep 'not found' || fail "$file: libraries are missing"
done

cat >"$root/use" <<'USE'
set -euo pipefail
prefix=$1 root=$2
shift 2
if [ -n "${HIDE:-}" ]; then
  for folder in "$@"; do mount -t tmpfs none "$folder"; done
  [ -z "$(ls -A "${@: -1}")" ] || exit 1
fi
export HOME=$root XDG_RUNTIME_DIR=$root DIAGONAL_EMBEDDING_CACHE=off OMP_NUM_THREADS=1
cd "$root"
"$prefix/bin/diagonal-cli" dataset make scenes pictures --count 2 --quiet
"$prefix/bin/diagonal-cli" label pictures/images --label "red circle" --label "blue square" --format csv | grep -q scene
[ -e "$prefix/bin/diagonal" ] || exit 0
env -u DISPLAY -u WAYLAND_DISPLAY QT_QPA_PLATFORM=xcb "$prefix/bin/diagonal" --version
touch messages
QT_QPA_PLATFORM=offscreen DIAGONAL_TIMING=1 "$prefix/bin/diagonal" pictures/images 2>messages &
window=$!
for _ in $(seq 300); do ! grep -q "first paint" messages || break; sleep 0.1; done
grep "first paint" messages
kill -TERM $window
wait $window
USE
if unshare --mount true 2>/dev/null; then
  HIDE=1 unshare --mount bash "$root/use" "$prefix" "$root" "${hidden[@]}"
elif unshare --map-root-user --mount true 2>/dev/null; then
  HIDE=1 unshare --map-root-user --mount bash "$root/use" "$prefix" "$root" "${hidden[@]}"
else
  echo "check_install: nothing can be hidden here"
  bash "$root/use" "$prefix" "$root"
fi

for page in "$prefix"/share/man/man1/*; do
  if has groff; then
    said=$(gzip -dc "$page" | groff -man -Kutf8 -Tutf8 -ww 2>&1 >"$root/page")
    [ -z "$said" ] || fail "$page: $said"
    [ "$(wc -l <"$root/page")" -gt 40 ] || fail "$page is empty"
  fi
done
for file in bash-completion/completions/diagonal-cli zsh/site-functions/_diagonal-cli fish/vendor_completions.d/diagonal-cli.fish; do
  [ -s "$prefix/share/$file" ] || fail "$file is missing"
done
[ -e "$prefix/bin/diagonal" ] || exit 0

desktop=$(echo "$prefix"/share/applications/*.desktop)
id=$(basename "$desktop" .desktop)
grep -q "^Icon=$id$" "$desktop" || fail "$desktop names another icon"
strings -el "$prefix/bin/diagonal" | grep -x "$id" >/dev/null || fail "the program does not say that it is $id"
! has desktop-file-validate || desktop-file-validate "$desktop"
! has appstreamcli || appstreamcli validate --no-net "$prefix/share/metainfo/$id.metainfo.xml"
for size in 16 22 24 32 48 64 128 256 512; do
  [ -s "$prefix/share/icons/hicolor/${size}x$size/apps/$id.png" ] || fail "no icon of $size pixels"
done
for picture in $(grep -o 'screenshots/[^)]*' "$prefix/share/diagonal/docs/user-guide.md"); do
  [ -s "$prefix/share/diagonal/docs/$picture" ] || fail "the guide has no $picture"
done
if has update-mime-database; then
  update-mime-database -V "$prefix/share/mime"
  for type in application/x-safetensors application/x-pytorch; do
    grep -q "^[0-9]*:$type:" "$prefix/share/mime/globs2" || fail "$type has no ending"
    grep -q "$type" "$desktop" || fail "$desktop does not open $type"
  done
  grep -q x-content/diagonal-run "$prefix/share/mime/treemagic" || fail "runs have no type"
fi
echo "check_install: all is well"
