//! One test per promise of the README, each running the program as its user does.

mod attacks;
mod database;
mod demo;
mod distributions;
mod formats;
mod program;
mod real;
mod status;
mod transports;
