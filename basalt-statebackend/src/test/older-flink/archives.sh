#!/usr/bin/env bash
# Writes the archives of one version of Flink, or of all: archives.sh [version ...]
set -euo pipefail
cd "$(dirname "$0")"

all="1.8.3 1.9.3 1.10.2 1.11.6 1.12.7 1.13.6 1.14.6 1.15.4 1.16.3 1.17.2 1.18.1 1.19.3 1.20.5 2.0.2 2.1.3 2.2.1"
archives=../resources/older-flink
# What older versions do to the classes of the JDK, newer JDKs allow only if told to.
opens=()
for package in lang lang.invoke lang.reflect io net nio text time math util util.concurrent util.concurrent.atomic; do
  opens+=("--add-opens=java.base/java.$package=ALL-UNNAMED")
done
opens+=("--add-opens=java.base/sun.nio.ch=ALL-UNNAMED" "--add-exports=java.base/sun.net.util=ALL-UNNAMED")

for version in ${*:-$all}; do
  minor=$(echo "$version" | cut -d. -f1,2)
  at_least() { [ "$(printf '%s\n' "$1" "$minor" | sort -V | head -1)" = "$1" ]; }
  suffix=_2.12
  at_least 1.15 && suffix=
  mvn -B -ntp -q -Dflink.version="$version" -Dscala.suffix="$suffix" \
    compile dependency:build-classpath
  target=target/$version
  kinds="SAVEPOINT SAVEPOINT_WITH_HEAP_TIMERS"
  at_least 1.13 && kinds="$kinds SAVEPOINT_OF_THE_HEAP"
  at_least 1.15 && kinds="$kinds NATIVE_SAVEPOINT INCREMENTAL_CHECKPOINT FULL_CHECKPOINT"
  for kind in $kinds; do
    timeout 60 java "${opens[@]}" -cp "$target/classes:$(cat "$target/classpath")" \
      io.basalt.statebackend.older.ArchiveWriter "$kind" "$archives/$version/$kind.gz"
  done
done
