//! Given: makes messages, clients and services of the contract, each time it changes.

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=proto");
    // protox reads the contract, so that no protoc has to be installed.
    let files = protox::compile(["proto/shop.proto"], ["proto"])?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    // What reflection tells others, from stage 2 on.
    fs::write(out.join("shop.bin"), protox::prost::Message::encode_to_vec(&files))?;
    // A method that a service lacks answers UNIMPLEMENTED.
    tonic_prost_build::configure().generate_default_stubs(true).compile_fds(files)?;
    Ok(())
}
