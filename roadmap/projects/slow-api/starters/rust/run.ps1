Set-Location $PSScriptRoot
cargo build --release --quiet --target-dir build/target; if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
build/target/release/server.exe; exit $LASTEXITCODE
