//! Given: settings from the environment, and how a program begins and ends.

use std::error::Error;
use std::path::PathBuf;
use std::{env, process};

use tokio::runtime::Runtime;

use super::stop::{self, Stop};

/// Why a program can't go on.
pub type Failure = Box<dyn Error + Send + Sync>;

/// What the environment says.
#[derive(Clone)]
pub struct Settings {
    pub host: String,
    pub port: u16,
    /// Where stage 5 keeps what must survive.
    pub data_dir: PathBuf,
    /// What the shop sells.
    pub products_file: PathBuf,
}

/// Serves until the program is told to stop. A failure of `serve` ends the program with exit code 1.
pub fn run(program: &str, port: &str, serve: impl AsyncFnOnce(Settings, Stop) -> Result<(), Failure>) {
    let served = start(port, serve);
    if let Err(failure) = served {
        eprintln!("{program}: {failure}");
        process::exit(1);
    }
}

fn start(port: &str, serve: impl AsyncFnOnce(Settings, Stop) -> Result<(), Failure>) -> Result<(), Failure> {
    let settings = Settings {
        host: setting("HOST", "127.0.0.1"),
        port: number("PORT", port)?,
        data_dir: setting("DATA_DIR", "var").into(),
        products_file: setting("PRODUCTS_FILE", "data/products.json").into(),
    };
    let runtime = Runtime::new()?;
    let served = runtime.block_on(async { serve(settings, stop::listen()?).await });
    // What still runs has nobody left to run for.
    runtime.shutdown_background();
    served
}

/// Reads a variable of the environment.
pub fn setting(name: &str, otherwise: &str) -> String {
    env::var(name).ok().filter(|value| !value.is_empty()).unwrap_or_else(|| otherwise.to_string())
}

/// Reads a variable that holds a number.
pub fn number<N: std::str::FromStr>(name: &str, otherwise: &str) -> Result<N, Failure> {
    let value = setting(name, otherwise);
    value.parse().map_err(|_| format!("{name} is \"{value}\", which is no number that it can be").into())
}
