//! Given: when to stop.

use std::io::{self, IsTerminal, Read};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

static STOPPED: AtomicBool = AtomicBool::new(false);

/// Returns when the program has to stop: on SIGTERM, on Ctrl+C, or when standard input ends.
pub fn wait() {
    #[cfg(unix)]
    signals::catch();
    // Whoever starts the server holds its standard input open: when that ends, they are gone. A terminal stays.
    if !io::stdin().is_terminal() {
        thread::spawn(|| {
            let mut ignored = [0; 1024];
            while matches!(io::stdin().lock().read(&mut ignored), Ok(count) if count > 0) {}
            STOPPED.store(true, Ordering::Relaxed);
        });
    }
    // A signal handler may do hardly more than set a flag, so somebody has to look at it now and then.
    while !STOPPED.load(Ordering::Relaxed) {
        thread::sleep(Duration::from_millis(20));
    }
}

#[cfg(unix)]
mod signals {
    use super::{Ordering, STOPPED};

    const SIGINT: i32 = 2;
    const SIGTERM: i32 = 15;

    // The standard library has nothing for signals, and this one function of C is no reason for a crate.
    extern "C" {
        fn signal(number: i32, handler: extern "C" fn(i32)) -> usize;
    }

    extern "C" fn stop(_number: i32) {
        STOPPED.store(true, Ordering::Relaxed);
    }

    pub fn catch() {
        // Safe: the handler only stores to an atomic, which is allowed at any moment.
        unsafe {
            signal(SIGINT, stop);
            signal(SIGTERM, stop);
        }
    }
}
