Set-Location $PSScriptRoot; $program = if ($args) { $args[0] } else { "catalog" }
go build -mod=mod -o "build/$program.exe" "./cmd/$program"; if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
& "build/$program.exe"; exit $LASTEXITCODE
