#!/usr/bin/env bash
# make-image.sh FOLDER: an image of Debian 12 of four layers, with several hundred packages of Debian and what pip, npm, Maven and Go install,
# as an OCI layout in FOLDER/image, and what their own tools say of its root in FOLDER/said. Takes a quarter of an hour and 4 GB.
# Needs root on Debian with debootstrap, attr, unzip, Go and Maven, and the registries of all of these. What was made stays when it is
# run again. `node test/real-image/compare.ts FOLDER` then compares.
set -euo pipefail

folder=${1:?give a folder}
script=$(realpath "$0")
mkdir -p "$folder" && cd "$folder"
for tool in debootstrap getfattr unzip go mvn; do
  command -v $tool >/dev/null || { echo "make-image: $tool is not installed" >&2; exit 2; }
done
# Mounts are gone when it ends, however it ends.
[ "${2:-}" = unshared ] || exec unshare --mount bash "$script" "$PWD" unshared

certificates=/etc/ssl/certs/ca-certificates.crt
# Registries may be behind a proxy with a certificate of its own; what a tool caches is not to be in the image.
clean=(env HOME=/root DEBIAN_FRONTEND=noninteractive PIP_FIND_LINKS= PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore npm_config_cache=/run/npm)

in_root() { chroot root "${clean[@]}" "$@"; }

# layer N LOWER COMMAND: runs a command with the layers below and a new one mounted at root; layerN is what it changed.
layer() {
  local name=layer$1 lower=$2
  [ -e "$name.done" ] && return
  rm -rf "$name" work && mkdir -p "$name" work root
  mount -t overlay overlay -o "lowerdir=$lower,upperdir=$name,workdir=work" root
  mount -t proc proc root/proc
  mount --bind /dev root/dev
  mkdir -p root/etc/ssl/certs && touch root$certificates
  "$3"
  mountpoint -q root$certificates && umount root$certificates
  umount root/dev root/proc
  rm -rf root/run/npm
  umount root
  touch "$name.done"
}

packages() {
  cp /etc/resolv.conf root/etc/resolv.conf
  printf '#!/bin/sh\nexit 101\n' >root/usr/sbin/policy-rc.d && chmod +x root/usr/sbin/policy-rc.d
  printf 'deb http://deb.debian.org/debian %s main\n' bookworm bookworm-updates >root/etc/apt/sources.list
  echo 'deb http://deb.debian.org/debian-security bookworm-security main' >>root/etc/apt/sources.list
  in_root apt-get update
  in_root apt-get install -y --no-install-recommends -o DPkg::Options::=--force-unsafe-io \
    python3 python3-pip python3-venv python3-requests python3-django python3-numpy python3-yaml ruby rails nodejs npm \
    openjdk-17-jre-headless maven ant libtomcat10-java libspring-web-java php-cli composer perl r-base-core luarocks runc restic \
    etcd-client skopeo nginx-light postgresql-15 redis-server haproxy ripgrep fd-find erlang-base curl ca-certificates busybox \
    sqlite3 memcached apache2-bin
  in_root apt-get clean
  rm root/usr/sbin/policy-rc.d
}

applications() {
  mount --bind $certificates root$certificates
  in_root python3 -m venv /srv/py
  in_root /srv/py/bin/pip install -q django celery boto3 fastapi sqlalchemy httpx cryptography zope.interface
  in_root python3 -m pip install -q --break-system-packages flask lxml ruamel.yaml
  mkdir -p root/srv/web root/srv/java java/src/main/java/org/example
  echo '{"name":"web","version":"1.0.0","private":true}' >root/srv/web/package.json
  in_root sh -c 'cd /srv/web && npm install --no-progress express@4 webpack@5 @babel/core@7 typescript@5 jest@29 >/dev/null'
  in_root npm install -g --no-progress yarn@1 pnpm@9 >/dev/null
  cat >java/pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<parent><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-parent</artifactId><version>3.2.5</version></parent>
<groupId>org.example</groupId><artifactId>shop</artifactId><version>1.4.2</version>
<dependencies><dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-web</artifactId></dependency>
<dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-data-jpa</artifactId></dependency>
<dependency><groupId>org.elasticsearch.client</groupId><artifactId>elasticsearch-rest-client</artifactId></dependency>
<dependency><groupId>org.apache.zookeeper</groupId><artifactId>zookeeper</artifactId><version>3.9.2</version></dependency>
<dependency><groupId>com.h2database</groupId><artifactId>h2</artifactId></dependency></dependencies>
<build><plugins><plugin><groupId>org.springframework.boot</groupId><artifactId>spring-boot-maven-plugin</artifactId></plugin></plugins></build></project>
XML
  echo 'package org.example; public class Shop { public static void main(String[] a) {} }' >java/src/main/java/org/example/Shop.java
  (cd java && mvn -q -B -DskipTests package dependency:copy-dependencies -DoutputDirectory=lib)
  cp java/target/shop-1.4.2.jar root/srv/java/
  cp -r java/lib root/srv/java/lib
  GOBIN=$PWD/go go install github.com/mikefarah/yq/v4@v4.44.3
  GOBIN=$PWD/go go install github.com/google/go-containerregistry/cmd/crane@v0.20.2
  cp go/* root/usr/local/bin/
}

# Whiteouts, and metadata that is written again.
changes() {
  mount --bind $certificates root$certificates
  in_root apt-get purge -y memcached
  in_root /srv/py/bin/pip uninstall -q -y boto3
  in_root /srv/py/bin/pip install -q 'django<5'
  in_root sh -c 'cd /srv/web && npm uninstall typescript >/dev/null'
}

# What overlayfs writes for a deletion becomes what an image has for one (OCI image-spec, layer.md): pack_layer N writes layer.tar.
pack_layer() {
  rm -rf marks && mkdir marks && : >deleted
  (cd "layer$1" && find . -type c) | while IFS= read -r path; do
    [ "$(stat -c %t:%T "layer$1/$path")" = 0:0 ] || continue
    echo "$path" >>deleted
    mkdir -p "marks/$(dirname "$path")" && : >"marks/$(dirname "$path")/.wh.$(basename "$path")"
  done
  (cd "layer$1" && { getfattr -R -P -h -n trusted.overlay.opaque . 2>/dev/null || true; } | sed -n 's/^# file: //p') | while IFS= read -r path; do
    mkdir -p "marks/$path" && : >"marks/$path/.wh..wh..opq"
  done
  (cd marks && find . -type f) >marked
  tar --numeric-owner --sort=name --anchored --no-wildcards -cf layer.tar -X deleted -C "layer$1" .
  tar --numeric-owner --owner=0 --group=0 -rf layer.tar -C marks --verbatim-files-from -T marked
}

pack() {
  local blobs=image/blobs/sha256 layers='' diffs='' file diff
  rm -rf image && mkdir -p $blobs
  for at in 1 2 3 4; do
    pack_layer $at
    diff=$(sha256sum <layer.tar | cut -d' ' -f1)
    gzip -1 -n -c layer.tar >layer.gz
    file=$(sha256sum <layer.gz | cut -d' ' -f1)
    layers+="${layers:+,}{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar+gzip\",\"digest\":\"sha256:$file\",\"size\":$(stat -c %s layer.gz)}"
    diffs+="${diffs:+,}\"sha256:$diff\""
    mv layer.gz "$blobs/$file"
  done
  rm -rf layer.tar marks marked deleted
  blob "{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[$diffs]}}" config
  blob "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"config\":$written,\"layers\":[$layers]}" manifest
  printf '{"schemaVersion":2,"manifests":[%s]}' "$written" >image/index.json
  printf '{"imageLayoutVersion":"1.0.0"}' >image/oci-layout
}

# blob TEXT KIND: writes it, and its descriptor to $written.
blob() {
  local digest
  digest=$(printf %s "$1" | sha256sum | cut -d' ' -f1)
  printf %s "$1" >"image/blobs/sha256/$digest"
  written="{\"mediaType\":\"application/vnd.oci.image.$2.v1+json\",\"digest\":\"sha256:$digest\",\"size\":$(printf %s "$1" | wc -c)}"
}

# What the tools say of the root; a line is a package, its name and version apart by a tab.
said() {
  rm -rf said && mkdir said
  # unzip and go say by their exit codes that a file is none of theirs.
  set +eo pipefail
  in_root dpkg-query -W -f '${Package}\t${Version}\t${Architecture}\n' >said/deb
  for python in python3 /srv/py/bin/python; do in_root $python -m pip list --format freeze 2>/dev/null; done |
    sed -n 's/==/\t/p' >said/python
  in_root gem list --local --all | sed -n 's/^\(\S*\) (\(.*\))$/\1 \2/p' | tr -d , |
    awk '{ for (i = 2; i <= NF; i++) if ($i ~ /^[0-9]/) print $1 "\t" $i }' >said/gem
  # The first line is of the folder itself.
  { in_root sh -c 'cd /srv/web && npm ls --all --parseable --long' | tail -n +2; in_root npm ls -g --all --parseable --long | tail -n +2; } |
    sed -n 's/^[^:]*:\(..*\)@\([^@:]*\)\(:.*\)\{0,1\}$/\1\t\2/p' >said/npm
  in_root Rscript -e 'cat(paste(installed.packages()[, "Package"], installed.packages()[, "Version"], sep = "\t"), sep = "\n")' >said/cran
  find root -xdev -type f -perm -100 -size +100k -print0 | xargs -0 go version -m 2>/dev/null |
    awk -F'\t' '$2 == "mod" || $2 == "dep" { name = $3; version = $4; print name "\t" version }
      $2 == "=>" { print $3 "\t" $4 } /^[^ \t].*: go[0-9]/ { sub(/.*: go/, ""); print "stdlib\t" $0 }' >said/golang
  (cd java && mvn -q -B dependency:list -DincludeScope=runtime -DoutputFile=../dependencies)
  # GROUP:ARTIFACT:jar:[CLASSIFIER:]VERSION:SCOPE
  awk -F: '/:jar:/ { gsub(/ /, "", $1); print $1 ":" $2 "\t" ($4 ~ /^[0-9]/ ? $4 : $5) }' dependencies >said/java
  jars root >>said/java
  set -eo pipefail
  for list in said/*; do [ -s "$list" ] || { echo "make-image: nothing was said for $list" >&2 && exit 1; }; done
}

# jars FOLDER: what Maven wrote into archives and into archives within them.
jars() {
  find "$1" -xdev -type f -name '*.jar' | while read -r jar; do
    unzip -Z1 "$jar" 'META-INF/maven/*/pom.properties' 2>/dev/null | while read -r entry; do
      unzip -p "$jar" "$entry" | tr -d '\r' | awk -F= '{ told[$1] = $2 } END { print told["groupId"] ":" told["artifactId"] "\t" told["version"] }'
    done
    if unzip -Z1 "$jar" '*.jar' >/dev/null 2>&1; then
      local inner
      inner=$(mktemp -d)
      unzip -q "$jar" '*.jar' -d "$inner"
      jars "$inner"
      rm -rf "$inner"
    fi
  done
}

[ -e layer1.done ] || { rm -rf layer1 && debootstrap --variant=minbase bookworm layer1 http://deb.debian.org/debian && touch layer1.done; }
layer 2 layer1 packages
layer 3 layer2:layer1 applications
layer 4 layer3:layer2:layer1 changes
rm -rf upper work && mkdir -p upper work root
# Tools write caches: into a layer of nobody.
mount -t overlay overlay -o lowerdir=layer4:layer3:layer2:layer1,upperdir=upper,workdir=work root
mount -t proc proc root/proc
mount --bind /dev root/dev
said
umount root/dev root/proc root
[ -e image/index.json ] || pack
wc -l said/*
