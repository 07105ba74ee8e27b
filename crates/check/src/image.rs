//! Images: the configuration and what stands out in the files.

use boltseal_image::{Image, Target};
use boltseal_posture::{Checked, check};

use crate::{Error, Options};

/// Judges an image; also returns its configuration, which findings point into.
pub(crate) fn judge(target: &Target, options: &Options) -> Result<(Checked, String), Error> {
    let image = Image::open(target, &options.image)?;
    let path = format!("{}.json", image.id());
    let text = String::from_utf8_lossy(image.config_bytes()).into_owned();
    Ok((check(&path, image.config_bytes(), &options.posture), text))
}
