#!/bin/sh
cd "$(dirname "$0")" && javac -d build/classes --source-path src src/cache/Main.java src/cache/Resp.java || exit 1
exec java -XX:+UseSerialGC -Xms64m -cp build/classes cache.Main
