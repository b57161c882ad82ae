Set-Location $PSScriptRoot
go build -mod=mod -o build/server.exe ./cmd/server; if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
build/server.exe; exit $LASTEXITCODE
