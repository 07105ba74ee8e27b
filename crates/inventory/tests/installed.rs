//! The catalogers of installed packages as a scan meets them: by path first, then by content.

use boltseal_inventory::{Catalogers, File, FileMeta};

fn wanted_by(path: &str, executable: bool) -> String {
    let catalogers = Catalogers::for_images();
    let numbers = catalogers.wanting(&FileMeta { path, size: 100, executable });
    numbers.into_iter().map(|number| catalogers.name(number)).collect::<Vec<_>>().join(" ")
}

#[test]
fn each_kind_of_file_goes_to_its_cataloger() {
    for (path, executable, expect) in [
        ("usr/lib/python3/dist-packages/Django-3.2.1.dist-info/METADATA", false, "python-installed"),
        ("usr/lib/python3/dist-packages/six.egg-info/PKG-INFO", false, "python-installed"),
        ("usr/lib/python3/dist-packages/six-1.16.0.egg-info", false, "python-installed"),
        ("usr/lib/python3/dist-packages/six-1.16.0-py3.8.egg", false, "python-installed"),
        ("usr/lib/python3/dist-packages/x.egg/EGG-INFO/PKG-INFO", false, "python-installed"),
        ("app/node_modules/@types/node/package.json", false, "npm-installed"),
        ("app/package.json", false, ""),
        ("var/lib/gems/3.1.0/specifications/rake-13.0.6.gemspec", false, "gem-installed"),
        ("opt/app.jar", false, "java-archive"),
        ("opt/app.war", false, "java-archive"),
        ("opt/executable.jar", true, "java-archive binary"),
        ("usr/bin/tool", true, "binary"),
        ("usr/bin/tool", false, ""),
        ("app/App.deps.json", false, "dotnet-deps"),
        ("app/vendor/composer/installed.json", false, "composer-installed"),
        ("opt/bitnami/redis/.spdx-redis.spdx", false, "bitnami"),
    ] {
        assert_eq!(wanted_by(path, executable), expect, "{path}");
    }
}

#[test]
fn a_package_names_the_cataloger_and_the_file_that_it_came_from() {
    let catalogers = Catalogers::for_images();
    let path = "app/node_modules/lodash/package.json";
    let content = br#"{"name":"lodash","version":"4.17.15","license":"MIT"}"#;
    let numbers = catalogers.wanting(&FileMeta { path, size: content.len() as u64, executable: false });
    let records = catalogers.catalog(numbers[0], &File { path, content });
    let package = &records.packages[0];
    assert_eq!(
        (package.purl().as_str(), package.found_by.as_str(), package.locations[0].path.as_str()),
        ("pkg:npm/lodash@4.17.15", "npm-installed", path)
    );
}
