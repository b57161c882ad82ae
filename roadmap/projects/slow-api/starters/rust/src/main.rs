//! Where the API begins, and when it stops.

mod answer;
mod database;
mod orders;
mod pricing;
mod report;
mod request;
mod server;
mod settings;
mod stop;

use std::error::Error;
use std::process;

use settings::Settings;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    if let Err(reason) = run().await {
        eprintln!("{reason}");
        process::exit(1);
    }
    // What is still asked for has nobody left to wait for it.
    process::exit(0);
}

async fn run() -> Result<(), Box<dyn Error>> {
    let settings = Settings::from_environment()?;
    tokio::select! {
        served = server::serve(settings) => Ok(served?),
        told = stop::wait() => Ok(told?),
    }
}
