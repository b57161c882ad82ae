Set-Location $PSScriptRoot; $program = if ($args) { $args[0] } else { "catalog" }
mvn -q -B -DskipTests package; if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp target/shop.jar "shop.$program.Main"; exit $LASTEXITCODE
