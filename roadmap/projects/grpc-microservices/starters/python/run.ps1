Set-Location $PSScriptRoot; if (-not (Test-Path .venv/ready)) { python prepare.py; if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE } }
$program = if ($args) { $args[0] } else { "catalog" }
.venv/Scripts/python.exe -u -m $program; exit $LASTEXITCODE
