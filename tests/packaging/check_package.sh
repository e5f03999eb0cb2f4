#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# check_package.sh FILE.deb [ROOT.tar]: installs the package in a bare root of Debian and uses it there, without a display.
# By hand, as root, with network: mmdebstrap makes the root where none is given (and keeps it as ROOT.tar).
set -euo pipefail
package=$(realpath "$1")
tar=${2:-}
root=$(mktemp -d)
trap 'umount "$root/proc" 2>/dev/null || true; rm -rf "$root"' EXIT
if [ -z "$tar" ] || [ ! -e "$tar" ]; then
  tar=${tar:-$root/root.tar}
  mmdebstrap --variant=minbase --include=ca-certificates "$(. /etc/os-release && echo "$VERSION_CODENAME")" "$tar"
fi
mkdir "$root/debian"
tar --extract --file "$tar" --directory "$root/debian"
root=$root/debian
cp "$package" "$root/tmp/diagonal.deb"
cp /etc/resolv.conf "$root/etc/"
[ -z "${http_proxy:-}" ] || printf 'Acquire::http::Proxy "%s";\n' "$http_proxy" >"$root/etc/apt/apt.conf.d/proxy"
mount -t proc none "$root/proc"
cat >"$root/tmp/use" <<'USE'
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 HOME=/root
apt-get update -qq
apt-get install -y -qq --no-install-recommends /tmp/diagonal.deb >/tmp/log || { tail /tmp/log; exit 1; }
dpkg --status diagonal | grep -E '^(Version|Depends|Installed-Size)'
cd /root
diagonal-cli dataset make scenes pictures --count 2 --quiet
diagonal-cli label pictures/images --label "red circle" --label "blue square"
diagonal --version
touch messages
QT_QPA_PLATFORM=offscreen DIAGONAL_TIMING=1 diagonal pictures/images 2>messages &
window=$!
for _ in $(seq 600); do ! grep -q "first paint" messages || break; sleep 0.1; done
cat messages
grep -q "first paint" messages
kill -TERM $window
wait $window
apt-get remove -y -qq diagonal >/dev/null
[ ! -e /usr/lib/diagonal ] && [ ! -e /usr/share/diagonal ]
echo "check_package: all is well"
USE
chroot "$root" bash /tmp/use
