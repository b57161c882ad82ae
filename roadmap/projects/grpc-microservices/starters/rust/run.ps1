Set-Location $PSScriptRoot; $program = if ($args) { $args[0] } else { "catalog" }
cargo build --release --quiet --target-dir build/target --bin $program; if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
& "build/target/release/$program.exe"; exit $LASTEXITCODE
