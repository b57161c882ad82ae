#!/bin/sh
cd "$(dirname "$0")" && mvn -q -B -DskipTests package || exit 1
exec java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp target/shop.jar shop.Main
