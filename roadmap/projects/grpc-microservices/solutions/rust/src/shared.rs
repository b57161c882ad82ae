//! What all programs have in common.

//@ stage 3
pub mod client;
//@ end
//@ stage 11
pub mod codes;
//@ end
//@ stage 6
pub mod context;
//@ end
//@ stage 2
pub mod health;
//@ end
//@ stage 12
pub mod log;
pub mod metrics;
//@ end
//@ stage 6
pub mod neighbor;
//@ end
//@ stage 12
pub mod observe;
//@ end
pub mod products;
//@ stage 2
pub mod reflection;
//@ end
//@ stage 7
pub mod retry;
//@ end
pub mod run;
pub mod server;
pub mod stop;
//@ stage 12
pub mod trace;
//@ end
