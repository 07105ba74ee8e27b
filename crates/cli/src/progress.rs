//! Progress on a terminal; nothing in a pipe.

use std::sync::Arc;

use boltseal_image::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::output::Console;

/// A bar over the bytes of all layers.
pub(crate) struct Shown {
    bar: ProgressBar,
}

struct Layers(ProgressBar);

impl Progress for Layers {
    fn layer_opened(&self, _: usize, size: Option<u64>) {
        self.0.inc_length(size.unwrap_or(0));
    }

    fn layer_advanced(&self, _: usize, bytes: u64) {
        self.0.inc(bytes);
    }

    fn layer_finished(&self, _: usize) {}
}

impl Shown {
    pub(crate) fn new(console: &Console, target: &str) -> Self {
        if !console.shows_progress() {
            return Self { bar: ProgressBar::hidden() };
        }
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr_with_hz(10));
        if let Ok(style) = ProgressStyle::with_template("{spinner} {bar:24} {bytes}/{total_bytes} {wide_msg}") {
            bar.set_style(style);
        }
        bar.set_message(target.to_owned());
        Self { bar }
    }

    /// The same options, telling this bar.
    pub(crate) fn attach(&self, options: &boltseal_scan::Options) -> boltseal_scan::Options {
        let mut options = options.clone();
        if !self.bar.is_hidden() {
            options.image.progress = Some(Arc::new(Layers(self.bar.clone())));
        }
        options
    }

    pub(crate) fn finish(self) {
        self.bar.finish_and_clear();
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
