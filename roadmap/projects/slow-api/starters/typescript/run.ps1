Set-Location $PSScriptRoot; if (-not (Test-Path node_modules)) { npm ci }
node node_modules/typescript/bin/tsc -p .; if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
node dist/main.js; exit $LASTEXITCODE
