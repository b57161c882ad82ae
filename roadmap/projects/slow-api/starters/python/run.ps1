Set-Location $PSScriptRoot
if (-not (Test-Path .venv/ready)) { python prepare.py; if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE } }
.venv/Scripts/python.exe -u -m server; exit $LASTEXITCODE
