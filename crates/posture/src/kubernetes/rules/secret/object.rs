//! Secrets in objects that are not pods, and Secrets that should not be in files.

use boltseal_evidence::Severity;

use super::GOOD_PRACTICES;
use crate::finding::Found;
use crate::kubernetes::Object;
use crate::rule::{Check, Rule};
use crate::secret::{credentials_in_url, is_placeholder, secret_in, secret_of};
use crate::yaml::{Node, Style};

/// The rules.
pub(in crate::kubernetes) const RULES: &[Rule] = &[
    Rule {
        id: "BS-K264",
        title: "secret in a ConfigMap",
        severity: Severity::High,
        aliases: &["KSV-0109", "KSV-01010", "C-0012"],
        why: "ConfigMaps are made for what everyone may see: the role `view` reads them, they are not encrypted in etcd, and nobody guards the files.",
        advice: "Move the value into a Secret, better one from an external store, and change it, since it is known.",
        references: &["https://kubernetes.io/docs/concepts/configuration/configmap/", GOOD_PRACTICES],
        bad: &[
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata:\n  DB_PASSWORD: hunter2-prod\n",
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata:\n  application.properties: |\n    spring.datasource.url=jdbc:postgresql://db/shop\n    spring.datasource.password=hunter2-prod\n",
        ],
        good: &[
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata:\n  DB_PASSWORD_FILE: /run/secrets/db\n  LOG_LEVEL: info\n",
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata:\n  application.properties: |\n    # password=…\n    spring.datasource.password=${DB_PASSWORD}\n",
        ],
        check: Check::Object(&["ConfigMap"], config_map),
    },
    Rule {
        id: "BS-K265",
        title: "Secret with its values in a file",
        severity: Severity::Medium,
        aliases: &[],
        why: "Base64 hides nothing: who reads the file has the secret, and so has everyone who ever copies the repository, long after the value was deleted.",
        advice: "Keep values in a store and fetch them (External Secrets, the CSI driver), or commit them sealed (Sealed Secrets, SOPS); then change these, since they are known.",
        references: &[GOOD_PRACTICES, "https://kubernetes.io/docs/concepts/configuration/secret/"],
        bad: &[
            "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\ndata:\n  password: aHVudGVyMi1wcm9k\n",
            "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\nstringData:\n  password: hunter2-prod\n",
        ],
        good: &[
            "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\nstringData:\n  password: ${DB_PASSWORD}\n",
            "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\ndata:\n  password: ENC[AES256_GCM,data:x,iv:y,tag:z,type:str]\nsops:\n  version: 3.9.0\n",
            "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n  name: db\nspec:\n  encryptedData:\n    password: AgBy3i4OJSWK+PiTySYZZA9rO43cGDEq\n",
        ],
        check: Check::Object(&["Secret"], committed),
    },
    Rule {
        id: "BS-K266",
        title: "token of a service account that never ends",
        severity: Severity::Medium,
        aliases: &[],
        why: "A Secret of this type is filled with a token that is good until someone deletes it, wherever it was copied to; tokens that are asked for end by themselves.",
        advice: "Use `kubectl create token`, or a projected volume in the pod; for systems outside of the cluster, OIDC with the account's issuer.",
        references: &[
            "https://kubernetes.io/docs/concepts/configuration/secret/#serviceaccount-token-secrets",
            "https://kubernetes.io/docs/concepts/security/service-accounts/#authenticating-credentials",
        ],
        bad: &[
            "apiVersion: v1\nkind: Secret\ntype: kubernetes.io/service-account-token\nmetadata:\n  name: web-token\n  annotations:\n    kubernetes.io/service-account.name: web\n",
        ],
        good: &["apiVersion: v1\nkind: Secret\ntype: Opaque\nmetadata:\n  name: web\n"],
        check: Check::Object(&["Secret"], endless_token),
    },
    Rule {
        id: "BS-K267",
        title: "secret in an annotation",
        severity: Severity::High,
        aliases: &[],
        why: "Annotations are shown wherever the object is; `last-applied-configuration` on a Secret holds all of its values once more, where encrypting or changing `data` leaves them, and tools that show only metadata print them.",
        advice: "Delete the annotation, and apply Secrets with `kubectl apply --server-side`, which leaves none.",
        references: &[
            "https://kubernetes.io/docs/reference/labels-annotations-taints/#kubectl-kubernetes-io-last-applied-configuration",
            GOOD_PRACTICES,
        ],
        bad: &[
            "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: |\n      {\"apiVersion\":\"v1\",\"data\":{\"password\":\"aHVudGVyMg==\"},\"kind\":\"Secret\"}\n",
        ],
        good: &[
            "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: |\n      {\"apiVersion\":\"v1\",\"kind\":\"Secret\"}\n    description: the password of the database\n",
        ],
        check: Check::Object(
            &["Secret", "ConfigMap", "Service", "Ingress", "Deployment", "StatefulSet", "DaemonSet"],
            annotation,
        ),
    },
    Rule {
        id: "BS-K268",
        title: "secret written into a Kustomization",
        severity: Severity::High,
        aliases: &[],
        why: "`secretGenerator` with `literals` makes a Secret from a value that stands in the repository in the clear.",
        advice: "Use `files` or `envs` that are not committed, or a store; then change the value, since it is known.",
        references: &[
            "https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/secretgenerator/",
            GOOD_PRACTICES,
        ],
        bad: &[
            "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nsecretGenerator:\n- name: db\n  literals:\n  - password=hunter2-prod\n",
        ],
        good: &[
            "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nsecretGenerator:\n- name: db\n  envs: [db.env]\n  literals:\n  - password=${DB_PASSWORD}\nconfigMapGenerator:\n- name: web\n  literals: [level=info]\n",
        ],
        check: Check::Object(&["Kustomization"], generated),
    },
    Rule {
        id: "BS-K269",
        title: "credentials in a kubeconfig",
        severity: Severity::High,
        aliases: &[],
        why: "A kubeconfig with a token, a password or a client key is the identity of whoever made it: who has the file has the cluster. A client certificate cannot even be revoked.",
        advice: "Do not commit it; use `exec` with the cloud's sign-in, and make new credentials, since these are known.",
        references: &["https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/"],
        bad: &[
            "apiVersion: v1\nkind: Config\nusers:\n- name: admin\n  user:\n    token: eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZG1pbiJ9.c2lnbmF0dXJl\n",
        ],
        good: &[
            "apiVersion: v1\nkind: Config\nusers:\n- name: admin\n  user:\n    exec:\n      apiVersion: client.authentication.k8s.io/v1\n      command: aws\n- name: pod\n  user:\n    tokenFile: /var/run/secrets/kubernetes.io/serviceaccount/token\n",
        ],
        check: Check::Object(&["Config"], kubeconfig),
    },
    Rule {
        id: "BS-K270",
        title: "private key in a Route",
        severity: Severity::High,
        aliases: &[],
        why: "The key of the certificate stands in the manifest, for everyone who may read routes or the repository.",
        advice: "Refer to a Secret with `tls.externalCertificate`, and get a new certificate, since this key is known.",
        references: &["https://docs.openshift.com/container-platform/latest/networking/routes/secured-routes.html"],
        bad: &[
            "apiVersion: route.openshift.io/v1\nkind: Route\nmetadata:\n  name: web\nspec:\n  tls:\n    termination: edge\n    key: |\n      -----BEGIN PRIVATE KEY-----\n      MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7\n      -----END PRIVATE KEY-----\n",
        ],
        good: &[
            "apiVersion: route.openshift.io/v1\nkind: Route\nmetadata:\n  name: web\nspec:\n  tls:\n    termination: edge\n    externalCertificate: {name: web-tls}\n",
        ],
        check: Check::Object(&["Route"], route_key),
    },
];

/// Files of many lines are looked through no further than this.
const LINES: usize = 20_000;

fn config_map(object: &Object<'_>, found: &mut Found<'_>) {
    if object.api_version != "v1" {
        return;
    }
    for (key, value) in object.node.get("data").map_or(&[][..], Node::entries) {
        let (Some(name), Some(text)) = (key.as_str(), value.as_str()) else { continue };
        if value.style == Style::Block || text.contains('\n') {
            if let Some((line, what)) = in_lines(text) {
                found.report(key.span, format!("line {line} of `{name}` holds {what}"));
            }
        } else if let Some(kind) = secret_of(name, text) {
            found.report(value.span, format!("`{name}` holds {kind}"));
        } else if credentials_in_url(text).is_some() {
            found.report(value.span, format!("the address in `{name}` holds a password"));
        }
    }
}

/// The first line of a file that gives something away: `password = x`, `password: x`, or a token known by its shape.
fn in_lines(text: &str) -> Option<(usize, &'static str)> {
    text.lines().take(LINES).enumerate().find_map(|(at, line)| {
        let line = line.trim();
        if line.starts_with(['#', ';', '/', '*']) {
            return None;
        }
        if let Some(kind) = secret_in(line) {
            return Some((at + 1, kind));
        }
        let (name, value) = line.split_once(['=', ':'])?;
        let name = name.trim().trim_matches(['"', '\'']).trim_start_matches("export ").trim_start_matches("- ");
        let value = value.trim().trim_end_matches([',', ';']).trim().trim_matches(['"', '\'']);
        // A name and a value: no code, no prose, no second assignment.
        let simple = |text: &str| !text.contains([' ', '\t', '(', ')', '{', '}', '[', '<', '$', '"', '\'']);
        (simple(name) && simple(value)).then(|| secret_of(name, value))?.map(|kind| (at + 1, kind))
    })
}

fn committed(object: &Object<'_>, found: &mut Found<'_>) {
    // What SOPS encrypted says so, and a token Secret is filled by the cluster.
    if object.api_version != "v1" || object.node.get("sops").is_some() {
        return;
    }
    for (field, encoded) in [("data", true), ("stringData", false)] {
        let entries = object.node.get(field).map_or(&[][..], Node::entries);
        let first = entries.iter().find(|(key, value)| {
            let name = key.as_str().unwrap_or_default();
            value.as_str().is_some_and(|text| is_value(name, text, encoded))
        });
        if let Some((key, value)) = first {
            let name = key.as_str().unwrap_or_default();
            let more = if entries.len() > 1 { " and others" } else { "" };
            found.report(value.span, format!("the value of `{name}`{more} stands in the file"));
        }
    }
}

/// A value that is worth keeping secret: not empty, not marked to be filled in, not public by its name.
fn is_value(name: &str, text: &str, encoded: bool) -> bool {
    let text = text.trim();
    let public =
        matches!(name, "ca.crt" | "tls.crt" | "username" | "user" | "namespace" | "host" | "port" | "url" | "type");
    if public || is_placeholder(text) || text.starts_with("ENC[") {
        return false;
    }
    !encoded || decode(text).is_none_or(|bytes| String::from_utf8(bytes).is_ok_and(|inner| !is_placeholder(&inner)))
}

/// Base64 (RFC 4648, section 4), blanks ignored; `None` if it is none.
pub(in crate::kubernetes) fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0_u32);
    for sign in text.bytes().filter(|byte| !byte.is_ascii_whitespace() && *byte != b'=') {
        let value = match sign {
            b'A'..=b'Z' => sign - b'A',
            b'a'..=b'z' => sign - b'a' + 26,
            b'0'..=b'9' => sign - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = (bits << 6) | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from((bits >> count) & 0xff).unwrap_or_default());
            bits &= (1 << count) - 1;
        }
    }
    Some(bytes)
}

fn endless_token(object: &Object<'_>, found: &mut Found<'_>) {
    let Some(node) = object.node.get("type") else { return };
    if node.as_str() == Some("kubernetes.io/service-account-token") {
        let annotation =
            object.annotations().into_iter().find(|(name, _)| *name == "kubernetes.io/service-account.name");
        let account = annotation.map_or("?", |(_, value)| value);
        found.report(node.span, format!("a token of service account `{account}` that never ends"));
    }
}

fn annotation(object: &Object<'_>, found: &mut Found<'_>) {
    for (key, value) in object.node.at(&["metadata", "annotations"]).map_or(&[][..], Node::entries) {
        let (Some(name), Some(text)) = (key.as_str(), value.as_str()) else { continue };
        let applied = name == "kubectl.kubernetes.io/last-applied-configuration";
        if applied && object.kind == "Secret" && (text.contains("\"data\":{\"") || text.contains("\"stringData\":{\""))
        {
            found.report(key.span, format!("`{name}` holds the Secret's values once more"));
        } else if let Some(kind) = secret_in(text) {
            found.report(key.span, format!("`{name}` holds {kind}"));
        }
    }
}

fn generated(object: &Object<'_>, found: &mut Found<'_>) {
    for generator in object.node.list("secretGenerator") {
        for literal in generator.list("literals") {
            let Some((name, value)) = literal.as_str().and_then(|text| text.split_once('=')) else { continue };
            if is_value(name, value, false) {
                found.report(literal.span, format!("the value of `{name}` stands in the file"));
            }
        }
    }
}

fn kubeconfig(object: &Object<'_>, found: &mut Found<'_>) {
    if object.api_version != "v1" {
        return;
    }
    for user in object.node.list("users") {
        let name = user.text("name").unwrap_or("?");
        for key in ["token", "password", "client-key-data"] {
            let Some(node) = user.get("user").and_then(|user| user.get(key)) else { continue };
            if node.as_str().is_some_and(|text| !is_placeholder(text)) {
                found.report(node.span, format!("`{key}` of user `{name}`"));
            }
        }
    }
}

fn route_key(object: &Object<'_>, found: &mut Found<'_>) {
    let Some(node) = object.node.at(&["spec", "tls", "key"]) else { return };
    if object.group() == "route.openshift.io" && node.as_str().is_some_and(|text| !is_placeholder(text)) {
        found.report(node.span, "the private key stands in the file");
    }
}

#[cfg(test)]
mod tests {
    use super::{decode, in_lines};

    #[test]
    fn base64_is_read_or_refused() {
        assert_eq!(decode("aHVudGVyMg==").as_deref(), Some(&b"hunter2"[..]));
        assert_eq!(decode("").as_deref(), Some(&b""[..]));
        assert_eq!(decode("{{ x }}"), None);
    }

    #[test]
    fn only_assignments_of_values_are_secrets() {
        for (text, expected) in [
            ("a=b\npassword=hunter2", Some(2)),
            ("  \"password\": \"hunter2\",", Some(1)),
            ("# password=hunter2", None),
            ("password = os.getenv('X')", None),
            ("password: ${PASSWORD}", None),
            ("if (token == null) return;", None),
            ("the password: ask Anna for it", None),
        ] {
            assert_eq!(in_lines(text).map(|(line, _)| line), expected, "{text}");
        }
    }
}
