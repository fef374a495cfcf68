//! The AMQP port: recordings through it, a client library of others, and
//! octets that mean no good.

#![cfg(not(target_arch = "wasm32"))]

mod hostile;
mod library;
mod patience;
mod recorded;
mod tls;
mod wire;

use warren_tests::served::Served;
