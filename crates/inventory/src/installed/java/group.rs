//! The Maven group of an archive that does not say it.
//!
//! Archives built with Gradle or Ant carry no `pom.properties`, and advisories name artifacts by group. Well-known
//! artifacts are listed here; for others the manifest's names are tried.

use super::manifest::Manifest;

/// Parts of a group that are tried.
const MAX_DOTS: usize = 10;

/// Artifacts by their whole name.
const EXACT: &[(&str, &str)] = &[
    ("ant", "org.apache.ant"),
    ("aopalliance", "aopalliance"),
    ("asm", "org.ow2.asm"),
    ("bsh", "org.beanshell"),
    ("c3p0", "com.mchange"),
    ("cglib", "cglib"),
    ("commons-beanutils", "commons-beanutils"),
    ("commons-chain", "commons-chain"),
    ("commons-cli", "commons-cli"),
    ("commons-codec", "commons-codec"),
    ("commons-collections", "commons-collections"),
    ("commons-configuration", "commons-configuration"),
    ("commons-dbcp", "commons-dbcp"),
    ("commons-digester", "commons-digester"),
    ("commons-discovery", "commons-discovery"),
    ("commons-el", "commons-el"),
    ("commons-fileupload", "commons-fileupload"),
    ("commons-httpclient", "commons-httpclient"),
    ("commons-io", "commons-io"),
    ("commons-jxpath", "commons-jxpath"),
    ("commons-lang", "commons-lang"),
    ("commons-logging", "commons-logging"),
    ("commons-net", "commons-net"),
    ("commons-pool", "commons-pool"),
    ("commons-validator", "commons-validator"),
    ("dom4j", "org.dom4j"),
    ("elasticsearch", "org.elasticsearch"),
    ("freemarker", "org.freemarker"),
    ("gson", "com.google.code.gson"),
    ("guava", "com.google.guava"),
    ("h2", "com.h2database"),
    ("hibernate-validator", "org.hibernate.validator"),
    ("hsqldb", "org.hsqldb"),
    ("jackson-annotations", "com.fasterxml.jackson.core"),
    ("jackson-core", "com.fasterxml.jackson.core"),
    ("jackson-databind", "com.fasterxml.jackson.core"),
    ("jdom", "org.jdom"),
    ("jdom2", "org.jdom"),
    ("js", "org.mozilla"),
    ("jsr250-api", "javax.annotation"),
    ("junit", "junit"),
    ("kafka-clients", "org.apache.kafka"),
    ("log4j", "log4j"),
    ("mysql-connector-j", "com.mysql"),
    ("mysql-connector-java", "mysql"),
    ("ognl", "ognl"),
    ("okio", "com.squareup.okio"),
    ("okio-jvm", "com.squareup.okio"),
    ("oro", "oro"),
    ("postgresql", "org.postgresql"),
    ("quartz", "org.quartz-scheduler"),
    ("reactor-core", "io.projectreactor"),
    ("rhino", "org.mozilla"),
    ("snakeyaml", "org.yaml"),
    ("spring-amqp", "org.springframework.amqp"),
    ("spring-hateoas", "org.springframework.hateoas"),
    ("spring-retry", "org.springframework.retry"),
    ("spring-security-oauth2", "org.springframework.security.oauth"),
    ("spring-xml", "org.springframework.ws"),
    ("velocity", "org.apache.velocity"),
    ("velocity-tools", "org.apache.velocity"),
    ("wiremock", "com.github.tomakehurst"),
    ("xalan", "xalan"),
    ("xercesImpl", "xerces"),
    ("xml-apis", "xml-apis"),
    ("xstream", "com.thoughtworks.xstream"),
    ("zookeeper", "org.apache.zookeeper"),
];

/// Families of artifacts by the beginning of their names; the first that fits is taken.
const FAMILIES: &[(&str, &str)] = &[
    ("apiguardian-", "org.apiguardian"),
    ("asm-", "org.ow2.asm"),
    ("bcmail-", "org.bouncycastle"),
    ("bcpg-", "org.bouncycastle"),
    ("bcpkix-", "org.bouncycastle"),
    ("bcprov-", "org.bouncycastle"),
    ("bctls-", "org.bouncycastle"),
    ("bcutil-", "org.bouncycastle"),
    ("byte-buddy", "net.bytebuddy"),
    ("commons-", "org.apache.commons"),
    ("groovy-", "org.codehaus.groovy"),
    ("junit-jupiter", "org.junit.jupiter"),
    ("hamcrest", "org.hamcrest"),
    ("junit-platform", "org.junit.platform"),
    ("junit-vintage", "org.junit.vintage"),
    ("kotlin-", "org.jetbrains.kotlin"),
    ("kotlinx-", "org.jetbrains.kotlinx"),
    ("log4j-", "org.apache.logging.log4j"),
    ("lucene-", "org.apache.lucene"),
    ("micrometer-", "io.micrometer"),
    ("netty-", "io.netty"),
    ("okhttp", "com.squareup.okhttp3"),
    ("reactor-netty", "io.projectreactor.netty"),
    ("spring-batch-", "org.springframework.batch"),
    ("spring-boot", "org.springframework.boot"),
    ("spring-cloud-", "org.springframework.cloud"),
    ("spring-data-", "org.springframework.data"),
    ("spring-graphql", "org.springframework.graphql"),
    ("spring-integration-", "org.springframework.integration"),
    ("spring-kafka", "org.springframework.kafka"),
    ("spring-ldap-", "org.springframework.ldap"),
    ("spring-plugin-", "org.springframework.plugin"),
    ("spring-rabbit", "org.springframework.amqp"),
    ("spring-restdocs-", "org.springframework.restdocs"),
    ("spring-security-", "org.springframework.security"),
    ("spring-session-", "org.springframework.session"),
    ("spring-vault-", "org.springframework.vault"),
    ("spring-ws-", "org.springframework.ws"),
    ("tomcat-embed-", "org.apache.tomcat.embed"),
    ("tomcat-", "org.apache.tomcat"),
];

/// The modules of the Spring Framework itself; other `spring-` artifacts belong to projects of their own.
const SPRING: [&str; 22] = [
    "aop",
    "aspects",
    "beans",
    "context",
    "context-indexer",
    "context-support",
    "core",
    "expression",
    "instrument",
    "jcl",
    "jdbc",
    "jms",
    "messaging",
    "orm",
    "oxm",
    "r2dbc",
    "test",
    "tx",
    "web",
    "webflux",
    "webmvc",
    "websocket",
];

/// Files of the Tomcat distribution, which have no version in their names and others than their artifacts.
const TOMCAT: &[(&str, &str)] = &[
    ("annotations-api", "tomcat-annotations-api"),
    ("catalina", "tomcat-catalina"),
    ("catalina-ant", "tomcat-catalina-ant"),
    ("catalina-ha", "tomcat-catalina-ha"),
    ("catalina-tribes", "tomcat-tribes"),
    ("el-api", "tomcat-el-api"),
    ("jasper", "tomcat-jasper"),
    ("jasper-el", "tomcat-jasper-el"),
    ("jaspic-api", "tomcat-jaspic-api"),
    ("jsp-api", "tomcat-jsp-api"),
    ("servlet-api", "tomcat-servlet-api"),
    ("websocket-api", "tomcat-websocket-api"),
];

/// The artifact that a file of the Tomcat distribution is.
pub(super) fn tomcat_artifact(file: &str) -> Option<&'static str> {
    TOMCAT.iter().find(|(name, _)| *name == file).map(|(_, artifact)| *artifact)
}

/// Takes `GROUP.ARTIFACT` apart, as Quarkus and others name the files of libraries, where the artifact is well known.
pub(super) fn qualified<'a>(name: &'a str, version: Option<&str>) -> Option<&'a str> {
    let dots = name.match_indices('.').take(MAX_DOTS);
    dots.filter_map(|(at, _)| Some((name.get(..at)?, name.get(at + 1..)?)))
        .find(|(group, artifact)| well_known(artifact, version) == Some(*group))
        .map(|(_, artifact)| artifact)
}

/// The group that the path in a Maven repository tells: `…/GROUP/AS/PATH/ARTIFACT/VERSION/ARTIFACT-VERSION.jar`.
pub(super) fn of_repository(path: &str, artifact: &str, version: Option<&str>) -> Option<String> {
    let roots = [".m2/repository/", "maven-repo/"];
    let inside = roots.iter().find_map(|root| path.rsplit_once(root)).map(|(_, inside)| inside)?;
    let group = inside.rsplit_once('/')?.0.strip_suffix(version?)?.strip_suffix('/')?;
    let group = group.strip_suffix(artifact)?.strip_suffix('/')?;
    Some(group.replace('/', "."))
}

/// The group of an artifact: from the lists above, else from the manifest.
pub(super) fn guess(artifact: &str, version: Option<&str>, manifest: &Manifest) -> Option<String> {
    if let Some(group) = well_known(artifact, version) {
        return Some(group.to_owned());
    }
    let named = manifest.get("group-id").or_else(|| manifest.get("implementation-vendor-id"));
    if let Some(group) = named.filter(|name| is_group(name)) {
        return Some(group.to_owned());
    }
    // Bundles of Eclipse and OSGi are named by the whole of a reversed domain name.
    if let Some((group, _)) = artifact.rsplit_once('.').filter(|(group, _)| is_group(artifact) && group.contains('.')) {
        return Some(group.to_owned());
    }
    // A reversed domain name: what stands before the artifact's own name is its group.
    let names = [manifest.symbolic_name(), manifest.get("automatic-module-name"), manifest.get("implementation-title")];
    names.into_iter().flatten().filter(|name| is_group(name)).find_map(|name| {
        let (group, last) = name.rsplit_once('.')?;
        let own =
            artifact == last || artifact.ends_with(&format!("-{last}")) || artifact.starts_with(&format!("{last}-"));
        Some(if own && is_group(group) { group } else { name }.to_owned())
    })
}

fn well_known(artifact: &str, version: Option<&str>) -> Option<&'static str> {
    let major: Option<u32> = version.and_then(|version| version.split('.').next()?.parse().ok());
    match (artifact, major) {
        // Projects that moved between groups.
        ("asm" | "asm-all", Some(..4)) => return Some("asm"),
        ("bsh", _) if version.is_some_and(|version| version >= "2.0b5") => return Some("org.apache-extras.beanshell"),
        ("okhttp", Some(..3)) => return Some("com.squareup.okhttp"),
        ("dom4j", Some(..2)) => return Some("dom4j"),
        ("hibernate-core", Some(6..)) => return Some("org.hibernate.orm"),
        ("hibernate-core" | "hibernate-entitymanager", _) => return Some("org.hibernate"),
        ("hibernate-validator", Some(..6)) => return Some("org.hibernate"),
        ("rxjava", Some(3..)) => return Some("io.reactivex.rxjava3"),
        ("rxjava", Some(2)) => return Some("io.reactivex.rxjava2"),
        ("rxjava", _) => return Some("io.reactivex"),
        ("groovy" | "groovy-all", Some(4..)) => return Some("org.apache.groovy"),
        ("groovy", _) => return Some("org.codehaus.groovy"),
        _ => {}
    }
    if let Some(module) = artifact.strip_prefix("spring-")
        && SPRING.contains(&module)
    {
        return Some("org.springframework");
    }
    if artifact.starts_with("kafka_2.") {
        return Some("org.apache.kafka");
    }
    let exact = EXACT.iter().find(|(name, _)| *name == artifact);
    exact.or_else(|| FAMILIES.iter().find(|(prefix, _)| artifact.starts_with(prefix))).map(|(_, group)| *group)
}

/// Looks like a reversed domain name: `org.example.lib`, all in lower case.
fn is_group(name: &str) -> bool {
    let part = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_lowercase())
            && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
    };
    let mut parts = name.split('.');
    let top = parts.next().is_some_and(|top| top.len() >= 2 && top.len() <= 6 && part(top));
    let rest = name.split('.').skip(1);
    top && rest.clone().next().is_some() && rest.into_iter().all(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(artifact: &str, version: &str, manifest: &str, expect: Option<&str>) {
        let manifest = Manifest::read(manifest.as_bytes());
        assert_eq!(guess(artifact, Some(version), &manifest).as_deref(), expect, "{artifact} {version}");
    }

    #[test]
    fn well_known_artifacts_have_their_groups() {
        check("spring-core", "5.3.17", "Automatic-Module-Name: spring.core", Some("org.springframework"));
        check("spring-security-web", "5.6.0", "", Some("org.springframework.security"));
        check("spring-boot-starter", "2.6.0", "", Some("org.springframework.boot"));
        check("tomcat-embed-core", "9.0.50", "", Some("org.apache.tomcat.embed"));
        check("commons-collections", "3.2.1", "", Some("commons-collections"));
        check("commons-collections4", "4.0", "", Some("org.apache.commons"));
        check("asm", "3.3.1", "", Some("asm"));
        check("asm-tree", "9.1", "", Some("org.ow2.asm"));
        check("bsh", "2.0b4", "", Some("org.beanshell"));
        check("bsh", "2.0b6", "", Some("org.apache-extras.beanshell"));
        check("hibernate-core", "5.4.0.Final", "", Some("org.hibernate"));
        check("hibernate-core", "6.1.0.Final", "", Some("org.hibernate.orm"));
    }

    #[test]
    fn the_manifest_names_the_group_of_others() {
        check("thing", "1", "Implementation-Vendor-Id: com.acme", Some("com.acme"));
        check("thing", "1", "Implementation-Vendor-Id: Acme Inc.", None);
        check("thing", "1", "Bundle-SymbolicName: com.acme.thing;x:=y", Some("com.acme"));
        check("acme-thing", "1", "Automatic-Module-Name: com.acme.thing", Some("com.acme"));
        check("thing", "1", "Bundle-SymbolicName: com.acme.other", Some("com.acme.other"));
        check("thing", "1", "Bundle-SymbolicName: thing", None);
        check("org.osgi.core", "4.3.1", "Bundle-SymbolicName: osgi.core", Some("org.osgi"));
    }

    #[test]
    fn file_names_and_repositories_tell_groups() {
        assert_eq!(qualified("org.springframework.boot.spring-boot", Some("2.6")), Some("spring-boot"));
        assert_eq!(qualified("org.springframework.spring-core", Some("5.3")), Some("spring-core"));
        assert_eq!(qualified("com.acme.spring-core", Some("5.3")), None);
        let path = "usr/share/maven-repo/org/jsr-305/jsr305/0.1/jsr305-0.1.jar";
        assert_eq!(of_repository(path, "jsr305", Some("0.1")).as_deref(), Some("org.jsr-305"));
        assert_eq!(of_repository("usr/share/java/jsr305-0.1.jar", "jsr305", Some("0.1")), None);
    }

    #[test]
    fn files_of_tomcat_are_artifacts() {
        assert_eq!(tomcat_artifact("catalina"), Some("tomcat-catalina"));
        assert_eq!(tomcat_artifact("tomcat-coyote"), None);
    }
}
