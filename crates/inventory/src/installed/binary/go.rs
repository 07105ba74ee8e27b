//! Go's build info: the toolchain, the main module and every module linked in.
//!
//! The layout is that of the Go standard library's `debug/buildinfo` package: a header of 32 bytes, aligned to 16, that
//! begins with a magic. Since Go 1.18 two strings follow it, each behind its length as a varint; before, the header
//! held the addresses of two Go string headers, in the image's own byte order.

use boltseal_evidence::{Package, PackageType};

use super::Image;
use crate::cataloger::Records;
use crate::installed::field;
use crate::limits::Limits;

const MAGIC: &[u8] = b"\xff Go buildinf:";
/// The header's size and alignment.
const HEADER: usize = 32;
const ALIGN: usize = 16;
/// Bytes of the module list; the largest programs have some hundred kilobytes.
const MAX_MODULES: u64 = 8 * 1024 * 1024;
/// Places where the magic may stand in one image without a header behind it that can be read.
const MAX_ATTEMPTS: usize = 64;
/// The runtime finds the module list by 16 bytes before and after it.
const SENTINEL: usize = 16;

/// Adds the modules of a Go program; does nothing with any other.
pub(super) fn read(image: &Image<'_>, records: &mut Records) {
    match find(image) {
        Ok(None) => {}
        Ok(Some(info)) => collect(&info, records),
        Err(reason) => {
            field::report(records, format!("the Go build info cannot be read: {reason}; its modules are not known"));
        }
    }
}

/// The two texts of the build info.
struct BuildInfo<'a> {
    toolchain: &'a [u8],
    modules: &'a [u8],
}

fn find<'a>(image: &Image<'a>) -> Result<Option<BuildInfo<'a>>, &'static str> {
    if let Some(section) = &image.go_build_info {
        let section = section.as_ref().map_err(|_| "its section lies outside the file")?;
        return decode_first(image, section);
    }
    if image.may_hide_build_info() {
        for data in image.writable() {
            if let Ok(Some(info)) = decode_first(image, data) {
                return Ok(Some(info));
            }
        }
    }
    Ok(None)
}

/// The first header that can be read; the error is that of the last one that cannot.
fn decode_first<'a>(image: &Image<'a>, data: &'a [u8]) -> Result<Option<BuildInfo<'a>>, &'static str> {
    let mut outcome = Ok(None);
    let starts = memchr::memmem::find_iter(data, MAGIC).filter(|start| start % ALIGN == 0);
    for blob in starts.take(MAX_ATTEMPTS).filter_map(|start| data.get(start..)) {
        match decode(image, blob) {
            Ok(info) => return Ok(Some(info)),
            Err(reason) => outcome = Err(reason),
        }
    }
    outcome
}

fn decode<'a>(image: &Image<'a>, blob: &'a [u8]) -> Result<BuildInfo<'a>, &'static str> {
    let (header, rest) = blob.split_at_checked(HEADER).ok_or("its header is cut off")?;
    let (pointer_size, flags) = match header.get(MAGIC.len()..MAGIC.len() + 2) {
        Some(&[size, flags]) => (size, flags),
        _ => return Err("its header is cut off"),
    };
    let (toolchain, modules) = if flags & 2 != 0 {
        let (toolchain, rest) = inline_string(rest).ok_or("the toolchain's version is cut off")?;
        (toolchain, inline_string(rest).ok_or("the list of modules is cut off")?.0)
    } else {
        let pointers = Pointers { image, big_endian: flags & 1 != 0, size: pointer_size };
        let toolchain = pointers.string(header, ALIGN).ok_or("the toolchain's version lies outside the file")?;
        let second = ALIGN + usize::from(pointer_size);
        (toolchain, pointers.string(header, second).ok_or("the list of modules lies outside the file")?)
    };
    Ok(BuildInfo { toolchain, modules: without_sentinels(modules) })
}

/// A string behind its length as an unsigned varint, and what follows it.
fn inline_string(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut length = 0u64;
    for (index, byte) in bytes.iter().enumerate().take(9) {
        length |= u64::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            let length = usize::try_from(length).ok().filter(|&length| length as u64 <= MAX_MODULES)?;
            return bytes.get(index + 1..)?.split_at_checked(length);
        }
    }
    None
}

/// The words of the older form.
struct Pointers<'i, 'a> {
    image: &'i Image<'a>,
    big_endian: bool,
    size: u8,
}

impl<'a> Pointers<'_, 'a> {
    /// The string whose header's address stands in `header`.
    fn string(&self, header: &[u8], offset: usize) -> Option<&'a [u8]> {
        let size = u64::from(self.size);
        let address = self.word(header.get(offset..)?)?;
        let data = self.word(self.image.at(address, size)?)?;
        let length = self.word(self.image.at(address.checked_add(size)?, size)?)?;
        if length == 0 {
            return Some(&[]);
        }
        self.image.at(data, length).filter(|_| length <= MAX_MODULES)
    }

    fn word(&self, bytes: &[u8]) -> Option<u64> {
        match (self.size, self.big_endian) {
            (4, false) => Some(u64::from(u32::from_le_bytes(*bytes.first_chunk()?))),
            (4, true) => Some(u64::from(u32::from_be_bytes(*bytes.first_chunk()?))),
            (8, false) => Some(u64::from_le_bytes(*bytes.first_chunk()?)),
            (8, true) => Some(u64::from_be_bytes(*bytes.first_chunk()?)),
            _ => None,
        }
    }
}

/// The list of modules between its sentinels; empty where there are none, as in programs built without modules.
fn without_sentinels(modules: &[u8]) -> &[u8] {
    let end = modules.len().saturating_sub(SENTINEL);
    match modules.get(SENTINEL..end) {
        Some(inner) if inner.ends_with(b"\n") => inner,
        _ => &[],
    }
}

/// One module, and what it was replaced by.
struct Module {
    path: String,
    version: String,
    replacement: Option<(String, String)>,
}

fn collect(info: &BuildInfo<'_>, records: &mut Records) {
    let toolchain = String::from_utf8_lossy(info.toolchain);
    let mut stdlib = Package::new(PackageType::Golang, "stdlib");
    stdlib.version = toolchain_version(&toolchain);
    let mut packages = vec![stdlib];
    let text = String::from_utf8_lossy(info.modules);
    for module in modules(&text, records) {
        packages.extend(package(module, records));
    }
    for mut package in packages {
        "go-binary".clone_into(&mut package.found_by);
        records.packages.push(package);
    }
}

/// The lines of `runtime/debug.BuildInfo`: `mod`, `dep` and `=>`, each with path, version and sum between tabs.
fn modules(text: &str, records: &mut Records) -> Vec<Module> {
    let mut modules: Vec<Module> = Vec::new();
    for line in text.lines() {
        let mut fields = line.split('\t');
        let kind = fields.next().unwrap_or_default();
        let (path, version) = (fields.next().unwrap_or_default(), fields.next().unwrap_or_default());
        match kind {
            "mod" | "dep" if modules.len() >= Limits::DEFAULT.packages => {
                let message = format!("the Go build info lists more than {} modules", Limits::DEFAULT.packages);
                field::report(records, message);
                break;
            }
            "mod" | "dep" => {
                modules.push(Module { path: path.to_owned(), version: version.to_owned(), replacement: None });
            }
            "=>" => {
                if let Some(module) = modules.last_mut() {
                    module.replacement = Some((path.to_owned(), version.to_owned()));
                }
            }
            _ => {}
        }
    }
    modules
}

/// The package that was really linked in. A directory in place of a module has no version to compare, and neither has
/// the main module of a development build.
fn package(module: Module, records: &mut Records) -> Option<Package> {
    let (path, version) = match module.replacement {
        Some((path, version)) if !is_local(&path) && !version.is_empty() => (path, version),
        Some(_) => (module.path, String::new()),
        None => (module.path, module.version),
    };
    let path = field::bounded("module path", &path, &mut records.problems)?;
    let mut package = match path.rsplit_once('/') {
        Some((namespace, name)) if !name.is_empty() => {
            let mut package = Package::new(PackageType::Golang, name);
            package.namespace = Some(namespace.to_owned());
            package
        }
        _ => Package::new(PackageType::Golang, path),
    };
    if version != "(devel)" {
        package.version = field::bounded("module version", &version, &mut records.problems);
    }
    Some(package)
}

/// A replacement that is a directory: `./x`, `../x`, `/x`, `C:\x`.
fn is_local(path: &str) -> bool {
    path.starts_with(['.', '/', '\\']) || path.get(1..2) == Some(":")
}

/// `go1.21.3` is `1.21.3`, with whatever experiments, vendor or build it names left out. `None` for development
/// versions, which lie between releases.
fn toolchain_version(text: &str) -> Option<String> {
    let version = text.trim().strip_prefix("go").filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))?;
    let end = version.find(|c: char| !c.is_ascii_alphanumeric() && c != '.').unwrap_or(version.len());
    let version = version.get(..end)?;
    // `1.18.3b7` is the seventh BoringCrypto build of 1.18.3.
    let release = match version.rsplit_once('b') {
        Some((release, build))
            if release.matches('.').count() == 2
                && !build.is_empty()
                && release.bytes().chain(build.bytes()).all(|b| b.is_ascii_digit() || b == b'.') =>
        {
            release
        }
        _ => version,
    };
    field::bounded("toolchain version", release, &mut Vec::new())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::cataloger::{Cataloger, File};
    use crate::installed::binary::{Binary, elf::Elf};

    /// Build info as Go 1.18 and later write it.
    pub(in crate::installed::binary) fn inline(toolchain: &str, modules: &str) -> Vec<u8> {
        let mut blob = header(8, 2);
        let modules = if modules.is_empty() { Vec::new() } else { guarded(modules) };
        for text in [toolchain.as_bytes(), &modules] {
            let mut length = text.len();
            while length >= 0x80 {
                blob.push((length & 0x7f) as u8 | 0x80);
                length >>= 7;
            }
            blob.push(length as u8);
            blob.extend(text);
        }
        blob
    }

    fn header(pointer_size: u8, flags: u8) -> Vec<u8> {
        let mut blob = MAGIC.to_vec();
        blob.extend([pointer_size, flags]);
        blob.resize(HEADER, 0);
        blob
    }

    fn guarded(modules: &str) -> Vec<u8> {
        [&[0x30; SENTINEL], modules.as_bytes(), &[0xf9; SENTINEL]].concat()
    }

    /// Build info as Go 1.13 to 1.17 wrote it, at the given address.
    pub(in crate::installed::binary) fn pointers(
        address: u64,
        big_endian: bool,
        toolchain: &str,
        modules: &str,
    ) -> Vec<u8> {
        let word = |value: u64| if big_endian { value.to_be_bytes() } else { value.to_le_bytes() };
        let modules = guarded(modules);
        let texts = address + 64;
        let mut blob = header(8, u8::from(big_endian));
        blob[16..24].copy_from_slice(&word(address + 32));
        blob[24..32].copy_from_slice(&word(address + 48));
        for value in [texts, toolchain.len() as u64, texts + toolchain.len() as u64, modules.len() as u64] {
            blob.extend(word(value));
        }
        blob.extend(toolchain.as_bytes());
        blob.extend(modules);
        blob
    }

    const MODULES: &str = "path\texample.com/app/cmd\nmod\texample.com/app\t(devel)\t\n\
        dep\tgithub.com/gin-gonic/gin\tv1.7.0\th1:x=\ndep\tgopkg.in/yaml.v2\tv2.2.2\n=>\tgopkg.in/yaml.v2\tv2.4.0\th1:y=\n\
        dep\texample.com/lib\tv1.0.0\n=>\t../lib\t(devel)\t\nbuild\t-compiler=gc\n";

    fn check(content: &[u8], expect: &str) {
        let records = Binary.catalog(&File { path: "app", content });
        let found: Vec<String> = records.packages.iter().map(Package::purl).collect();
        let problems: Vec<&str> = records.problems.iter().map(|problem| problem.message.as_str()).collect();
        assert_eq!([found.join("\n"), problems.join("\n")].join("\n").trim(), expect);
    }

    const EXPECT: &str = "pkg:golang/stdlib@1.21.3\npkg:golang/example.com/app\n\
        pkg:golang/github.com/gin-gonic/gin@v1.7.0\npkg:golang/gopkg.in/yaml.v2@v2.4.0\npkg:golang/example.com/lib";

    #[test]
    fn modules_are_read_from_build_info_of_today() {
        check(&Elf::default().section(".go.buildinfo", &inline("go1.21.3", MODULES)).build(), EXPECT);
    }

    #[test]
    fn modules_are_read_through_the_pointers_of_old_in_either_byte_order() {
        for big_endian in [false, true] {
            let elf = Elf { big_endian, ..Elf::default() };
            let blob = pointers(elf.first_address(), big_endian, "go1.21.3", MODULES);
            check(&elf.section(".go.buildinfo", &blob).build(), EXPECT);
        }
    }

    #[test]
    fn modules_are_found_without_a_section_table() {
        let elf = Elf { without_table: true, ..Elf::default() };
        check(&elf.section(".data", &inline("go1.21.3", MODULES)).build(), EXPECT);
    }

    #[test]
    fn a_magic_elsewhere_in_a_file_with_sections_is_data() {
        check(&Elf::default().section(".rodata", &inline("go1.21.3", MODULES)).build(), "");
    }

    #[test]
    fn build_info_that_is_cut_off_is_a_problem() {
        let blob = inline("go1.21.3", MODULES);
        for end in [20, 33, 60] {
            let content = Elf::default().section(".go.buildinfo", &blob[..end]).build();
            let records = Binary.catalog(&File { path: "app", content: &content });
            assert_eq!((records.packages.len(), records.problems.len()), (0, 1), "{end}");
        }
        let outside = pointers(0x1234_5678_0000, false, "go1.17", MODULES);
        check(
            &Elf::default().section(".go.buildinfo", &outside).build(),
            "the Go build info cannot be read: the toolchain's version lies outside the file; its modules are not known",
        );
    }

    #[test]
    fn toolchain_versions_are_releases() {
        for (text, expect) in [
            ("go1.21.3", Some("1.21.3")),
            ("go1.21rc2", Some("1.21rc2")),
            ("go1.22.1 X:nocoverageredesign", Some("1.22.1")),
            ("go1.20.12-bigcorp", Some("1.20.12")),
            ("go1.18.3b7", Some("1.18.3")),
            ("go1.18beta1", Some("1.18beta1")),
            ("devel go1.23-0123456789 Mon Jan 1", None),
            ("", None),
        ] {
            assert_eq!(toolchain_version(text).as_deref(), expect, "{text}");
        }
    }
}
