//! Random manifests of everything that makes pods: mostly good, with the odd values that tell implementations apart.

use std::fmt::Write as _;

/// The manifest of a seed, as flow YAML on one line.
pub(crate) fn manifest(seed: u64) -> String {
    let mut random = Random { state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1, odd: 0 };
    random.odd = [1, 3, 10, 35][random.below(4)];
    let (metadata, spec) = (random.metadata(), random.spec());
    match random.below(12) {
        0 => format!("{{apiVersion: v1, kind: PodTemplate, template: {{metadata: {metadata}, spec: {spec}}}}}"),
        1 => format!(
            "{{apiVersion: batch/v1, kind: CronJob, spec: {{jobTemplate: {{spec: {{template: \
             {{metadata: {metadata}, spec: {spec}}}}}}}}}}}"
        ),
        at @ 2..=5 => {
            let kind = ["Deployment", "ReplicationController", "StatefulSet", "Job"][at - 2];
            format!("{{apiVersion: apps/v1, kind: {kind}, spec: {{template: {{metadata: {metadata}, spec: {spec}}}}}}}")
        }
        _ => format!("{{apiVersion: v1, kind: Pod, metadata: {metadata}, spec: {spec}}}"),
    }
}

struct Random {
    state: u64,
    /// How many of a hundred fields are odd.
    odd: usize,
}

type Writer = fn(&mut Random) -> Option<String>;

const NAMES: &[&str] = &["app", "init", "side", "App", "''", "a-1"];

impl Random {
    /// Below `limit`.
    fn below(&mut self, limit: usize) -> usize {
        self.state = self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.state >> 33) as usize) % limit
    }

    fn is_odd(&mut self) -> bool {
        self.below(100) < self.odd
    }

    fn pick(&mut self, values: &[&str]) -> String {
        values[self.below(values.len())].to_owned()
    }

    /// One of the good values, or of the odd ones; `-` stands for none.
    fn value(&mut self, good: &[&str], odd: &[&str]) -> Option<String> {
        let values = if self.is_odd() { odd } else { good };
        Some(self.pick(values)).filter(|value| value != "-")
    }

    fn boolean(&mut self, good: &[&str]) -> Option<String> {
        if self.below(400) < self.odd / 8 {
            return Some(self.pick(&["'true'", "1", "[]", "''", "'no'"]));
        }
        self.value(good, &["true", "false", "null", "-", "yes", "Off", "on", "y", "N", "~", "True"])
    }

    fn mapping(&mut self, fields: &[(&str, Writer)]) -> String {
        let mut text = String::from("{");
        for (key, writer) in fields {
            if let Some(value) = writer(self) {
                let odd = self.below(300) < self.odd / 8;
                let key = if odd { key.to_uppercase() } else { (*key).to_owned() };
                write!(text, "{}{key}: {value}", if text.len() > 1 { ", " } else { "" }).unwrap();
            }
        }
        text + "}"
    }

    fn list(&mut self, most: usize, item: fn(&mut Self) -> String) -> Option<String> {
        let count = self.below(most + 1);
        if count == 0 {
            return self.value(&["-"], &["-", "[]", "null"]);
        }
        let items: Vec<String> = (0..count).map(|_| item(self)).collect();
        Some(format!("[{}]", items.join(", ")))
    }

    fn metadata(&mut self) -> String {
        let mut annotations = Vec::new();
        for (key, values) in [
            ("container.apparmor.security.beta.kubernetes.io/", APP_ARMOR),
            ("container.seccomp.security.alpha.kubernetes.io/", SECCOMP),
            ("seccomp.security.alpha.kubernetes.io/pod", SECCOMP),
            ("seccomp.security.alpha.kubernetes.io/podx", SECCOMP),
            ("example/other", SECCOMP),
        ] {
            if self.below(4) == 0 {
                let name = if key.ends_with('/') {
                    self.pick(&["app", "init", "side", "App", "", "gone"])
                } else {
                    String::new()
                };
                let odd = self.is_odd() || self.below(4) == 0;
                let value = if odd { self.pick(values) } else { "runtime/default".to_owned() };
                annotations.push(format!("'{key}{name}': {value}"));
            }
        }
        format!("{{name: x, annotations: {{{}}}}}", annotations.join(", "))
    }

    fn spec(&mut self) -> String {
        let spec = self.mapping(&[
            ("hostNetwork", |random| random.boolean(&["-", "-", "false"])),
            ("hostPID", |random| random.boolean(&["-", "-", "false"])),
            ("hostIPC", |random| random.boolean(&["-", "-", "false"])),
            ("hostUsers", |random| random.boolean(&["-", "-", "true", "false"])),
            ("os", |random| {
                random.value(
                    &["-", "-", "-", "{name: linux}", "{name: windows}"],
                    &[
                        "{name: Windows}",
                        "{name: 'windows'}",
                        "{}",
                        "null",
                        "{name: null}",
                        "{name: windows}",
                        "{name: ''}",
                    ],
                )
            }),
            ("securityContext", Self::pod_security),
            ("initContainers", |random| random.list(2, Self::container)),
            ("ephemeralContainers", |random| random.list(2, Self::container)),
            ("volumes", |random| random.list(3, Self::volume)),
        ]);
        // A controller whose pods have no containers is none.
        let count = self.below(3) + 1;
        let mut containers: Vec<String> = (0..count).map(|_| self.container()).collect();
        if self.below(5) == 0 && containers[0].starts_with('{') {
            containers[0].insert_str(0, "&first ");
            let other =
                self.pick(&["*first", "{<<: *first}", "{name: b, <<: *first}", "{<<: *first, securityContext: {}}"]);
            containers.push(other);
        }
        let comma = if spec.len() > 2 { ", " } else { "" };
        format!("{}{comma}containers: [{}]}}", &spec[..spec.len() - 1], containers.join(", "))
    }

    fn volume(&mut self) -> String {
        if self.is_odd() && self.below(8) == 0 {
            return self.pick(&[
                "null",
                "{}",
                "{name: v}",
                "{name: v, emptyDir: null}",
                "{emptyDir: {}, hostPath: {path: /}}",
            ]);
        }
        let source = self.value(ADMITTED, FORBIDDEN).unwrap_or_default();
        let value = self.value(&["{}"], &["{}", "{}", "null"]).unwrap_or_default();
        format!("{{name: v, {source}: {value}}}")
    }

    fn pod_security(&mut self) -> Option<String> {
        if self.below(300) < self.odd {
            return self.value(&["-", "{}", "null"], &["-", "{}"]);
        }
        Some(self.mapping(&[
            ("runAsNonRoot", |random| random.boolean(&["true", "true", "-"])),
            ("runAsUser", Self::user),
            ("seccompProfile", |random| random.profile(&["RuntimeDefault", "Localhost"])),
            ("appArmorProfile", |random| random.profile(&["-", "RuntimeDefault", "Localhost"])),
            ("seLinuxOptions", Self::se_linux),
            ("windowsOptions", Self::windows),
            ("sysctls", |random| random.list(2, Self::sysctl)),
        ]))
    }

    fn user(&mut self) -> Option<String> {
        if self.below(400) < self.odd / 8 {
            return Some(self.pick(&["'0'", "root", "true"]));
        }
        self.value(
            &["-", "1000"],
            &[
                "0",
                "-0",
                "0x0",
                "00",
                "0o0",
                "null",
                "1",
                "9223372036854775807",
                "1_000",
                "0b0",
                "0b1",
                "0.0",
                "1e3",
                "0_0",
                "08",
                "+0",
                "-1",
                "010",
            ],
        )
    }

    fn profile(&mut self, good: &[&str]) -> Option<String> {
        let kind =
            self.value(good, &["Unconfined", "runtime/default", "''", "null", "localhost", "NONE", "{}", "-"])?;
        match kind.as_str() {
            "NONE" => Some("null".to_owned()),
            "{}" => Some(kind),
            kind => Some(format!("{{type: {kind}}}")),
        }
    }

    fn se_linux(&mut self) -> Option<String> {
        if self.below(3) > 0 {
            return self.value(&["-"], &["null", "{}"]);
        }
        Some(self.mapping(&[
            ("type", |random| {
                random.value(
                    &["-", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"],
                    &["spc_t", "''", "null", "Container_t", "container_t_"],
                )
            }),
            ("user", |random| random.value(&["-", "''"], &["system_u", "null", "' '"])),
            ("role", |random| random.value(&["-"], &["system_r", "null", "''"])),
            ("level", |random| random.value(&["-", "'s0:c1,c2'"], &["x"])),
        ]))
    }

    fn windows(&mut self) -> Option<String> {
        if self.below(3) > 0 {
            return self.value(&["-"], &["null", "{}"]);
        }
        Some(self.mapping(&[("hostProcess", |random| random.boolean(&["-", "false"]))]))
    }

    fn sysctl(&mut self) -> String {
        let name =
            self.value(SYSCTLS, &["kernel.msgmax", "''", "null", "net.ipv4.tcp_syncookie", "net/ipv4/tcp_rmem", "-"]);
        name.map_or_else(|| "{}".to_owned(), |name| format!("{{name: {name}, value: '1'}}"))
    }

    fn container(&mut self) -> String {
        if self.is_odd() && self.below(30) == 0 {
            return self.pick(&["null", "{}", "{securityContext: null}", "{securityContext: {capabilities: null}}"]);
        }
        self.mapping(&[
            ("name", |random| random.value(NAMES, &["-", "null"])),
            ("ports", |random| random.list(2, Self::port)),
            ("livenessProbe", Self::hook),
            ("readinessProbe", Self::hook),
            ("startupProbe", Self::hook),
            ("lifecycle", Self::lifecycle),
            ("securityContext", Self::container_security),
        ])
    }

    fn port(&mut self) -> String {
        self.mapping(&[
            ("containerPort", |_| Some("80".to_owned())),
            ("hostPort", |random| {
                random.value(&["-", "0"], &["80", "null", "0x0", "00", "-1", "65535", "0.0", "8_0", "0b0"])
            }),
        ])
    }

    fn lifecycle(&mut self) -> Option<String> {
        (self.below(4) == 0).then(|| self.mapping(&[("postStart", Self::hook), ("preStop", Self::hook)]))
    }

    fn hook(&mut self) -> Option<String> {
        if self.below(4) > 0 {
            return self.value(&["-"], &["null", "{}", "{httpGet: null}"]);
        }
        Some(self.mapping(&[
            ("httpGet", |random| random.target(0)),
            ("tcpSocket", |random| random.target(1)),
            ("grpc", |random| (random.below(6) == 0).then(|| "{port: 1}".to_owned())),
            ("exec", |random| random.value(&["-"], &["{command: [a]}"])),
        ]))
    }

    fn target(&mut self, which: usize) -> Option<String> {
        if self.below(2) == which {
            return None;
        }
        let host = self.value(&["-", "''"], &["localhost", "127.0.0.1", "'::1'", "null", "' '", "''"]);
        Some(host.map_or_else(|| "{port: 80}".to_owned(), |host| format!("{{port: 80, host: {host}}}")))
    }

    fn container_security(&mut self) -> Option<String> {
        Some(self.mapping(&[
            ("privileged", |random| random.boolean(&["-", "false"])),
            ("allowPrivilegeEscalation", |random| random.boolean(&["false"])),
            ("capabilities", Self::capabilities),
            ("procMount", |random| random.value(&["-", "Default"], &["Unmasked", "''", "null", "default", "Other"])),
            ("runAsNonRoot", |random| random.boolean(&["true", "-", "-"])),
            ("runAsUser", Self::user),
            ("seccompProfile", |random| random.profile(&["-", "-", "RuntimeDefault"])),
            ("appArmorProfile", |random| random.profile(&["-", "-", "Localhost"])),
            ("seLinuxOptions", Self::se_linux),
            ("windowsOptions", Self::windows),
        ]))
    }

    fn capabilities(&mut self) -> Option<String> {
        if self.is_odd() {
            return self.value(&["-", "{}", "null", "{drop: []}", "{drop: null}"], &["-"]);
        }
        Some(self.mapping(&[
            ("drop", |random| {
                random.value(&["[ALL]", "[CHOWN, ALL]"], &["[all]", "[CAP_ALL]", "[CHOWN]", "[null]", "['']"])
            }),
            ("add", |random| {
                random.value(
                    &["-", "-", "[NET_BIND_SERVICE]", "[]"],
                    &[
                        "[CHOWN]",
                        "[NET_RAW]",
                        "[chown]",
                        "[CAP_CHOWN]",
                        "[ALL]",
                        "[NET_BIND_SERVICE, SYS_CHROOT]",
                        "[null]",
                        "['']",
                    ],
                )
            }),
        ]))
    }
}

const APP_ARMOR: &[&str] =
    &["unconfined", "''", "null", "localhost/a", "localhost/", "localhost", "docker/default", "Runtime/Default", "x"];

const SECCOMP: &[&str] =
    &["unconfined", "''", "null", "localhost/a", "localhost/", "localhost", "docker/default", "Runtime/Default", "x"];

const ADMITTED: &[&str] = &[
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "image",
    "persistentVolumeClaim",
    "projected",
    "secret",
];

const FORBIDDEN: &[&str] = &[
    "hostPath",
    "hostPath",
    "hostPath",
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "gitRepo",
    "nfs",
    "iscsi",
    "glusterfs",
    "rbd",
    "flexVolume",
    "cinder",
    "cephfs",
    "flocker",
    "fc",
    "azureFile",
    "vsphereVolume",
    "quobyte",
    "azureDisk",
    "portworxVolume",
    "photonPersistentDisk",
    "scaleIO",
    "storageos",
];

const SYSCTLS: &[&str] = &[
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ping_group_range",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_wmem",
    "net.ipv4.tcp_notsent_lowat",
    "net.ipv4.tcp_slow_start_after_idle",
];
