#!/bin/sh
# Runs as root inside a clean Debian root that has the packages' dependencies:
# install, upgrade with data in place, downgrade refused, remove, purge.
# $1: the folder with old/*.deb, new/*.deb, pki, and in recorded/ what the first
# release left (tests/compat/1). Prints "ok: ..." lines.
set -eu
cd "$1"
export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8
ok() { echo "ok: $1"; }
die() { echo "FAILED: $1"; exit 1; }

find / -xdev -name '*samkoer*' -not -path "$1/*" | sort >before.txt
# Nothing is there before.
[ -s before.txt ] && die "the root is not clean"

dpkg -i old/*.deb >install.log 2>&1 || { cat install.log; die "install"; }
for name in agent keyd matcherd alerts audit web; do
  samkoer-$name --version >/dev/null || die "samkoer-$name does not run"
  [ -f /usr/share/man/man1/samkoer-$name.1.gz ] || die "no man page of $name"
  bash -n /usr/share/bash-completion/completions/samkoer-$name || die "completion of $name"
done
for name in agent keyd matcherd witness web; do
  [ "$(stat -c '%U %a' /var/lib/samkoer-$name)" = "samkoer-$name 700" ] || die "state of $name"
done
ok installed

# A key service with a keyring and a store, as its own user.
cp -r pki /etc/samkoer/pki
chown -R samkoer-keyd /etc/samkoer/pki
printf 'a long enough passphrase\n' >/etc/samkoer/passphrase
chown samkoer-keyd /etc/samkoer/passphrase
chmod 600 /etc/samkoer/passphrase
sed -e 's/10.20.0.11/127.0.0.1/' -e 's|"credential:keyd-passphrase"|"file:passphrase"|' \
  /usr/share/doc/samkoer-keyd/examples/keyd.yaml >/etc/samkoer/keyd.yaml
touch /etc/samkoer/revoked.txt
as_keyd() { setpriv --reuid samkoer-keyd --regid samkoer-keyd --clear-groups "$@"; }
as_keyd samkoer-keyd init --config /etc/samkoer/keyd.yaml --purpose ungeindsats >init.txt
as_keyd samkoer-keyd public --config /etc/samkoer/keyd.yaml >public.old
ok "initialised with the packaged example"

# What an earlier release left: a matcher's store with records and alerts, and an
# agent's cache of pseudonyms.
as() { user=$1; shift; setpriv --reuid "$user" --regid "$user" --clear-groups "$@"; }
cp -r recorded/matcherd recorded/matcherd-outside /var/lib/samkoer-matcherd/
cp -r recorded/state/familie /var/lib/samkoer-agent/
cp recorded/policy.yaml recorded/exports/familie.csv /etc/samkoer/
chmod 644 /etc/samkoer/policy.yaml /etc/samkoer/familie.csv
for name in matcherd agent; do
  chown -R samkoer-$name: /var/lib/samkoer-$name
  find /var/lib/samkoer-$name -type d -exec chmod 700 {} +
done
sed -e 's|@WORK@/matcherd|/var/lib/samkoer-matcherd/matcherd|g' -e 's|@WORK@/policy.yaml|/etc/samkoer/policy.yaml|' \
  -e 's|@WORK@|/etc/samkoer|g' recorded/matcherd.yaml >/etc/samkoer/matcherd.yaml
sed -e 's|@WORK@/state|/var/lib/samkoer-agent|g' -e 's|@WORK@/exports|/etc/samkoer|g' -e 's|@WORK@|/etc/samkoer|g' \
  recorded/agent-familie.yaml >/etc/samkoer/agent-familie.yaml
held() {
  as samkoer-matcherd samkoer-matcherd doctor --config /etc/samkoer/matcherd.yaml --format json
  as samkoer-agent samkoer-agent --config /etc/samkoer/agent-familie.yaml --format json cache info
}
held >held.old || { cat held.old; die "the recorded data with the older packages"; }
grep -q '"finding_count":0' held.old || die "the recorded store is not in order"
grep -Eq '"held":\{"records":[1-9]' held.old || die "the recorded store is empty"
ok "the first release's data is read"

dpkg -i new/*.deb >upgrade.log 2>&1 || { cat upgrade.log; die "upgrade"; }
as_keyd samkoer-keyd public --config /etc/samkoer/keyd.yaml >public.new
cmp public.old public.new || die "the keys changed with the upgrade"
held >held.new || { cat held.new; die "the data after the upgrade"; }
cmp held.old held.new || { cat held.old held.new; die "the data changed with the upgrade"; }
ok "upgraded with the data in place"

for name in agent keyd matcherd alerts audit web; do
  new=$(dpkg-query -W -f '${Version}' samkoer-$name)
  if dpkg -i old/samkoer-${name}_*.deb >downgrade.log 2>&1; then die "a downgrade of $name went through"; fi
  grep -q "^error: samkoer-$name .* is refused\$" downgrade.log || { cat downgrade.log; die "no reason given"; }
  grep -q '^hint: ' downgrade.log || die "no hint given"
  [ "$(dpkg-query -W -f '${Version} ${db:Status-Status}' samkoer-$name)" = "$new installed" ] ||
    die "the refused downgrade left $(dpkg-query -W -f '${Version} ${Status}' samkoer-$name)"
done
as_keyd samkoer-keyd public --config /etc/samkoer/keyd.yaml | cmp - public.old || die "keys after the refusal"
held | cmp - held.old || die "the data after the refusal"
ok "downgrade of each refused with a reason"

all="samkoer-agent samkoer-keyd samkoer-matcherd samkoer-alerts samkoer-audit samkoer-web"
# shellcheck disable=SC2086
dpkg -r $all >remove.log 2>&1 || { cat remove.log; die "remove"; }
[ -f /var/lib/samkoer-keyd/keyring ] || die "removing deleted the keyring"
[ -f /var/lib/samkoer-matcherd/matcherd/keyring ] || die "removing deleted the matcher's keyring"
[ -f /var/lib/samkoer-agent/familie/cache.key ] || die "removing deleted an agent's cache"
[ ! -e /usr/bin/samkoer-keyd ] || die "removing left the program"
# The way around: what is older does not get at the data that was kept. (alerts keeps none.)
for name in agent keyd matcherd audit web; do
  if dpkg -i old/samkoer-${name}_*.deb >downgrade.log 2>&1; then die "an older $name was installed over kept data"; fi
  grep -q "^error: samkoer-$name .* is refused\$" downgrade.log || { cat downgrade.log; die "no reason given"; }
  [ "$(dpkg-query -W -f '${db:Status-Status}' samkoer-$name)" = config-files ] ||
    die "the refusal left $(dpkg-query -W -f '${Version} ${Status}' samkoer-$name)"
done
ok "removed, the data kept"

# shellcheck disable=SC2086
dpkg -P $all >purge.log 2>&1 || { cat purge.log; die "purge"; }
[ -f /etc/samkoer/pki/keyd.key ] || die "purging removed the keys of certificates"
grep -q '^note: /etc/samkoer is left' purge.log || { cat purge.log; die "purging does not say what is left"; }
rm -rf /etc/samkoer
find / -xdev \( -name '*samkoer*' -o -path '/var/lib/samkoer*' \) -not -path "$1/*" | sort >after.txt
[ -s after.txt ] && { cat after.txt; die "purging left files"; }
ok purged
