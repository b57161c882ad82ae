//! Settings from the environment, and how a program begins and ends.

use std::error::Error;
use std::path::PathBuf;
//@ stage 13
use std::time::Duration;
//@ end
use std::{env, process};

use tokio::runtime::Runtime;

//@ stage 12
use super::log;
//@ end
use super::stop::{self, Stop};

/// Why a program can't go on.
pub type Failure = Box<dyn Error + Send + Sync>;

/// What the environment says.
#[derive(Clone)]
pub struct Settings {
    pub host: String,
    pub port: u16,
    /// Where orders are kept.
    pub data_dir: PathBuf,
    /// What the shop sells.
    pub products_file: PathBuf,
    //@ stage 12
    /// None when nobody asks for metrics.
    pub metrics_port: Option<u16>,
    //@ end
    //@ stage 13
    /// How long running calls may take once the program is told to stop.
    pub grace: Duration,
    //@ end
}

/// Serves until the program is told to stop. A failure of `serve` ends the program with exit code 1.
pub fn run(program: &str, port: &str, serve: impl AsyncFnOnce(Settings, Stop) -> Result<(), Failure>) {
    //@ stage 12
    log::begin(program);
    //@ end
    let served = start(port, serve);
    if let Err(failure) = served {
        //@ stage 1-11
        eprintln!("{program}: {failure}");
        //@ end
        //@ stage 12
        log::error("the program ends", &failure.to_string());
        //@ end
        process::exit(1);
    }
}

fn start(port: &str, serve: impl AsyncFnOnce(Settings, Stop) -> Result<(), Failure>) -> Result<(), Failure> {
    let settings = Settings {
        host: setting("HOST", "127.0.0.1"),
        port: number("PORT", port)?,
        data_dir: setting("DATA_DIR", "var").into(),
        products_file: setting("PRODUCTS_FILE", "data/products.json").into(),
        //@ stage 12
        metrics_port: if setting("METRICS_PORT", "").is_empty() { None } else { Some(number("METRICS_PORT", "")?) },
        //@ end
        //@ stage 13
        grace: Duration::from_millis(number("GRACE_MS", "2500")?),
        //@ end
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
