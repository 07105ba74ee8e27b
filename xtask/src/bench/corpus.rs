//! Files to check: manifests made from a seed, and variants of the Dockerfiles of the tests.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use crate::run::root;

/// A folder of files.
pub(crate) struct Corpus {
    pub(crate) folder: PathBuf,
    pub(crate) files: usize,
    pub(crate) bytes: u64,
}

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides.max(1)
    }

    fn one_in(&mut self, sides: u64) -> bool {
        self.below(sides) == 0
    }

    fn of<'t>(&mut self, all: &[&'t str]) -> &'t str {
        let at = self.below(all.len() as u64);
        usize::try_from(at).ok().and_then(|at| all.get(at)).copied().unwrap_or_default()
    }
}

/// Writes manifests as a large repository has them: half of them workloads of some 60 to 120 lines, the rest services,
/// roles, bindings, policies, configuration.
pub(crate) fn manifests(folder: &Path, count: usize) -> anyhow::Result<Corpus> {
    let mut dice = Dice(7);
    write(folder, count, |number| {
        let name = format!("app-{number}");
        let namespace = format!("team-{}", number % 40);
        let text = match number % 10 {
            0..=4 => workload(&mut dice, &name, &namespace),
            5 => service(&mut dice, &name, &namespace),
            6 => role(&mut dice, &name, &namespace),
            7 => binding(&name, &namespace),
            8 => network_policy(&mut dice, &name, &namespace),
            _ => config_map(&mut dice, &name, &namespace),
        };
        (format!("{}/{name}.yaml", namespace), text)
    })
}

/// Writes variants of the Dockerfiles that the tests hold.
pub(crate) fn dockerfiles(folder: &Path, count: usize) -> anyhow::Result<Corpus> {
    let source = root().join("crates/posture/tests/dockerfiles");
    let mut texts = Vec::new();
    let entries = fs::read_dir(&source).with_context(|| format!("cannot read `{}`", source.display()))?;
    for entry in entries {
        texts.push(fs::read(entry?.path())?);
    }
    texts.sort();
    if texts.is_empty() {
        bail!("`{}` holds no Dockerfile", source.display());
    }
    write(folder, count, |number| {
        let text = texts.get(number % texts.len()).cloned().unwrap_or_default();
        (format!("service-{number}/Dockerfile"), String::from_utf8_lossy(&text).into_owned())
    })
}

fn write(folder: &Path, count: usize, mut make: impl FnMut(usize) -> (String, String)) -> anyhow::Result<Corpus> {
    let mut bytes = 0;
    for number in 0..count {
        let (name, text) = make(number);
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        bytes += text.len() as u64;
        fs::write(path, text)?;
    }
    Ok(Corpus { folder: folder.to_owned(), files: count, bytes })
}

fn heading(text: &mut String, version: &str, kind: &str, name: &str, namespace: &str) {
    let _ = write!(
        text,
        "# {kind} of {name}\napiVersion: {version}\nkind: {kind}\nmetadata:\n  name: {name}\n  namespace: {namespace}\n  labels:\n    app.kubernetes.io/name: {name}\n    app.kubernetes.io/part-of: shop\n"
    );
}

fn workload(dice: &mut Dice, name: &str, namespace: &str) -> String {
    let mut text = String::new();
    let kind = dice.of(&["Deployment", "Deployment", "Deployment", "StatefulSet", "DaemonSet"]);
    heading(&mut text, "apps/v1", kind, name, namespace);
    let _ =
        write!(text, "spec:\n  replicas: {}\n  selector:\n    matchLabels:\n      app: {name}\n", 1 + dice.below(4));
    let _ = write!(text, "  template:\n    metadata:\n      labels:\n        app: {name}\n    spec:\n");
    if dice.one_in(3) {
        text.push_str("      automountServiceAccountToken: false\n");
    }
    if dice.one_in(20) {
        text.push_str("      hostNetwork: true\n");
    }
    if dice.one_in(2) {
        text.push_str("      securityContext:\n        runAsNonRoot: true\n        seccompProfile:\n          type: RuntimeDefault\n");
    }
    text.push_str("      containers:\n");
    for number in 0..=dice.below(3) {
        let image =
            dice.of(&["registry.example.com/shop/web:1.4.2", "nginx", "postgres:16", "ghcr.io/org/tool:latest"]);
        let _ = write!(
            text,
            "      - name: c{number}\n        image: {image}\n        ports:\n        - containerPort: {}\n",
            8000 + number
        );
        text.push_str("        env:\n");
        for variable in 0..dice.below(12) {
            let _ = write!(text, "        - name: SETTING_{variable}\n          value: \"{}\"\n", dice.below(10_000));
        }
        text.push_str("        - name: POD_NAME\n          valueFrom:\n            fieldRef:\n              fieldPath: metadata.name\n");
        if dice.one_in(2) {
            text.push_str("        resources:\n          requests:\n            cpu: 100m\n            memory: 128Mi\n          limits:\n            memory: 256Mi\n");
        }
        if dice.one_in(2) {
            text.push_str("        securityContext:\n          allowPrivilegeEscalation: false\n          readOnlyRootFilesystem: true\n          capabilities:\n            drop: [ALL]\n");
        } else if dice.one_in(10) {
            text.push_str("        securityContext:\n          privileged: true\n");
        }
        if dice.one_in(2) {
            text.push_str("        livenessProbe:\n          httpGet:\n            path: /healthz\n            port: 8000\n        readinessProbe:\n          httpGet:\n            path: /ready\n            port: 8000\n");
        }
        text.push_str("        volumeMounts:\n        - name: data\n          mountPath: /data\n");
    }
    text.push_str("      volumes:\n      - name: data\n");
    text.push_str(if dice.one_in(15) {
        "        hostPath:\n          path: /var/run/docker.sock\n"
    } else {
        "        emptyDir: {}\n"
    });
    text
}

fn service(dice: &mut Dice, name: &str, namespace: &str) -> String {
    let mut text = String::new();
    heading(&mut text, "v1", "Service", name, namespace);
    let kind = dice.of(&["ClusterIP", "ClusterIP", "LoadBalancer", "NodePort"]);
    let _ = write!(
        text,
        "spec:\n  type: {kind}\n  selector:\n    app: {name}\n  ports:\n  - name: http\n    port: 80\n    targetPort: 8000\n"
    );
    text
}

fn role(dice: &mut Dice, name: &str, namespace: &str) -> String {
    let mut text = String::new();
    heading(&mut text, "rbac.authorization.k8s.io/v1", "Role", name, namespace);
    let resource = dice.of(&["pods", "secrets", "configmaps", "\"*\""]);
    let _ = write!(
        text,
        "rules:\n- apiGroups: [\"\"]\n  resources: [{resource}]\n  verbs: [get, list, watch]\n- apiGroups: [apps]\n  resources: [deployments]\n  verbs: [get]\n"
    );
    text
}

fn binding(name: &str, namespace: &str) -> String {
    let mut text = String::new();
    heading(&mut text, "rbac.authorization.k8s.io/v1", "RoleBinding", name, namespace);
    let _ = write!(
        text,
        "roleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: Role\n  name: {name}\nsubjects:\n- kind: ServiceAccount\n  name: {name}\n  namespace: {namespace}\n"
    );
    text
}

fn network_policy(dice: &mut Dice, name: &str, namespace: &str) -> String {
    let mut text = String::new();
    heading(&mut text, "networking.k8s.io/v1", "NetworkPolicy", name, namespace);
    let _ = write!(
        text,
        "spec:\n  podSelector:\n    matchLabels:\n      app: app-{}\n  policyTypes: [Ingress]\n  ingress:\n  - from:\n    - podSelector:\n        matchLabels:\n          app: {name}\n",
        dice.below(1000)
    );
    text
}

fn config_map(dice: &mut Dice, name: &str, namespace: &str) -> String {
    let mut text = String::new();
    heading(&mut text, "v1", "ConfigMap", name, namespace);
    text.push_str("data:\n  application.properties: |\n");
    for key in 0..10 + dice.below(60) {
        let _ = writeln!(text, "    setting.{key}.value={}", dice.below(1_000_000));
    }
    text
}
