Set-Location $PSScriptRoot
javac -d build/classes --source-path src src/cache/Main.java src/cache/Resp.java; if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
java -XX:+UseSerialGC -Xms64m -cp build/classes cache.Main; exit $LASTEXITCODE
