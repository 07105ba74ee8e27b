//! Rules on the ports that a service publishes.

use boltseal_evidence::Severity;

use super::Compose;
use crate::finding::Found;
use crate::rule::{Check, Rule};

const CIS: &str = "https://www.cisecurity.org/benchmark/docker";
const PORTS: &str = "https://docs.docker.com/reference/compose-file/services/#ports";

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "BS-C027",
        title: "database or management port on every interface",
        severity: Severity::High,
        aliases: &["CIS-Docker-5.14"],
        why: "A port without an address is open on every interface of the host, and the engine puts it before the host's firewall. Open databases and management ports are found by scanners within hours.",
        advice: "Services of the file reach each other without `ports`: remove it. To reach the port from the host itself, write `127.0.0.1:` before it.",
        references: &[PORTS, "https://docs.docker.com/engine/network/packet-filtering-firewalls/", CIS],
        bad: &[
            "services:\n  db:\n    image: postgres:17.2\n    ports:\n      - \"5432:5432\"\n",
            "services:\n  db:\n    image: example.org/redis:7.4\n    ports:\n      - target: 6379\n        published: \"16379\"\n",
            "services:\n  a:\n    image: example.org/a:1.2\n    ports: [\"0.0.0.0:9000-9300:9000-9300\"]\n",
        ],
        good: &[
            "services:\n  db:\n    image: postgres:17.2\n    ports:\n      - \"127.0.0.1:5432:5432\"\n",
            "services:\n  db:\n    image: postgres:17.2\n    expose: [\"5432\"]\n",
            "services:\n  db:\n    image: postgres:17.2\n    ports:\n      - \"${BIND}:5432:5432\"\n",
            "services:\n  web:\n    image: example.org/web:1.2\n    ports: [\"443:8443\"]\n",
        ],
        check: Check::Compose(management),
    },
    Rule {
        id: "BS-C028",
        title: "port on every interface",
        severity: Severity::Low,
        aliases: &["CIS-Docker-5.14"],
        why: "A port without an address is open on every interface of the host, past the host's firewall, also where only a proxy on the host or one network was meant to reach it.",
        advice: "Write the address before the port, such as `127.0.0.1:8080:80`, and leave only a front server's 80 and 443 open to all.",
        references: &[PORTS, CIS],
        bad: &[
            "services:\n  web:\n    image: example.org/web:1.2\n    ports:\n      - \"8080:80\"\n",
            "services:\n  web:\n    image: example.org/web:1.2\n    ports: [3000]\n",
        ],
        good: &[
            "services:\n  web:\n    image: example.org/web:1.2\n    ports:\n      - \"127.0.0.1:8080:80\"\n      - \"443:8443\"\n      - \"80:80\"\n",
            "services:\n  web:\n    image: example.org/web:1.2\n    network_mode: host\n    ports: [\"8080:80\"]\n",
        ],
        check: Check::Compose(everywhere),
    },
    Rule {
        id: "BS-C029",
        title: "SSH server in a container",
        severity: Severity::Medium,
        aliases: &["CIS-Docker-5.7"],
        why: "An SSH server in a container is a second way in with keys and passwords of its own, past the engine's access control and logs.",
        advice: "Use `docker compose exec` to get in, and remove the server and its port.",
        references: &[CIS, PORTS],
        bad: &[
            "services:\n  a:\n    image: example.org/a:1.2\n    ports: [\"2222:22\"]\n",
            "services:\n  a:\n    image: example.org/a:1.2\n    expose: [22]\n",
            "services:\n  a:\n    image: example.org/a:1.2\n    command: [/usr/sbin/sshd, -D]\n",
        ],
        good: &[
            "services:\n  a:\n    image: example.org/a:1.2\n    ports: [\"127.0.0.1:2222:8022\"]\n    expose: [8022]\n",
        ],
        check: Check::Compose(ssh),
    },
    Rule {
        id: "BS-C030",
        title: "engine that takes orders over the network without TLS",
        severity: Severity::High,
        aliases: &["CIS-Docker-2.7"],
        why: "An engine that listens on TCP without TLS takes orders from anyone who reaches it, and an engine in a container needs to be privileged: whoever orders it owns the host.",
        advice: "Leave `DOCKER_TLS_CERTDIR` at its default, and give the clients its certificates by a volume.",
        references: &["https://docs.docker.com/engine/security/protect-access/", CIS],
        bad: &[
            "services:\n  d:\n    image: docker:27.4-dind\n    environment:\n      DOCKER_TLS_CERTDIR: \"\"\n",
            "services:\n  d:\n    image: docker:27.4-dind\n    command: [\"dockerd\", \"--host=tcp://0.0.0.0:2375\"]\n",
            "services:\n  d:\n    image: docker:27.4-dind\n    command: dockerd -H tcp://0.0.0.0:2375 --tls=false\n",
        ],
        good: &[
            "services:\n  d:\n    image: docker:27.4-dind\n    environment:\n      DOCKER_TLS_CERTDIR: /certs\n    command: dockerd --host=tcp://0.0.0.0:2376 --tlsverify\n",
        ],
        check: Check::Compose(engine),
    },
];

/// Ports of databases, queues and management interfaces, which have no business on a public interface.
const MANAGEMENT: &[(u16, &str)] = &[
    (1433, "SQL Server"),
    (1521, "Oracle"),
    (2375, "a container engine without TLS"),
    (2376, "a container engine"),
    (2379, "etcd"),
    (3306, "MySQL"),
    (3389, "Remote Desktop"),
    (4369, "Erlang's port mapper"),
    (5432, "PostgreSQL"),
    (5601, "Kibana"),
    (5672, "RabbitMQ"),
    (5900, "VNC"),
    (5984, "CouchDB"),
    (6379, "Redis"),
    (7474, "Neo4j"),
    (8086, "InfluxDB"),
    (8500, "Consul"),
    (9042, "Cassandra"),
    (9092, "Kafka"),
    (9200, "Elasticsearch"),
    (9300, "Elasticsearch's cluster"),
    (10250, "a kubelet"),
    (11211, "memcached"),
    (15672, "RabbitMQ's management"),
    (26257, "CockroachDB"),
    (27017, "MongoDB"),
    (50000, "Jenkins agents or Db2"),
];

fn management(compose: &Compose<'_>, found: &mut Found<'_>) {
    for service in &compose.services {
        for port in service.ports().into_iter().filter(super::values::Port::is_everywhere) {
            if let Some((number, what)) = MANAGEMENT.iter().find(|(number, _)| port.reaches(*number)) {
                let message = format!("port {number}, which is that of {what}, is open on every interface of the host");
                service.report(found, port.node, message);
            }
        }
    }
}

fn everywhere(compose: &Compose<'_>, found: &mut Found<'_>) {
    for service in &compose.services {
        for port in service.ports().into_iter().filter(super::values::Port::is_everywhere) {
            let is_front = port.published.is_some_and(|published| matches!(published, (80, 80) | (443, 443)));
            let is_told = MANAGEMENT.iter().any(|(number, _)| port.reaches(*number)) || port.reaches(22);
            if is_front || is_told {
                continue;
            }
            let which = match port.published {
                Some((first, last)) if first == last => format!("port {first}"),
                Some((first, last)) => format!("ports {first} to {last}"),
                None => format!("a port that the engine chooses for {}", port.target.0),
            };
            let verb = if which.starts_with("ports") { "are" } else { "is" };
            service.report(found, port.node, format!("{which} {verb} open on every interface of the host"));
        }
    }
}

fn ssh(compose: &Compose<'_>, found: &mut Found<'_>) {
    for service in &compose.services {
        if let Some(port) = service.ports().into_iter().find(|port| port.target == (22, 22)) {
            service.report(found, port.node, "port 22 of the container is published: it runs an SSH server");
        }
        if let Some((_, node)) = service.texts("expose").into_iter().find(|(text, _)| text == "22" || text == "22/tcp")
        {
            service.report(found, node, "port 22 of the container is exposed: it runs an SSH server");
        }
        let command = service.command();
        if let Some((word, node)) = command.iter().find(|(word, _)| word.rsplit('/').next() == Some("sshd")) {
            service.report(found, node, format!("`{word}` is an SSH server"));
        }
    }
}

fn engine(compose: &Compose<'_>, found: &mut Found<'_>) {
    for service in &compose.services {
        let environment = service.environment();
        if let Some(variable) =
            environment.iter().find(|each| each.name == "DOCKER_TLS_CERTDIR" && each.value == Some(""))
        {
            service.report(found, variable.node, "an empty `DOCKER_TLS_CERTDIR` makes the engine listen without TLS");
        }
        let command = service.command();
        let checks = |word: &str| word == "--tlsverify" || word == "--tlsverify=true";
        if command.iter().any(|(word, _)| checks(word)) {
            continue;
        }
        for (word, node) in command {
            let address = word.strip_prefix("--host=").or_else(|| word.strip_prefix("-H=")).unwrap_or(word);
            let is_open = address.starts_with("tcp://")
                && !["tcp://127.", "tcp://localhost", "tcp://[::1]"].iter().any(|own| address.starts_with(own));
            let is_engine = service.text("image").is_some_and(|image| image.contains("docker"));
            if is_open && is_engine {
                service.report(found, node, format!("the engine listens on `{address}` without checking who orders"));
            }
        }
    }
}
