//! What ends up in the image: the instructions of the last stage and of the stages it is built on.

use std::collections::BTreeSet;

use crate::dockerfile::{Body, Dockerfile, From, Instruction, Stage};

/// The instructions that make a stage's image, the oldest first; those that `ONBUILD` keeps are not run and left out.
pub(super) fn of<'f>(file: &'f Dockerfile<'_>, stage: &'f Stage) -> Vec<&'f Instruction> {
    let mut line = file.ancestry(stage);
    line.reverse();
    line.into_iter().flat_map(|stage| file.of(stage)).filter(|each| !matches!(each.body, Body::Onbuild(_))).collect()
}

/// The same for the image that is built unless another stage is asked for.
pub(super) fn of_image<'f>(file: &'f Dockerfile<'_>) -> Vec<&'f Instruction> {
    file.last_stage().map(|stage| of(file, stage)).unwrap_or_default()
}

/// The `FROM` that brings a stage's image in from outside.
pub(super) fn root<'f>(file: &'f Dockerfile<'_>, stage: &'f Stage) -> Option<&'f From> {
    file.ancestry(stage).last().and_then(|stage| file.base(stage))
}

/// The image from outside that the last stage rests on.
pub(super) fn root_of_image<'f>(file: &'f Dockerfile<'_>) -> Option<&'f From> {
    file.last_stage().and_then(|stage| root(file, stage))
}

/// The stages that the image is made of: the last one and those it is built on.
pub(super) fn stages_of_image(file: &Dockerfile<'_>) -> BTreeSet<usize> {
    file.last_stage().map(|stage| file.ancestry(stage).iter().map(|stage| stage.index).collect()).unwrap_or_default()
}

/// The image is of Windows, as far as its base or a drive in its paths says.
pub(super) fn is_windows(file: &Dockerfile<'_>) -> bool {
    file.escape == '`'
        || file.stages.iter().filter_map(|stage| file.base(stage)).any(|from| {
            let image = from.resolved.as_deref().unwrap_or(&from.image.text).to_ascii_lowercase();
            ["/windows", "nanoserver", "servercore", "windowsservercore"].iter().any(|word| image.contains(word))
        })
}
