//! The parts of a `pom.xml` that name dependencies, picked from the stream of elements.

use quick_xml::Reader;
use quick_xml::events::Event;

use super::Source;

/// Elements within elements; those of a real file are nested about ten deep.
const DEPTH: usize = 64;
/// Properties and managed dependencies that are kept.
const ENTRIES: usize = 200_000;
/// Bytes of one text that are kept.
const TEXT: usize = 4096;

/// A dependency as written, expressions and all; empty where it says nothing.
#[derive(Debug, Default)]
pub(super) struct Dependency {
    pub(super) line: u32,
    pub(super) group: String,
    pub(super) artifact: String,
    pub(super) version: String,
    pub(super) scope: String,
    pub(super) optional: String,
}

/// What a file says of its project.
#[derive(Debug, Default)]
pub(super) struct Project {
    pub(super) group: String,
    pub(super) artifact: String,
    pub(super) version: String,
    pub(super) parent_group: String,
    pub(super) parent_version: String,
    pub(super) properties: Vec<(String, String)>,
    pub(super) managed: Vec<Dependency>,
    pub(super) dependencies: Vec<Dependency>,
}

/// The state of reading.
#[derive(Default)]
struct Walk {
    /// The names of the open elements.
    path: Vec<String>,
    text: String,
    dependency: Dependency,
    project: Project,
}

/// Reads a whole file. Entities other than XML's own five are kept as written, never expanded.
pub(super) fn read(source: &Source<'_>) -> Result<Project, String> {
    let mut reader = Reader::from_str(source.text);
    let mut walk = Walk::default();
    let mut seen_root = false;
    loop {
        let offset = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let event = reader.read_event().map_err(|error| {
            let offset = usize::try_from(reader.error_position()).unwrap_or(offset);
            format!("line {}: not XML: {error}", source.line(offset))
        })?;
        match event {
            Event::Start(tag) => {
                let name = text_of(tag.local_name().as_ref());
                if !seen_root && name != "project" {
                    return Err("not a Maven project: the root element is not `project`".to_owned());
                }
                seen_root = true;
                if walk.path.len() >= DEPTH {
                    return Err(format!("line {}: elements are nested deeper than {DEPTH}", source.line(offset)));
                }
                walk.open(name, source.line(offset));
            }
            Event::End(_) => walk.close(),
            Event::Text(text) => walk.push(&text_of(text.as_ref())),
            Event::CData(text) => walk.push(&text_of(text.as_ref())),
            Event::GeneralRef(reference) => {
                let name = text_of(reference.as_ref());
                let character = reference.resolve_char_ref().ok().flatten();
                walk.push(&character.map_or_else(|| entity(&name), String::from));
            }
            Event::Eof if !walk.path.is_empty() => return Err("not XML: it ends within an element".to_owned()),
            Event::Eof if !seen_root => return Err("not a Maven project: it holds no element".to_owned()),
            Event::Eof => return Ok(walk.project),
            _ => {}
        }
    }
}

fn text_of(bytes: impl AsRef<[u8]>) -> String {
    String::from_utf8_lossy(bytes.as_ref()).into_owned()
}

fn entity(name: &str) -> String {
    match name {
        "amp" => "&".to_owned(),
        "lt" => "<".to_owned(),
        "gt" => ">".to_owned(),
        "quot" => "\"".to_owned(),
        "apos" => "'".to_owned(),
        other => format!("&{other};"),
    }
}

impl Walk {
    fn open(&mut self, name: String, line: u32) {
        self.text.clear();
        self.path.push(name);
        if self.path.last().is_some_and(|name| name == "dependency") {
            self.dependency = Dependency { line, ..Dependency::default() };
        }
    }

    fn push(&mut self, text: &str) {
        if self.text.len() + text.len() <= TEXT {
            self.text.push_str(text);
        }
    }

    fn close(&mut self) {
        let text = std::mem::take(&mut self.text).trim().to_owned();
        let path: Vec<&str> = self.path.iter().map(String::as_str).collect();
        let project = &mut self.project;
        // A profile adds to the project what the same elements outside it would.
        let path = match path.as_slice() {
            ["project", "profiles", "profile", rest @ ..] | ["project", rest @ ..] => rest,
            _ => &[],
        };
        match path {
            ["groupId"] => project.group = text,
            ["artifactId"] => project.artifact = text,
            ["version"] => project.version = text,
            ["parent", "groupId"] => project.parent_group = text,
            ["parent", "version"] => project.parent_version = text,
            ["properties", name] if project.properties.len() < ENTRIES => {
                project.properties.push(((*name).to_owned(), text));
            }
            ["dependencies", "dependency"] if project.dependencies.len() <= ENTRIES => {
                project.dependencies.push(std::mem::take(&mut self.dependency));
            }
            ["dependencyManagement", "dependencies", "dependency"] if project.managed.len() < ENTRIES => {
                project.managed.push(std::mem::take(&mut self.dependency));
            }
            ["dependencies", "dependency", field] | ["dependencyManagement", "dependencies", "dependency", field] => {
                let dependency = &mut self.dependency;
                match *field {
                    "groupId" => dependency.group = text,
                    "artifactId" => dependency.artifact = text,
                    "version" => dependency.version = text,
                    "scope" => dependency.scope = text,
                    "optional" => dependency.optional = text,
                    _ => {}
                }
            }
            _ => {}
        }
        self.path.pop();
    }
}
