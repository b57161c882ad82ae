Set-Location $PSScriptRoot; $program = if ($args.Count -gt 0) { $args[0] } else { 'catalog' }; if (-not (Test-Path node_modules)) { npm ci }
node node_modules/typescript/bin/tsc -p .; if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
node "dist/$program/main.js"; exit $LASTEXITCODE
