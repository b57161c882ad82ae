Set-Location $PSScriptRoot
mvn -q -B -DskipTests package; if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp target/shop.jar shop.Main; exit $LASTEXITCODE
