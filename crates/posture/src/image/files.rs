//! Which files of an image are of interest, by path and mode.

/// What sort of thing a path is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// A regular file, or a hard link to one.
    File,
    /// A directory.
    Directory,
    /// A symbolic link, whose mode says nothing.
    Link,
    /// A device, pipe or socket.
    Other,
}

/// A file of the image as a container sees it, all layers merged.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'p> {
    /// Its absolute path.
    pub path: &'p str,
    /// What it is.
    pub kind: EntryKind,
    /// Its permission bits with set-user-id, set-group-id and sticky.
    pub mode: u32,
    /// The number of its owner.
    pub uid: u64,
    /// Its length in bytes.
    pub size: u64,
}

/// What rules need of an image's files.
#[derive(Debug, Clone, Default)]
pub struct Files {
    /// Executables with the set-user-id or set-group-id bit, absolute paths.
    pub setuid: Vec<String>,
    /// Shells, absolute paths.
    pub shells: Vec<String>,
    /// Package managers, absolute paths.
    pub package_managers: Vec<String>,
    /// Files that everyone may write outside `/tmp` and the like, absolute paths.
    pub world_writable: Vec<String>,
    /// Files that look like private keys or credentials by their names, absolute paths.
    pub credentials: Vec<String>,
    /// Directories of version control that a build left, absolute paths.
    pub repositories: Vec<String>,
    /// How many regular files may be executed.
    pub executables: usize,
    /// `/etc/passwd`, where it is there.
    pub passwd: Option<String>,
    /// `/etc/shadow`, where it is there.
    pub shadow: Option<String>,
    /// `/etc/os-release`, where it is there.
    pub os_release: Option<String>,
}

/// More paths of one sort than this say nothing new.
const MOST: usize = 1000;

const SHELLS: &[&str] =
    &["sh", "bash", "dash", "ash", "zsh", "ksh", "mksh", "fish", "csh", "tcsh", "busybox", "toybox"];

const PACKAGE_MANAGERS: &[&str] = &[
    "apt", "apt-get", "dpkg", "apk", "dnf", "dnf5", "microdnf", "yum", "rpm", "zypper", "pacman", "opkg", "tdnf",
    "emerge",
];

const PROGRAM_DIRECTORIES: &[&str] = &["/bin/", "/sbin/", "/usr/bin/", "/usr/sbin/", "/usr/local/bin/", "/busybox/"];

impl Files {
    /// Takes a file into account.
    pub fn note(&mut self, entry: &Entry<'_>) {
        let path = entry.path;
        let is_file = entry.kind == EntryKind::File;
        let name = path.rsplit('/').next().unwrap_or_default();
        if is_file && entry.mode & 0o111 != 0 {
            self.executables += 1;
            if entry.mode & 0o6000 != 0 {
                keep(&mut self.setuid, path);
            }
        }
        let is_program =
            PROGRAM_DIRECTORIES.iter().any(|directory| path.strip_prefix(directory).is_some_and(|rest| rest == name));
        let runs = entry.kind == EntryKind::Link || (is_file && entry.mode & 0o111 != 0);
        if is_program && runs && SHELLS.contains(&name) {
            keep(&mut self.shells, path);
        }
        if is_program && runs && PACKAGE_MANAGERS.contains(&name) {
            keep(&mut self.package_managers, path);
        }
        if is_world_writable(entry) {
            keep(&mut self.world_writable, path);
        }
        if is_file && entry.size > 0 && is_credential(path) {
            keep(&mut self.credentials, path);
        }
        if entry.kind == EntryKind::Directory && matches!(name, ".git" | ".hg" | ".svn") {
            keep(&mut self.repositories, path);
        }
    }

    /// Rules read what this file says, not only its name: hand its text to [`Files::read`].
    pub fn wants(path: &str) -> bool {
        matches!(path, "/etc/passwd" | "/etc/shadow" | "/etc/os-release" | "/usr/lib/os-release")
    }

    /// Takes the text of a file into account that [`Files::wants`] named.
    pub fn read(&mut self, path: &str, bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes).into_owned();
        match path {
            "/etc/passwd" => self.passwd = Some(text),
            "/etc/shadow" => self.shadow = Some(text),
            "/etc/os-release" => self.os_release = Some(text),
            "/usr/lib/os-release" => {
                self.os_release.get_or_insert(text);
            }
            _ => {}
        }
    }

    /// The image is one of those that hold a program and what it needs, but no distribution: no package manager, and
    /// either it says so or it holds hardly any other program.
    pub fn is_distroless(&self) -> bool {
        let says = self.os_release.as_deref().is_some_and(|text| text.to_ascii_lowercase().contains("distroless"));
        self.package_managers.is_empty() && (says || self.executables <= 20)
    }
}

fn keep(list: &mut Vec<String>, path: &str) {
    if list.len() < MOST {
        list.push(path.to_owned());
    }
}

fn is_world_writable(entry: &Entry<'_>) -> bool {
    let is_sticky_directory = entry.kind == EntryKind::Directory && entry.mode & 0o1000 != 0;
    let is_meant = ["/tmp", "/var/tmp", "/dev", "/proc", "/sys", "/run/lock", "/var/lock"]
        .iter()
        .any(|place| entry.path.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')));
    entry.mode & 0o002 != 0
        && matches!(entry.kind, EntryKind::File | EntryKind::Directory)
        && !is_sticky_directory
        && !is_meant
}

/// A file is called as private keys and stored credentials are, and does not lie with tests and documentation.
fn is_credential(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let apart = [
        "/test/",
        "/tests/",
        "/testdata/",
        "/test_data/",
        "/fixtures/",
        "/examples/",
        "/example/",
        "/usr/share/",
        "/doc/",
    ];
    if apart.iter().any(|part| lower.contains(part)) {
        return false;
    }
    let name = lower.rsplit('/').next().unwrap_or_default();
    let named = [
        "id_rsa",
        "id_dsa",
        "id_ecdsa",
        "id_ed25519",
        ".git-credentials",
        ".netrc",
        ".pgpass",
        ".pypirc",
        ".htpasswd",
        ".boto",
        "privkey.pem",
        "private.pem",
        "private.key",
        "server.key",
        "key.pem",
        "client-key.pem",
        "server-key.pem",
        "tls.key",
        "terraform.tfstate",
        ".bash_history",
        ".mysql_history",
        ".psql_history",
        ".vault-token",
        ".env",
        "ca.key",
    ];
    let ends = [
        "/.aws/credentials",
        "/.docker/config.json",
        "/.kube/config",
        "/.config/gcloud/application_default_credentials.json",
        "/.ssh/identity",
        "/.azure/accesstokens.json",
        "/.npmrc",
        "/etc/kubernetes/admin.conf",
    ];
    let is_host_key = name.starts_with("ssh_host_") && name.ends_with("_key");
    let is_store = [".p12", ".pfx", ".jks", ".kdbx", ".ppk"].iter().any(|ending| name.ends_with(ending));
    // Java's own trust stores hold certificates only.
    let is_trust = name.contains("cacerts") || name.contains("truststore");
    named.contains(&name) || is_host_key || (is_store && !is_trust) || ends.iter().any(|end| lower.ends_with(end))
}
