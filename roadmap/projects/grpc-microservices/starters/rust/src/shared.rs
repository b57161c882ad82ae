//! What all programs have in common.

pub mod products;
pub mod run;
pub mod server;
pub mod stop;
