//! Panics that are an answer to somebody, who catches and tells them in words of their own. They are not printed as well.

use std::panic;
use std::thread;

/// From now on nothing is printed of a panic on a thread by whose name `is_answer` is true. Once in a process for each caller.
pub(crate) fn keep_to_myself(is_answer: impl Fn(&str) -> bool + Send + Sync + 'static) {
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if !thread::current().name().is_some_and(&is_answer) {
            before(info);
        }
    }));
}
