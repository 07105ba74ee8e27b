//! One test per promise of the README, each running the program as its user does.

mod attacks;
mod damage;
mod database;
mod demo;
mod formats;
mod interrupt;
mod program;
mod real;
mod status;
mod transports;
