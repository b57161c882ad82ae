Set-Location $PSScriptRoot
python -m compileall -q server; if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
python -u -m server; exit $LASTEXITCODE
